/* SPDX-License-Identifier: Apache-2.0 */
/* Asks the visiting process for visits and never waits for them. */
#ifndef MINERWATCH_VISITOR_H
#define MINERWATCH_VISITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sources/visit.h"

struct visitor;

/*
 * fd: socket of a running visiting process, taken over. No CPU that the administrator has isolated
 * is ever visited. NULL: out of memory.
 */
struct visitor *visitor_new(int fd);
void visitor_free(struct visitor *visitor); /* NULL is legal */

/* Readable when an answer has come. Another one after visitor_renew. -1: there is none now. */
int visitor_fd(const struct visitor *visitor);
bool visitor_busy(const struct visitor *visitor); /* an answer has to come yet */
/* Asks for a visit of each CPU that may be visited. False: it is still busy, or gone. */
bool visitor_visit(struct visitor *visitor, const uint16_t *cpus, unsigned count, uint64_t now_ns);
bool visitor_canary(struct visitor *visitor, uint32_t fp_control, uint64_t now_ns);
/* Takes the answer that has come. False: none has. */
bool visitor_consume(struct visitor *visitor, struct visit_answer *ret_answer);
/*
 * Once a second: when a visit is past its deadline, or the process has died, closes the socket and
 * returns true: another one is wanted.
 */
bool visitor_tick(struct visitor *visitor, uint64_t now_ns);
void visitor_renew(struct visitor *visitor, int fd); /* the new one's socket, taken over */

/*
 * CPUs that may not be visited, as far as known: isolated, outside the cpuset, or a visit never
 * came back. Their number; text: "2-3,7", cut at size.
 */
unsigned visitor_closed(const struct visitor *visitor, char *text, size_t size);

#endif
