/* SPDX-License-Identifier: Apache-2.0 */
/* The visiting process: runs for a moment where it is told, so that whoever runs there is switched
 * out and its floating-point state is saved. */
#include <sched.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "promises.h"
#include "sources/visit.h"
#include "util/monotonic.h"

#define CANARY_NS 1000000

/* True when it has run there. */
static bool visit(unsigned cpu)
{
	cpu_set_t one;

	if (cpu >= VISIT_CPUS_MAX)
		return false;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(0, sizeof(one), &one) == 0;
}

/* Waiting for the next request must not depend on one CPU: a hog may hold it. */
static void go_anywhere(void)
{
	cpu_set_t all;

	CPU_ZERO(&all);
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
		CPU_SET(cpu, &all);
	sched_setaffinity(0, sizeof(all), &all);
}

static void visit_all(const struct visit_request *request, struct visit_answer *answer)
{
	uint64_t start_ns = monotonic_ns();

	for (unsigned i = 0; i < request->count && i < VISITS_MAX; i++)
		if (!visit(request->cpus[i]))
			answer->refused |= 1u << i;
	answer->took_ns = monotonic_ns() - start_ns;
	go_anywhere();
}

static void take_fp_control(uint32_t word)
{
#if defined(__x86_64__)
	__asm__ volatile("ldmxcsr %0" : : "m"(word));
#elif defined(__aarch64__)
	__asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)word));
#else
	(void)word;
#endif
}

static void play_canary(const struct visit_request *request)
{
	uint64_t end_ns = monotonic_ns() + CANARY_NS;

	take_fp_control(request->fp_control);
	while (monotonic_ns() < end_ns)
		;
}

void visitor_child(int fd)
{
	struct visit_request request;

	if (helper_begin(fd) < 0 || promise_keep(SECCOMP_VISITOR) < 0)
		return;
	go_anywhere();
	while (recv(STDIN_FILENO, &request, sizeof(request), 0) == sizeof(request)) {
		struct visit_answer answer = {.word = request.word, .pid = (uint32_t)getpid()};

		if (request.word == VISIT_CPUS)
			visit_all(&request, &answer);
		if (request.word == VISIT_CANARY)
			play_canary(&request);
		if (send(STDIN_FILENO, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
			return;
	}
}
