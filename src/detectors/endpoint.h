/* SPDX-License-Identifier: Apache-2.0 */
/* How detectors write where a connection leads, and what those on connects say alike. */
#ifndef MINERWATCH_ENDPOINT_H
#define MINERWATCH_ENDPOINT_H

#include "detector.h"

/* "192.0.2.1:3333", "[2001:db8::1]:3333"; always NUL-terminated. */
void endpoint_write(const uint8_t address[16], uint16_t port, char ret_text[static 64]);
/* The same of a connect's destination. */
void endpoint_text(const struct event_connect *connect, char ret_text[static 64]);
/* Adds address, port, connects. */
void endpoint_facts(const struct detector_input *in, struct finding *finding);

#endif
