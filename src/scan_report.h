/* SPDX-License-Identifier: Apache-2.0 */
/* What `minerwatch scan` found, in words that need no manual. */
#ifndef MINERWATCH_SCAN_REPORT_H
#define MINERWATCH_SCAN_REPORT_H

#include <stdint.h>
#include <stdio.h>

struct pipeline;
struct rules;

/*
 * explain: the pid of a process to explain, whatever speaks against it; 0: every workload that
 * reaches medium. seconds: how long was looked.
 */
void scan_report(struct pipeline *pipeline, const struct rules *rules, uint32_t explain,
	uint64_t seconds, FILE *out);

#endif
