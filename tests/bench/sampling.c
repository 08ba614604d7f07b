/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times what sampling consists of: a pass of the iterator over all tasks and over watched groups,
 * and a visit of a CPU. With "work": nanoseconds for a fixed piece of work on all CPUs.
 */
#include <dirent.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "event.h"
#include "sources/live.h"
#include "sources/visit.h"

#define PASSES 50
#define VISITS 200
#define WORK 2000000000u

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int feed_nobody(void *context, void *record, size_t len)
{
	(void)context;
	(void)record;
	(void)len;
	return 0;
}

static void say_degraded(void *context, const char *what, const char *why)
{
	(void)context;
	fprintf(stderr, "%s: %s\n", what, why);
}

static unsigned count_tasks(void)
{
	unsigned count = 0;
	DIR *proc = opendir("/proc");
	const struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		char path[300];
		DIR *tasks;

		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/task", entry->d_name);
		tasks = opendir(path);
		while (tasks && readdir(tasks))
			count++;
		if (tasks) {
			count -= 2; /* . and .. */
			closedir(tasks);
		}
	}
	if (proc)
		closedir(proc);
	return count;
}

static int time_passes(void)
{
	struct live_config config = {.out = {.feed = feed_nobody}, .degraded = say_degraded};
	unsigned tasks = count_tasks();
	uint32_t self = (uint32_t)getpid(), processes;
	uint64_t start_ns, begun_ns, whole_ns, watched_ns;
	struct live *live;
	int err = live_open(&config, &live);

	if (err < 0)
		return err;
	live_pass(live, &begun_ns, &processes);
	start_ns = now_ns();
	for (unsigned i = 0; i < PASSES; i++)
		live_pass(live, &begun_ns, &processes);
	whole_ns = (now_ns() - start_ns) / PASSES;
	start_ns = now_ns();
	for (unsigned i = 0; i < PASSES; i++)
		live_sample(live, &self, 1);
	watched_ns = (now_ns() - start_ns) / PASSES;
	live_free(live);
	printf("a pass over %u tasks:                  %.1f us, %.3f us a task\n", tasks,
		(double)whole_ns / 1000, (double)whole_ns / 1000 / tasks);
	printf("a pass over one watched group:          %.1f us, %.3f us a task\n",
		(double)watched_ns / 1000, (double)watched_ns / 1000 / tasks);
	return 0;
}

static int time_visits(void)
{
	struct visit_request request = {.word = VISIT_CPUS, .count = 2, .cpus = {0, 1}};
	uint64_t sum_ns = 0;
	int pair[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
		return -1;
	child = fork();
	if (child == 0) {
		visitor_child(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	for (unsigned i = 0; i < VISITS; i++) {
		struct visit_answer answer;

		if (send(pair[0], &request, sizeof(request), 0) < 0 ||
			recv(pair[0], &answer, sizeof(answer), 0) != sizeof(answer))
			return -1;
		sum_ns += answer.took_ns;
	}
	close(pair[0]);
	printf("a visit:                                %.1f us\n",
		(double)sum_ns / 1000 / VISITS / request.count);
	return 0;
}

static void *work(void *unused)
{
	volatile uint64_t sum = 0;

	(void)unused;
	for (unsigned i = 0; i < WORK; i++)
		sum = sum + i;
	return NULL;
}

static void time_work(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t start_ns = now_ns();
	pthread_t threads[64];
	long started = 0;

	while (started < count && started < 64 &&
		pthread_create(&threads[started], NULL, work, NULL) == 0)
		started++;
	for (long i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	printf("%llu\n", (unsigned long long)(now_ns() - start_ns));
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "work") == 0) {
		time_work();
		return 0;
	}
	return time_passes() < 0 || time_visits() < 0;
}
