/* SPDX-License-Identifier: Apache-2.0 */
/* The first bytes of a connection -> what is known of it. */
#ifndef MINERWATCH_CONNECTION_READ_H
#define MINERWATCH_CONNECTION_READ_H

#include "state/connection_table.h"

/*
 * Reads what a PAYLOAD brings. Each holds its direction from the start as far as it has come, so
 * that reading it again changes nothing that was understood before.
 */
void connection_read(struct connection *connection, const struct event *event);

#endif
