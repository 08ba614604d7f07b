/* SPDX-License-Identifier: Apache-2.0 */
/* Serves a few HTTP connections at a time with what the sensor answers. */
#ifndef MINERWATCH_METRICS_SERVER_H
#define MINERWATCH_METRICS_SERVER_H

#include "metrics/metrics_text.h"

/* The sensor's answer to a packet of any content: this byte, then the text for /metrics. */
enum metrics_answer { METRICS_NOT_READY = '0', METRICS_READY = '1' };

#define METRICS_ANSWER_MAX (1 + METRICS_TEXT_MAX)

/*
 * Returns when the sensor closes its end. Whoever has not sent a whole head, or not taken the
 * answer, within 2 s is cut off; when no place is left, the one who has been sending its head for
 * longest makes room. The sensor is asked once in 200 ms at most, and again after 2 s without an
 * answer.
 */
void metrics_serve(int listener, int sensor);

#endif
