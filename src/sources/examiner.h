/* SPDX-License-Identifier: Apache-2.0 */
/* Source of what an examining process finds: queues its jobs, watches its deadline, delivers its
 * records. */
#ifndef MINERWATCH_EXAMINER_H
#define MINERWATCH_EXAMINER_H

#include <stdbool.h>
#include <stdint.h>

#include "examine.h"
#include "source.h"
#include "sources/content_job.h"

#define EXAMINER_IN_FLIGHT_MAX 16 /* more would only wait in the socket */

struct examiner;

/*
 * fd: socket of a running examining process, taken over. in_flight: jobs it holds at a time; what
 * is urgent has to wait for so many. NULL: out of memory.
 */
struct examiner *examiner_new(const struct record_out *out, unsigned in_flight, int fd);
void examiner_free(struct examiner *examiner); /* NULL is legal */

/* Readable when answers have come. Another one after examiner_renew. -1: there is none now. */
int examiner_fd(const struct examiner *examiner);
/*
 * Queues a job; when the queue is full it is given up and counted. Feeds nothing: whoever is being
 * fed asks.
 */
void examiner_request(struct examiner *examiner, const struct examine_job *job);
/*
 * The rules it works by: a bundle (rules.h), taken over and handed to it before its next job, and
 * to each one that takes its place.
 */
void examiner_rules(struct examiner *examiner, int bundle, const struct content_pace *pace);
/* Feeds the answers that have come. 0 or the -errno of feeding. */
int examiner_consume(struct examiner *examiner);
/*
 * Once a second: when a job is past its deadline, or the examining process has died, gives that job
 * up, closes the socket and sets *ret_wanted: another one is wanted. Else hands out what could not
 * be sent. Feeds what has been given up. 0 or the -errno of feeding.
 */
int examiner_tick(struct examiner *examiner, uint64_t now_ns, bool *ret_wanted);
/* The new one's socket, taken over; the queue goes on. */
void examiner_renew(struct examiner *examiner, int fd);
/* Jobs given up so far. */
uint64_t examiner_given_up(const struct examiner *examiner);

#endif
