/* SPDX-License-Identifier: Apache-2.0 */
/* Samples of RandomX's rounding modes over the last 30 s of event time. */
#ifndef MINERWATCH_ROUNDING_WINDOW_H
#define MINERWATCH_ROUNDING_WINDOW_H

#include <stdint.h>

#include "util/fp_control.h"

#define ROUNDING_WINDOW_S 30

/* What one second showed. */
struct rounding_second {
	uint32_t demand_ms; /* run time and wait of the threads that showed a mode */
	uint16_t samples[FP_MODES];
};

struct rounding_window {
	uint64_t newest; /* second since boot */
	struct rounding_second seconds[ROUNDING_WINDOW_S];
};

/* The window as it stands. */
struct rounding_sum {
	unsigned samples; /* in a mode other than to nearest */
	unsigned supporting; /* to nearest */
	unsigned modes; /* how many of the modes other than to nearest: 0 to 3 */
	unsigned span_s; /* from the oldest sample to now; 0: none */
	uint64_t demand_ms;
};

/* A thread was seen in that mode, after it had used (or waited for) so much CPU. */
void rounding_window_add(
	struct rounding_window *window, uint64_t now_ns, unsigned mode, uint64_t demand_ns);
/* The same without a new sample: it was not switched out since. */
void rounding_window_run(struct rounding_window *window, uint64_t now_ns, uint64_t demand_ns);
void rounding_window_sum(
	const struct rounding_window *window, uint64_t now_ns, struct rounding_sum *ret_sum);

#endif
