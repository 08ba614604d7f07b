/* SPDX-License-Identifier: Apache-2.0 */
/* Reads one pass of the task iterator: who is alive and what CPU each used. */
#ifndef MINERWATCH_SAMPLER_H
#define MINERWATCH_SAMPLER_H

#include "source.h"

/*
 * Runs the iterator behind link_fd to its end and feeds each record. Returns 0, -errno of the
 * iterator or of out->feed, -EPROTO where what came is no sequence of records. *ret_start_ns: boot
 * time before the first record; *ret_processes: TASK records fed.
 */
int sampler_pass(
	int link_fd, const struct record_out *out, uint64_t *ret_start_ns, uint32_t *ret_processes);

#endif
