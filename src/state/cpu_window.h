/* SPDX-License-Identifier: Apache-2.0 */
/* CPU demand over windows of event time, from 1 s to 30 min. */
#ifndef MINERWATCH_CPU_WINDOW_H
#define MINERWATCH_CPU_WINDOW_H

#include <stdint.h>

#define CPU_WINDOW_SHORT_S 64 /* longest window answered with one-second buckets */
#define CPU_WINDOW_LONG_S 1800
#define CPU_WINDOW_PARTS 5

struct cpu_window;

struct cpu_window *cpu_window_new(void); /* free(3) releases it */

/* Adds what a thread ran and waited, up to now_ns. */
void cpu_window_add(struct cpu_window *window, uint64_t now_ns, uint64_t run_ns, uint64_t wait_ns);

/*
 * Demand (run + wait) in thousandths of one CPU, averaged over the last seconds before now_ns.
 * 0 where the window has not been watched that long.
 */
uint32_t cpu_window_demand(const struct cpu_window *window, uint64_t now_ns, unsigned seconds);
/*
 * The same for the least busy of the window's CPU_WINDOW_PARTS equal parts: many threads in a short
 * burst make a high average, but leave parts idle. 0 too where a part would hold no whole bucket.
 */
uint32_t cpu_window_least(const struct cpu_window *window, uint64_t now_ns, unsigned seconds);

#endif
