/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that add numbers up for a chosen part of the time: the CPU use of a miner, without the
 * work. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include "standin.h"

#define PERIOD_NS 10000000u
#define SUMS_BETWEEN_LOOKS 20000u /* about 10 us: keeps the duty exact and the clock cheap */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void add_until(uint64_t end_ns)
{
	volatile uint64_t sum = 0;

	while (now_ns() < end_ns)
		for (unsigned i = 0; i < SUMS_BETWEEN_LOOKS; i++)
			sum = sum + i;
	(void)sum;
}

static void *arithmetic(void *argument)
{
	uint64_t busy_ns = PERIOD_NS / 100u * (uintptr_t)argument;
	uint64_t period_ns = now_ns();

	for (;;) {
		struct timespec next;

		add_until(period_ns + busy_ns);
		period_ns += PERIOD_NS;
		if (busy_ns == PERIOD_NS)
			continue;
		next = (struct timespec){period_ns / 1000000000u, period_ns % 1000000000u};
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	return NULL;
}

int standin_arithmetic_start(unsigned threads, unsigned duty)
{
	for (unsigned i = 0; i < threads; i++) {
		pthread_t thread;
		int err = pthread_create(&thread, NULL, arithmetic, (void *)(uintptr_t)duty);

		if (err)
			return -err;
	}
	return 0;
}
