/* SPDX-License-Identifier: Apache-2.0 */
/* What the sensor and the visiting process say to each other, one packet each. */
#ifndef MINERWATCH_VISIT_H
#define MINERWATCH_VISIT_H

#include <stdint.h>

#define VISITS_MAX 8 /* CPUs a request */
#define VISIT_CPUS_MAX 1024 /* numbers from there on are not visited */

enum visit_word {
	VISIT_CPUS = 1, /* run for a moment on each of them */
	VISIT_CANARY = 2, /* take this floating-point control word, use some CPU, keep it */
};

struct visit_request {
	uint32_t word; /* enum visit_word */
	uint32_t count; /* CPUS */
	uint16_t cpus[VISITS_MAX];
	uint32_t fp_control; /* CANARY */
};

struct visit_answer {
	uint32_t word; /* of the request */
	uint32_t pid; /* of the visiting process */
	uint32_t refused; /* CPUS: bit i: cpus[i] is not ours to run on */
	uint32_t pad;
	uint64_t took_ns; /* CPUS: all of them together */
};

/* The visiting process: needs no privilege, and has none. Returns when the sensor has gone. */
void visitor_child(int fd);

#endif
