/* SPDX-License-Identifier: Apache-2.0 */
/* Source of what the examiner finds: queues its jobs, watches its deadline, delivers its records.
 */
#ifndef MINERWATCH_EXAMINER_H
#define MINERWATCH_EXAMINER_H

#include <stdbool.h>
#include <stdint.h>

#include "examine.h"
#include "source.h"

struct examiner;

/* fd: socket of a running examiner, taken over. NULL: out of memory. */
struct examiner *examiner_new(const struct record_out *out, int fd);
void examiner_free(struct examiner *examiner); /* NULL is legal */

/* Readable when answers have come. Another one after examiner_renew. -1: there is none now. */
int examiner_fd(const struct examiner *examiner);
/* Queues a job; when the queue is full it is given up and counted. */
void examiner_request(struct examiner *examiner, const struct examine_job *job);
/* Feeds the answers that have come. 0 or the -errno of feeding. */
int examiner_consume(struct examiner *examiner);
/*
 * Once a second: when a job is past its deadline, or the examiner has died, gives that job up,
 * closes the socket and returns true: another examiner is wanted.
 */
bool examiner_tick(struct examiner *examiner, uint64_t now_ns);
/* The new examiner's socket, taken over; the queue goes on. */
void examiner_renew(struct examiner *examiner, int fd);
/* Jobs given up so far. */
uint64_t examiner_given_up(const struct examiner *examiner);

#endif
