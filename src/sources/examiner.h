/* SPDX-License-Identifier: Apache-2.0 */
/* Source of PROCESS records: asks a child process, so that a file that blocks hurts nobody else. */
#ifndef MINERWATCH_EXAMINER_H
#define MINERWATCH_EXAMINER_H

#include "process.h"
#include "source.h"

struct examiner;

/* Starts the child. 0 or -errno. */
int examiner_open(const struct record_out *out, struct examiner **ret_examiner);
/* Readable when answers have come. Changes only when examiner_tick says so. */
int examiner_fd(const struct examiner *examiner);
/* Queues a job; when the queue is full it is given up and counted. */
void examiner_request(struct examiner *examiner, const struct process_key *key);
/* Feeds the answers that have come. 0 or the -errno of feeding. */
int examiner_consume(struct examiner *examiner);
/*
 * Once a second: a job past its deadline ends the child, gives the job up and starts another child.
 * True when examiner_fd is another one now.
 */
bool examiner_tick(struct examiner *examiner, uint64_t now_ns);
/* Jobs given up so far. */
uint64_t examiner_given_up(const struct examiner *examiner);
/* Ends the child. NULL is legal. */
void examiner_free(struct examiner *examiner);

#endif
