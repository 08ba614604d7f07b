/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that helpers which hang are replaced, and again once one that could not be killed is gone;
 * that a sensor which does not end is killed, and one that has not begun told all the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher.h"
#include "util/monotonic.h"

#define WAIT_MS 10000 /* guards against hanging alone */
#define CHILDREN_MAX 16
#define END_WITHIN_MS 300
#define TRICKLE_MS 20

/* Where the sensor, a process of its own, stopped; the launcher gives its exit code on. */
enum step {
	ALL_WELL,
	NO_CHILDREN,
	NOT_REPLACED, /* a helper that is killed and hangs */
	NOT_REFUSED, /* beyond two of them */
	NOT_RESUMED, /* when one of them is gone */
	VISITOR_LOST, /* its helpers are counted by themselves */
};

/* The pids of the launcher's children in the order they were made. */
static unsigned read_children(pid_t launcher, pid_t children[CHILDREN_MAX])
{
	unsigned count = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", launcher, launcher);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (count < CHILDREN_MAX && fscanf(file, "%d", &children[count]) == 1)
		count++;
	fclose(file);
	return count;
}

/* True when another helper came. Its socket stays open: without one it would end by itself. */
static bool ask(int control, unsigned which)
{
	struct launcher_message message = {.word = LAUNCHER_HELPER, .helper = which};
	int fd = -1;

	if (launcher_ask(control, &message) < 0 ||
		launcher_answer(control, WAIT_MS, &message, &fd) < 0 || message.helper != which)
		return false;
	return fd >= 0;
}

/* Traced, it is not dead for its parent before its tracer has taken notice of its death. */
static bool hold(pid_t pid)
{
	return ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0;
}

static enum exit_code sensor(void *context, int control, const int sockets[LAUNCHER_HELPERS])
{
	pid_t children[CHILDREN_MAX];
	pid_t first;
	unsigned count = read_children(getppid(), children);

	(void)context;
	(void)sockets;
	/* and the sensor itself; no sinks, no writers */
	if (count != LAUNCHER_WRITERS + 1 || !hold(children[0]))
		return (enum exit_code)NO_CHILDREN;
	first = children[0];
	/* each time the newest child is the examiner of now */
	for (unsigned i = 0; i < 2; i++) {
		if (!ask(control, LAUNCHER_EXAMINER))
			return (enum exit_code)NOT_REPLACED;
		count = read_children(getppid(), children);
		if (!count || !hold(children[count - 1]))
			return (enum exit_code)NO_CHILDREN;
	}
	if (ask(control, LAUNCHER_EXAMINER) || ask(control, LAUNCHER_EXAMINER))
		return (enum exit_code)NOT_REFUSED;
	if (!ask(control, LAUNCHER_VISITOR))
		return (enum exit_code)VISITOR_LOST;
	if (waitpid(first, NULL, __WALL) != first)
		return (enum exit_code)NO_CHILDREN;
	for (unsigned i = 0; i < 100; i++) { /* its own wait may come a moment later */
		if (ask(control, LAUNCHER_EXAMINER))
			return (enum exit_code)ALL_WELL;
		usleep(10000);
	}
	return (enum exit_code)NOT_RESUMED;
}

static void helpers_that_hang(void **state)
{
	const struct launcher_sensor config = {
		.run = sensor, .rules = -1, .end_within_ms = WAIT_MS};

	(void)state;
	assert_int_equal(launcher_run(&config), ALL_WELL);
}

/* Does not end, wakes the launcher again and again, and has it told to end again and again. */
static enum exit_code stubborn(void *context, int control, const int sockets[LAUNCHER_HELPERS])
{
	const struct launcher_message message = {.word = LAUNCHER_NOTIFY};
	int64_t until_ms = monotonic_ms() + WAIT_MS;

	(void)context;
	(void)sockets;
	signal(SIGTERM, SIG_IGN);
	while (monotonic_ms() < until_ms) {
		kill(getppid(), SIGTERM);
		launcher_ask(control, &message);
		usleep(TRICKLE_MS * 1000);
	}
	return EXIT_OK;
}

static void a_trickle_puts_no_end_off(void **state)
{
	const struct launcher_sensor config = {
		.run = stubborn, .rules = -1, .end_within_ms = END_WITHIN_MS};
	int64_t begin_ms = monotonic_ms();
	int status = 0;
	pid_t launcher = fork(); /* for good it gives up what it does not need */

	(void)state;
	if (launcher == 0)
		_exit(launcher_run(&config));
	assert_int_equal(waitpid(launcher, &status, 0), launcher);
	assert_int_equal(status, W_EXITCODE(EXIT_RUNTIME, 0)); /* it was killed */
	assert_in_range(monotonic_ms() - begin_ms, END_WITHIN_MS, WAIT_MS - 1);
}

/* Obeys what it was told before it began. */
static enum exit_code obedient(void *context, int control, const int sockets[LAUNCHER_HELPERS])
{
	const struct timespec wait = {.tv_sec = WAIT_MS / 1000};
	sigset_t signals;

	(void)control;
	(void)sockets;
	sigemptyset(&signals);
	sigaddset(&signals, *(const int *)context);
	return sigtimedwait(&signals, NULL, &wait) < 0 ? EXIT_RUNTIME : EXIT_OK;
}

static void told_before_it_begins(void **state)
{
	static const int rows[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int told = rows[i] == SIGINT ? SIGTERM : rows[i]; /* what the sensor is told then */
		const struct launcher_sensor config = {
			.run = obedient, .context = &told, .rules = -1, .end_within_ms = WAIT_MS};
		int status = 0;
		pid_t launcher = fork();

		if (launcher == 0) {
			sigset_t signals;

			launcher_hold_signals(&signals);
			raise(rows[i]);
			_exit(launcher_run(&config));
		}
		assert_int_equal(waitpid(launcher, &status, 0), launcher);
		assert_int_equal(status, W_EXITCODE(EXIT_OK, 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told_before_it_begins),
		cmocka_unit_test(a_trickle_puts_no_end_off),
		cmocka_unit_test(helpers_that_hang),
	};

	if (geteuid() != 0) {
		print_message("ok 1 # skip only root may trace what holds capabilities\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
