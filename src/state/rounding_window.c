/* SPDX-License-Identifier: Apache-2.0 */
/* A ring of seconds. */
#include "state/rounding_window.h"

#include <string.h>

#define SECOND_NS UINT64_C(1000000000)
#define MS_NS UINT64_C(1000000)

static struct rounding_second *second_of(struct rounding_window *window, uint64_t now_ns)
{
	uint64_t now = now_ns / SECOND_NS;

	/* What lies between was not heard of; event time never runs backward. */
	if (now > window->newest + ROUNDING_WINDOW_S)
		window->newest = now - ROUNDING_WINDOW_S;
	while (window->newest < now)
		memset(&window->seconds[++window->newest % ROUNDING_WINDOW_S], 0,
			sizeof(window->seconds[0]));
	return &window->seconds[window->newest % ROUNDING_WINDOW_S];
}

void rounding_window_run(struct rounding_window *window, uint64_t now_ns, uint64_t demand_ns)
{
	struct rounding_second *second = second_of(window, now_ns);
	uint64_t ms = demand_ns / MS_NS;

	second->demand_ms =
		ms > UINT32_MAX - second->demand_ms ? UINT32_MAX : second->demand_ms + (uint32_t)ms;
}

void rounding_window_add(
	struct rounding_window *window, uint64_t now_ns, unsigned mode, uint64_t demand_ns)
{
	struct rounding_second *second = second_of(window, now_ns);

	if (second->samples[mode] < UINT16_MAX)
		second->samples[mode]++;
	rounding_window_run(window, now_ns, demand_ns);
}

void rounding_window_sum(
	const struct rounding_window *window, uint64_t now_ns, struct rounding_sum *ret_sum)
{
	uint64_t now = now_ns / SECOND_NS;
	struct rounding_sum sum = {0};
	unsigned seen[FP_MODES] = {0};

	for (uint64_t at = window->newest; at + ROUNDING_WINDOW_S > now; at--) {
		const struct rounding_second *second = &window->seconds[at % ROUNDING_WINDOW_S];

		sum.demand_ms += second->demand_ms;
		for (unsigned mode = 0; mode < FP_MODES; mode++) {
			seen[mode] += second->samples[mode];
			if (second->samples[mode] && mode)
				sum.span_s = (unsigned)(now - at + 1);
		}
		if (at == 0 || window->newest - at == ROUNDING_WINDOW_S - 1)
			break;
	}
	sum.supporting = seen[0];
	for (unsigned mode = 1; mode < FP_MODES; mode++) {
		sum.samples += seen[mode];
		sum.modes += seen[mode] > 0;
	}
	*ret_sum = sum;
}
