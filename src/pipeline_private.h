/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline from inside: for pipeline.c, which feeds it, and pipeline_explain.c, which reads it.
 */
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

#endif
