/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline from inside: for pipeline.c, which feeds it, pipeline_content.c, which asks what
 * stands in files, and pipeline_explain.c, which reads it. */
#ifndef MINERWATCH_PIPELINE_PRIVATE_H
#define MINERWATCH_PIPELINE_PRIVATE_H

#include "incident.h"
#include "pipeline.h"
#include "state/state.h"
#include "verdict.h"

struct pipeline {
	struct pipeline_config config;
	struct state state;
	struct incident_table *incidents;
	struct verdict verdict;
	struct pipeline_statistics statistics;
	struct event event; /* here for its size: 1 KiB of path */
};

/* What the detectors say of the event, with regard to this process. */
void pipeline_detect(struct pipeline *pipeline, struct process *process);
/* Asks what stands in the file it runs, once a file, and of a suspect in what else it executes. */
void pipeline_ask_content(struct pipeline *pipeline, struct process *process);
/* Takes back what the detector said of the program otherwise, where the event judges it anew. */
void pipeline_withdraw(struct pipeline *pipeline, struct process *process,
	const struct detector *detector, const char *grade);
/* What the event says is about others than its own process: about a file, all that run it; about
 * rules, all. */
void pipeline_judge_again(struct pipeline *pipeline);

#endif
