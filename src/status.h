/* SPDX-License-Identifier: Apache-2.0 */
/* What a running sensor says of itself when it is asked: one JSON line, minerwatch.status/1. */
#ifndef MINERWATCH_STATUS_H
#define MINERWATCH_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "pipeline.h"
#include "sources/canary.h"

#define STATUS_SCHEMA "minerwatch.status/1"
#define STATUS_LINE_MAX 16384 /* bytes with the newline; 16 things missing take 4 KiB at most */
#define STATUS_SINK_MAX 64 /* bytes of a sink's name, before escaping */

struct sink_set;

#define STATUS_CLASSES (CLASS_SOCKET + 1) /* of enum event_class, that are in use */

extern const char *const status_class_names[STATUS_CLASSES];

/* Everything the line says. */
struct status_facts {
	int pid; /* of the launcher: what to send signals to */
	bool ready; /* has been said; never true of a sensor with a dead hook */
	uint64_t now_ns, start_ns; /* boot time */
	int64_t wall_offset_ns;
	const struct hook_states *hooks;
	uint64_t gaps, gap_ms; /* times the sensor did not run, all of them together */
	const struct event_degraded *degraded;
	unsigned degraded_count;
	const struct pipeline_statistics *statistics;
	const struct event_counters *counters;
	const __u64 *delivered; /* CLASS_COUNT of them, read before the counters */
	const uint8_t *rules_digest; /* 32 bytes */
	uint64_t allowed; /* incidents the allow-list kept from being reported */
	struct sink_set *sinks; /* NULL: none */
	uint64_t rules_swaps, rules_refused; /* sets exchanged, sets not fit for it */
	uint64_t longest_round_ns; /* of the sensor's loop, since it was ready */
};

/* Writes the line and returns its length; no NUL is added. */
size_t status_line(const struct status_facts *facts, char ret_line[static STATUS_LINE_MAX]);

#endif
