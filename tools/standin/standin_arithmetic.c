/* SPDX-License-Identifier: Apache-2.0 */
/* Threads and processes that add numbers up for a chosen part of the time: the CPU use of a miner,
 * without the work. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "standin.h"

#define PERIOD_NS 10000000u
#define VERIFIER_PERIOD_NS 2000000000u
#define VERIFIER_BUSY_NS 50000000u
#define PROCESS_NS 300000000u
#define SUMS_BETWEEN_LOOKS 20000u /* about 10 us: keeps the duty exact and the clock cheap */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void add_until(uint64_t end_ns, bool rounding)
{
	unsigned seed = (unsigned)end_ns | 1;
	volatile uint64_t sum = 0;

	while (now_ns() < end_ns) {
		if (rounding)
			standin_round(&seed);
		for (unsigned i = 0; i < SUMS_BETWEEN_LOOKS; i++)
			sum = sum + i;
	}
	(void)sum;
}

static void *arithmetic(void *argument)
{
	const struct standin_options *options = argument;
	uint64_t period_ns = options->verifier ? VERIFIER_PERIOD_NS : PERIOD_NS;
	uint64_t busy_ns = options->verifier ? VERIFIER_BUSY_NS : PERIOD_NS / 100u * options->duty;
	uint64_t start_ns = now_ns();

	for (;;) {
		struct timespec next;

		add_until(start_ns + busy_ns, options->rounding || options->verifier);
		start_ns += period_ns;
		if (busy_ns == period_ns)
			continue;
		next = (struct timespec){start_ns / 1000000000u, start_ns % 1000000000u};
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	return NULL;
}

static void *idleness(void *argument)
{
	(void)argument;
	for (;;)
		pause();
	return NULL;
}

static int start(unsigned count, void *(*work)(void *), const struct standin_options *options)
{
	for (unsigned i = 0; i < count; i++) {
		pthread_t thread;
		int err = pthread_create(&thread, NULL, work, (void *)options);

		if (err)
			return -err;
	}
	return 0;
}

int standin_arithmetic_start(const struct standin_options *options)
{
	int err = start(options->idle, idleness, options);

	if (err || options->processes)
		return err;
	return start(options->threads, arithmetic, options);
}

int standin_processes_run(const struct standin_options *options)
{
	for (unsigned i = 0; i < options->processes; i++) {
		pid_t child = fork();

		if (child < 0)
			return -errno;
		if (child == 0) {
			add_until(now_ns() + PROCESS_NS, options->rounding);
			_exit(0);
		}
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	return 0;
}
