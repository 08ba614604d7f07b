/* SPDX-License-Identifier: Apache-2.0 */
/* Two rings of buckets: 64 of one second, 61 of thirty seconds. */
#include "state/cpu_window.h"
#include "util/memory.h"

#include <stdlib.h>

#define SECOND_NS UINT64_C(1000000000)
#define LONG_BUCKET_S 30
#define LONG_BUCKETS (CPU_WINDOW_LONG_S / LONG_BUCKET_S + 1)

struct ring {
	uint32_t *us; /* demand in microseconds a bucket */
	uint32_t count;
	uint32_t bucket_s;
	uint64_t newest; /* number of the newest bucket since boot */
};

struct cpu_window {
	uint64_t first_ns; /* when watching began */
	struct ring fine, coarse;
	uint32_t fine_us[CPU_WINDOW_SHORT_S + 1];
	uint32_t coarse_us[LONG_BUCKETS];
};

struct cpu_window *cpu_window_new(void)
{
	struct cpu_window *window = memory_zeroed(sizeof(*window));

	window->fine = (struct ring){window->fine_us, CPU_WINDOW_SHORT_S + 1, 1, 0};
	window->coarse = (struct ring){window->coarse_us, LONG_BUCKETS, LONG_BUCKET_S, 0};
	return window;
}

static void ring_add(struct ring *ring, uint64_t now_ns, uint64_t us)
{
	uint64_t bucket = now_ns / SECOND_NS / ring->bucket_s;
	uint32_t *slot;

	if (bucket > ring->newest) {
		uint64_t skipped = bucket - ring->newest;

		for (uint64_t i = 0; i < skipped && i < ring->count; i++)
			ring->us[(bucket - i) % ring->count] = 0;
		ring->newest = bucket;
	}
	slot = &ring->us[ring->newest % ring->count];
	*slot = us > UINT32_MAX - *slot ? UINT32_MAX : *slot + (uint32_t)us;
}

/*
 * Whole buckets only: the newest one is still filling, so it is left out. skip: as many buckets
 * before it are left out too.
 */
static uint64_t ring_sum(const struct ring *ring, uint64_t now_ns, uint64_t skip, uint64_t count)
{
	uint64_t bucket = now_ns / SECOND_NS / ring->bucket_s;
	uint64_t sum = 0;

	for (uint64_t i = skip + 1; i <= skip + count && i <= bucket; i++)
		if (bucket - i <= ring->newest && ring->newest - (bucket - i) < ring->count)
			sum += ring->us[(bucket - i) % ring->count];
	return sum;
}

void cpu_window_add(struct cpu_window *window, uint64_t now_ns, uint64_t run_ns, uint64_t wait_ns)
{
	uint64_t us = run_ns / 1000 + wait_ns / 1000;

	if (!window->first_ns)
		window->first_ns = now_ns ? now_ns : 1;
	ring_add(&window->fine, now_ns, us);
	ring_add(&window->coarse, now_ns, us);
}

static const struct ring *ring_for(
	const struct cpu_window *window, uint64_t now_ns, unsigned seconds)
{
	if (!seconds || seconds > CPU_WINDOW_LONG_S || !window->first_ns ||
		now_ns < window->first_ns + seconds * SECOND_NS)
		return NULL;
	return seconds <= CPU_WINDOW_SHORT_S ? &window->fine : &window->coarse;
}

static uint32_t permille_of(uint64_t us, uint64_t seconds)
{
	uint64_t permille = us / (seconds * 1000);

	return permille > UINT32_MAX ? UINT32_MAX : (uint32_t)permille;
}

uint32_t cpu_window_demand(const struct cpu_window *window, uint64_t now_ns, unsigned seconds)
{
	const struct ring *ring = ring_for(window, now_ns, seconds);

	return ring ? permille_of(ring_sum(ring, now_ns, 0, seconds / ring->bucket_s), seconds) : 0;
}

uint32_t cpu_window_least(const struct cpu_window *window, uint64_t now_ns, unsigned seconds)
{
	const struct ring *ring = ring_for(window, now_ns, seconds);
	uint64_t buckets = ring ? seconds / ring->bucket_s / CPU_WINDOW_PARTS : 0;
	uint32_t least = UINT32_MAX;

	for (unsigned part = 0; buckets && part < CPU_WINDOW_PARTS; part++) {
		uint32_t demand = permille_of(
			ring_sum(ring, now_ns, part * buckets, buckets), buckets * ring->bucket_s);

		if (demand < least)
			least = demand;
	}
	return buckets ? least : 0;
}
