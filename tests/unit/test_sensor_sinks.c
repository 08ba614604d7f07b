/* SPDX-License-Identifier: Apache-2.0 */
/* Tests a run's end: launcher and writers as they are, lines from a sensor that does nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core_fixture.h"
#include "sensor.h"
#include "sources/host.h"

#define LINE_SIZE 16 /* each another one, as all alerts are */
#define LINES 100
#define LATEST_NS SECONDS(4) /* of an end that waits 2 s for lines and less for writers */

/* Where the sensor stopped; the launcher gives its exit code on. */
enum step {
	ALL_WELL,
	NO_MEMORY,
	NO_WRITER,
	LINES_LOST,
	NONE_LOST,
	WRONG_COUNT,
	TOO_LATE,
	NOT_DEAD
};

struct plan {
	const char *targets[SINKS_MAX];
	unsigned count;
	bool stop, kill; /* what happens to the first one's writer when half of the lines are out */
};

/* The launcher's youngest children are the sensor and, before it, the writers in their turn. */
static pid_t first_writer(unsigned count)
{
	pid_t children[32];
	unsigned found = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", getppid(), getppid());
	file = fopen(path, "re");
	while (file && found < 32 && fscanf(file, "%d", &children[found]) == 1)
		found++;
	if (file)
		fclose(file);
	return found > count ? children[found - 1 - count] : 0;
}

/* All is answered for: the writers are there, and open. */
static void settle(struct sensor *sensor)
{
	while (!sink_set_empty(sensor->sinks))
		for (unsigned i = 0; i < sink_set_count(sensor->sinks); i++) {
			struct pollfd ready = {
				.fd = sink_set_fd(sensor->sinks, i), .events = POLLIN};

			if (poll(&ready, 1, 1) == 1)
				sensor_sink_answer(sensor, i);
		}
}

static void put_lines(struct sensor *sensor, unsigned count)
{
	static unsigned number;

	for (unsigned i = 0; i < count; i++) {
		char text[LINE_SIZE + 1];

		snprintf(text, sizeof(text), "{\"line\":%06u}\n", number++);
		sensor_put_line(sensor, &(struct sink_line){.bytes = text, .len = LINE_SIZE});
	}
	sensor_settle(sensor);
}

static enum step judge(const struct sensor *sensor, bool lossy)
{
	for (unsigned i = 0; i < sink_set_count(sensor->sinks); i++) {
		struct line_counters counters = sink_set_counters(sensor->sinks, i);
		struct stat file;

		if (counters.queued || counters.written + counters.lost != LINES)
			return WRONG_COUNT;
		if (i > 0 && counters.lost)
			return LINES_LOST;
		if (stat(sink_set_target(sensor->sinks, i), &file) == 0 &&
			(uint64_t)file.st_size != counters.written * LINE_SIZE)
			return WRONG_COUNT;
	}
	if (sensor->alerts_lost != lossy)
		return lossy ? NONE_LOST : LINES_LOST;
	return ALL_WELL;
}

static enum exit_code sensor(void *context, int control, const int sockets[LAUNCHER_HELPERS])
{
	const struct plan *plan = context;
	struct sensor sensor = {
		.control = control, .epoll = epoll_create1(EPOLL_CLOEXEC), .state.fd = -1};
	pid_t writer = first_writer(plan->count);
	uint64_t end_ns;

	sensor.sinks = sink_set_new(plan->targets, plan->count, sockets + LAUNCHER_WRITERS);
	if (!sensor.sinks)
		return (enum exit_code)NO_MEMORY;
	put_lines(&sensor, LINES / 2);
	if (plan->stop || plan->kill) {
		settle(&sensor);
		if (!writer || kill(writer, plan->stop ? SIGSTOP : SIGKILL) < 0)
			return (enum exit_code)NO_WRITER;
	}
	put_lines(&sensor, LINES - LINES / 2);
	end_ns = host_now_ns();
	sensor_end_sinks(&sensor);
	if (host_now_ns() - end_ns > LATEST_NS)
		return (enum exit_code)TOO_LATE;
	if (plan->stop && sink_set_fd(sensor.sinks, 0) >= 0)
		return (enum exit_code)NOT_DEAD; /* and could write what is counted as lost */
	return (enum exit_code)judge(
		&sensor, plan->stop || strncmp(plan->targets[0], "unix:", 5) == 0);
}

static const char *path(unsigned number)
{
	static char paths[3][64];

	snprintf(paths[number], sizeof(paths[number]), "/tmp/test_sensor_sinks.%d.%u",
		(int)getpid(), number);
	return paths[number];
}

static void run(struct plan plan)
{
	struct launcher_sensor config = {.run = sensor, .context = &plan, .rules = -1};
	pid_t launcher;
	int status;

	config.sinks = plan.targets;
	config.sinks_count = plan.count;
	for (unsigned i = 0; i < 3; i++)
		unlink(path(i));
	launcher = fork(); /* of its own: what it gives up would be lacking here */
	if (launcher == 0)
		_exit((int)launcher_run(&config));
	assert_int_equal(waitpid(launcher, &status, 0), launcher);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), ALL_WELL);
	for (unsigned i = 0; i < 3; i++)
		unlink(path(i));
}

static void all_well(void **state)
{
	(void)state;
	run((struct plan){.targets = {path(0), path(1), path(2)}, .count = 3});
}

/* Another one takes over before the end. */
static void writer_dies(void **state)
{
	(void)state;
	run((struct plan){.targets = {path(0), path(1)}, .count = 2, .kill = true});
}

/* Stopped, it cannot be told to end: it is killed, and then what it has not written is known. */
static void writer_hangs(void **state)
{
	(void)state;
	run((struct plan){.targets = {path(0), path(1)}, .count = 2, .stop = true});
}

static void nobody_listens(void **state)
{
	(void)state;
	run((struct plan){.targets = {"unix:/nowhere/at/all", path(1)}, .count = 2});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_well),
		cmocka_unit_test(writer_dies),
		cmocka_unit_test(writer_hangs),
		cmocka_unit_test(nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
