/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures what sampling consists of, in CPU time, which other load does not stretch. The first
 * argument says what; each prints numbers for the script "sampling":
 * passes PID  tasks, busy threads a pass, nanoseconds of a pass over all and of one over PID
 * sockets     descriptors of a process, nanoseconds of a scan of sockets without and with them;
 * sockets, nanoseconds with those too visits      nanoseconds of a visit work        nanoseconds of
 * a fixed piece of work on all CPUs
 */
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "event.h"
#include "pipeline.h"
#include "rules.h"
#include "sources/host.h"
#include "sources/live.h"
#include "sources/visit.h"

#define PASSES 20
#define BETWEEN_US 250000 /* each of many threads on few CPUs has to run for a moment */
#define DESCRIPTORS 300 /* of each kind: 1,024 may be open */
#define VISITS 2000
#define WORK 1000000000u

static uint64_t cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

static unsigned threads_fed;

static int feed(void *pipeline, void *record, size_t len)
{
	const struct event_thread *thread = record;

	threads_fed += thread->header.type == EVENT_THREAD && thread->run_ns > 0;
	return pipeline_feed(pipeline, record, len);
}

static int tell_nobody(void *context, const struct alert *alert)
{
	(void)context;
	(void)alert;
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

static int feed_host(struct pipeline *pipeline)
{
	static const uint8_t digest[32];
	struct host_names names = {0};
	struct event_host host;

	host_facts(digest, 0, &names, &host);
	return pipeline_feed(pipeline, &host, sizeof(host));
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

/* What disturbed one of them is no cost of ours. */
static unsigned long long median(uint64_t times[PASSES])
{
	qsort(times, PASSES, sizeof(times[0]), compare);
	return times[PASSES / 2];
}

static void time_passes(struct live *live, uint32_t pid)
{
	uint64_t whole_ns[PASSES], watched_ns[PASSES], start_ns;
	uint32_t processes;
	unsigned busy = 0;

	for (unsigned i = 0; i < PASSES; i++) {
		usleep(BETWEEN_US);
		threads_fed = 0;
		whole_ns[i] = cpu_ns();
		live_pass(live, &start_ns, &processes);
		whole_ns[i] = cpu_ns() - whole_ns[i];
		busy += threads_fed;
		usleep(BETWEEN_US);
		watched_ns[i] = cpu_ns();
		live_sample(live, &pid, 1);
		watched_ns[i] = cpu_ns() - watched_ns[i];
	}
	printf("%u %u %llu %llu\n", count_tasks(), busy / PASSES, median(whole_ns),
		median(watched_ns));
}

static unsigned long long scan_ns(struct live *live)
{
	uint64_t times[PASSES];
	uint32_t self = (uint32_t)getpid();

	for (unsigned i = 0; i < PASSES; i++) {
		times[i] = cpu_ns();
		live_sockets(live, &self, 1);
		times[i] = cpu_ns() - times[i];
	}
	return median(times);
}

/* Connections to ourselves: two sockets each. */
static void open_connections(unsigned count)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&address, len) || listen(listener, 1) ||
		getsockname(listener, (struct sockaddr *)&address, &len))
		exit(1);
	for (unsigned i = 0; i < count; i++)
		if (connect(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
			    (struct sockaddr *)&address, len) ||
			accept(listener, NULL, NULL) < 0)
			exit(1);
}

static void time_sockets(struct live *live, uint32_t unused)
{
	unsigned long long none = scan_ns(live), files;

	(void)unused;
	for (unsigned i = 0; i < DESCRIPTORS; i++)
		if (fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0) < 0)
			exit(1);
	files = scan_ns(live);
	open_connections(DESCRIPTORS / 2);
	printf("%u %llu %llu %u %llu\n", DESCRIPTORS, none, files, DESCRIPTORS, scan_ns(live));
}

static int measure_live(void (*measure)(struct live *live, uint32_t pid), uint32_t pid)
{
	struct pipeline_config pipeline = {.alert = tell_nobody};
	struct live_config config = {.out = {.feed = feed}, .pins = -1, .degraded = say_degraded};
	struct rules *rules = NULL;
	struct live *live = NULL;
	uint64_t start_ns;
	uint32_t processes;
	int err;

	if (rules_load(NULL, stderr, &rules) < 0)
		return -1;
	pipeline.rules = rules;
	config.out.context = pipeline_new(&pipeline);
	err = config.out.context ? live_open(&config, &live) : -1;
	if (err == 0)
		err = feed_host(config.out.context);
	if (err == 0)
		err = live_pass(live, &start_ns, &processes);
	if (err == 0)
		measure(live, pid);
	live_free(live);
	pipeline_free(config.out.context);
	rules_free(rules);
	return err;
}

static int measure_visits(void)
{
	struct visit_request request = {.word = VISIT_CPUS, .count = 2, .cpus = {0, 1}};
	struct rusage used;
	int pair[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
		return -1;
	child = fork();
	if (child == 0) {
		close(pair[0]);
		visitor_child(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	for (unsigned i = 0; i < VISITS; i++) {
		struct visit_answer answer;

		if (send(pair[0], &request, sizeof(request), 0) < 0 ||
			recv(pair[0], &answer, sizeof(answer), 0) != sizeof(answer))
			return -1;
	}
	close(pair[0]);
	if (wait4(child, NULL, 0, &used) < 0)
		return -1;
	printf("%.0f\n", ((double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e9 +
				 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e3) /
				 VISITS / request.count);
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
	pthread_t threads[64];
	long started = 0;

	while (started < count && started < 64 &&
		pthread_create(&threads[started], NULL, work, NULL) == 0)
		started++;
	for (long i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	printf("%llu\n", (unsigned long long)cpu_ns());
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "passes") == 0 && argc == 3)
		return measure_live(time_passes, (uint32_t)strtoul(argv[2], NULL, 10)) < 0;
	if (strcmp(what, "sockets") == 0)
		return measure_live(time_sockets, 0) < 0;
	if (strcmp(what, "visits") == 0)
		return measure_visits() < 0;
	if (strcmp(what, "work") != 0)
		return 2;
	time_work();
	return 0;
}
