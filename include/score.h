/* SPDX-License-Identifier: Apache-2.0 */
/* Findings -> a score with reasons -> a severity. Integer arithmetic only, so every CPU agrees. */
#ifndef MINERWATCH_SCORE_H
#define MINERWATCH_SCORE_H

#include <stdbool.h>
#include <stdint.h>

struct rules;

enum severity { SEVERITY_NONE, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
#define SEVERITY_COUNT (SEVERITY_CRITICAL + 1)

/* Weights are parts per million. One row a finding. */
struct score_part {
	unsigned group; /* index of the group in weights.conf */
	uint32_t weight_ppm; /* full weight */
	uint32_t half_life_s; /* 0: does not decay */
	uint64_t dead_ns; /* event time its process ended or left it; 0: alive */
	uint32_t lowered_ppm; /* share of the weight an allow-list takes off */
};

/* weight_ppm, lowered, halved once a half-life since dead_ns, linear in between; now_ns is event
 * time. */
uint32_t score_decay(const struct score_part *part, uint64_t now_ns);

/*
 * 0..100: the strongest part of each group counts once; 100 * (1 - product(1 - weight)), rounded
 * down.
 */
unsigned score_combine(const struct score_part *parts, unsigned count, uint64_t now_ns);

enum severity score_severity(const struct rules *rules, unsigned score);
const char *severity_name(enum severity severity); /* "none", "medium", "high", "critical" */
enum severity severity_number(const char *name); /* SEVERITY_NONE where there is none */

#endif
