/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the socket the exporter is asked at. */
#ifndef MINERWATCH_METRICS_LISTENER_H
#define MINERWATCH_METRICS_LISTENER_H

#include "options.h"

/* text: --metrics, checked; NULL: *ret_fd is -1. What is wrong is said on stderr. */
enum exit_code metrics_listen_or_say(const char *text, int *ret_fd);

#endif
