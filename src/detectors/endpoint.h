/* SPDX-License-Identifier: Apache-2.0 */
/* What the detectors on connects say alike: where to, how often. */
#ifndef MINERWATCH_ENDPOINT_H
#define MINERWATCH_ENDPOINT_H

#include "detector.h"

/* "192.0.2.1:3333", "[2001:db8::1]:3333"; always NUL-terminated. */
void endpoint_text(const struct event_connect *connect, char ret_text[static 64]);
/* Adds address, port, connects. */
void endpoint_facts(const struct detector_input *in, struct finding *finding);

#endif
