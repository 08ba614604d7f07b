/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the process that reads rules for a running sensor with the sensor's end: what it reads
 * unasked, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privileges.h"
#include "reload.h"
#include "rules_fixture.h"

#define WAIT_MS 20000 /* guards against hanging alone */
#define QUIET_MS 100 /* for what must not come */

static pid_t start(struct reload *reload)
{
	pid_t parent = getpid(), pid;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	pid = fork();
	if (pid == 0) {
		if (privileges_die_with_parent(parent))
			reload_child(ends[1]);
		_exit(0);
	}
	close(ends[1]);
	reload->fd = ends[0];
	reload->directory = directory_name();
	return pid;
}

static void end(struct reload *reload, pid_t pid)
{
	if (reload->fd >= 0)
		close(reload->fd);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static bool answers(const struct reload *reload, int wait_ms)
{
	struct pollfd ready = {.fd = reload->fd, .events = POLLIN};

	return poll(&ready, 1, wait_ms) == 1;
}

/* The next set that comes. */
static void expect(struct reload *reload, bool answered, const char *name)
{
	struct rules *rules;
	int fd;

	assert_true(answers(reload, WAIT_MS));
	assert_int_equal(reload_take(reload, &rules, &fd), 0);
	assert_int_equal(reload->answered, answered);
	assert_true(rules_name(rules, (struct span){name, strlen(name)}));
	rules_free(rules);
	close(fd);
}

/* What changed between the reading of the set in force and its start is nothing it could see. */
static void what_it_finds_is_read_where_it_watches(void **state)
{
	struct reload reload = {.watch = true};
	pid_t pid;

	(void)state;
	directory_text("names.add.list", "first-name\n");
	pid = start(&reload);
	assert_int_equal(reload_ask(&reload, false, 1), 0);
	expect(&reload, false, "first-name");
	assert_false(reload_late(&reload, 2 * RELOAD_WITHIN_NS)); /* nobody had asked */
	directory_text("names.add.list", "second-name\n");
	expect(&reload, false, "second-name");
	end(&reload, pid);
}

static void on_request_alone_where_it_does_not(void **state)
{
	struct reload reload = {0};
	struct rules *rules;
	pid_t pid;
	int fd;

	(void)state;
	directory_text("names.add.list", "first-name\n");
	pid = start(&reload);
	assert_int_equal(reload_ask(&reload, false, 1), 0);
	assert_false(answers(&reload, QUIET_MS));
	assert_int_equal(reload_ask(&reload, true, 1), 0);
	assert_true(reload_late(&reload, 1 + RELOAD_WITHIN_NS));
	expect(&reload, true, "first-name");
	assert_false(reload_late(&reload, 1 + RELOAD_WITHIN_NS));
	kill(pid, SIGKILL);
	assert_true(answers(&reload, WAIT_MS));
	assert_int_equal(reload_take(&reload, &rules, &fd), -EPIPE);
	assert_true(reload_late(&reload, 1));
	end(&reload, pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(what_it_finds_is_read_where_it_watches),
		IN_DIRECTORY(on_request_alone_where_it_does_not),
	};

	return cmocka_run_group_tests(tests, embedded_load, embedded_free);
}
