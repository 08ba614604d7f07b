/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at the arithmetic of threads that use CPU, and tests itself that it can. */
#ifndef MINERWATCH_ROUNDING_H
#define MINERWATCH_ROUNDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sources/burst.h"
#include "sources/visitor.h"

struct live;

/* The test: the visiting process takes a known mode, and a pass has to see it. */
enum rounding_test { TEST_NONE, TEST_ASKED, TEST_LOOKING, TEST_SEEN };

struct rounding {
	struct visitor *visitor;
	struct burst burst;
	int timer; /* of the rounds */
	bool armed;
	enum rounding_test test;
	unsigned tests; /* begun; each takes another mode */
	uint64_t test_ns; /* when the last one began */
	uint32_t word; /* it has to see */
	uint32_t pid; /* of the visiting process; 0 not known yet */
	bool readable; /* some saved state could be read */
	bool blind; /* the last test failed */
};

int rounding_open(struct rounding *rounding); /* makes the timer; 0 or -errno */
/* Has a look at a record on its way to the pipeline. */
void rounding_watch(struct rounding *rounding, const void *record, size_t len);
/* After the pass of each second: asks for visits, begins rounds and the minute's test. */
void rounding_tick(struct rounding *rounding, uint64_t now_ns);
/* When the timer fires: a pass over those who are watched closely. -errno: nothing takes the timer.
 */
int rounding_round(struct rounding *rounding, struct live *live, uint64_t now_ns);
/* When the visitor's socket is readable: a pass over those who were visited. */
void rounding_answer(struct rounding *rounding, struct live *live, uint64_t now_ns);
/* The whole test at once, in less than a second; for the start. False: blind. */
bool rounding_try(struct rounding *rounding, struct live *live);

/* Why nothing is seen of the arithmetic; NULL: it is. Short enough for event_degraded.why. */
const char *rounding_blind_why(const struct rounding *rounding);

#endif
