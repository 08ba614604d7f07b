/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which targets are understood, and what a file holds whatever happened to its writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core_fixture.h"
#include "sinks/sinks.h"
#include "trace_fixture.h"

#define FIFTY "123456789-123456789-123456789-123456789-123456789-"
#define PATH107 "/" FIFTY FIFTY "123456" /* the longest a socket can have */

static const struct {
	const char *target;
	const struct sink_type *type; /* NULL: refused */
} targets[] = {
	{"-", &sink_stdout},
	{"--", &sink_file},
	{"a", &sink_file},
	{"./fifo:a", &sink_file},
	{"/var/log/a:b", &sink_file},
	{"", NULL},
	{"fifo:a", &sink_fifo},
	{"fifo:", NULL},
	{"unix:/run/a", &sink_unix},
	{"unix:a", NULL},
	{"unix:", NULL},
	{"unix:" PATH107, &sink_unix},
	{"unix:" PATH107 "8", NULL},
	{"syslog:unix:/dev/log", &sink_syslog_unix},
	{"syslog:unix:log", NULL},
	{"syslog:unix:" PATH107 "8", NULL},
	{"syslog:", NULL},
	{"syslog:/dev/log", NULL},
	{"syslog:udp:127.0.0.1:514", NULL},
	{"syslog:tcp:127.0.0.1:514", &sink_syslog_tcp},
	{"syslog:tcp:127.0.0.1:1", &sink_syslog_tcp},
	{"syslog:tcp:127.0.0.1:65535", &sink_syslog_tcp},
	{"syslog:tcp:127.0.0.1:65536", NULL},
	{"syslog:tcp:127.0.0.1:4294967810", NULL},
	{"syslog:tcp:127.0.0.1:0", NULL},
	{"syslog:tcp:127.0.0.1:-1", NULL},
	{"syslog:tcp:127.0.0.1:+5", NULL},
	{"syslog:tcp:127.0.0.1: 5", NULL},
	{"syslog:tcp:127.0.0.1:5x", NULL},
	{"syslog:tcp:127.0.0.1:", NULL},
	{"syslog:tcp:127.0.0.1", NULL},
	{"syslog:tcp:127.1:514", NULL},
	{"syslog:tcp:localhost:514", NULL},
	{"syslog:tcp::514", NULL},
	{"syslog:tcp:", NULL},
	{"syslog:tcp:[::1]:514", &sink_syslog_tcp},
	{"syslog:tcp:[::ffff:192.0.2.1]:514", &sink_syslog_tcp},
	{"syslog:tcp:[2001:0db8:0000:0000:0000:ff00:0042:8329]:514", &sink_syslog_tcp},
	{"syslog:tcp:[::1]514", NULL},
	{"syslog:tcp:[::1]", NULL},
	{"syslog:tcp:[::1:514", NULL},
	{"syslog:tcp:::1:514", NULL},
	{"syslog:tcp:[]:514", NULL},
	{"syslog:tcp:[:514", NULL},
	{"syslog:tcp:]:514", NULL},
	{"syslog:tcp:[:", NULL},
	{"syslog:tcp:[" FIFTY "]:514", NULL},
	{"syslog:tcp:[fe80::1%lo]:514", NULL},
};

static void names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(targets); i++)
		if (sink_type_of(targets[i].target) != targets[i].type ||
			sink_valid(targets[i].target) != (targets[i].type != NULL))
			fail_msg("%s", targets[i].target);
}

static void write_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void expect_file(const char *what, const char *name, const char *expected)
{
	char text[4096] = "";
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	close(fd);
	if (strcmp(text, expected) != 0)
		fail_msg("%s: %s", what, text);
}

static int put(struct sink *sink, const char *text, bool again)
{
	return sink_write(
		sink, &(struct sink_line){
			      .bytes = text, .len = strlen(text), .again = again, .host = "h"});
}

static const struct {
	const char *name;
	const char *there; /* in the file when it is opened */
	const char *line;
	bool again;
	const char *expected;
} files[] = {
	{"appended", "a\n", "b\n", false, "a\nb\n"},
	{"again, and not there", "a\n", "b\n", true, "a\nb\n"},
	{"again, and there", "a\nb\nc\n", "b\n", true, "a\nb\nc\n"},
	{"again, and first", "b\nc\n", "b\n", true, "b\nc\n"},
	{"again, and last", "a\nb\n", "b\n", true, "a\nb\n"},
	{"not again, and there", "a\nb\n", "b\n", false, "a\nb\nb\n"},
	{"again, and only the end of another", "ab\n", "b\n", true, "ab\nb\n"},
	{"again, the end of another and itself", "ab\nb\n", "b\n", true, "ab\nb\n"},
	{"again, and only the beginning of another", "bc\n", "b\n", true, "bc\nb\n"},
	{"again, cut short", "a\nbcd", "bcdef\n", true, "a\nbcdef\n"},
	{"again, cut short, alone", "bcd", "bcdef\n", true, "bcdef\n"},
	{"again, without its newline", "a\nbcdef", "bcdef\n", true, "a\nbcdef\n"},
	{"again, and there before one cut short", "b\ncd", "b\n", true, "b\ncd"},
	{"another one cut short", "a\nbxd", "bcdef\n", true, "a\nbxd\nbcdef\n"},
	{"another one cut short, longer", "a\nbcdefg", "bcdef\n", true, "a\nbcdefg\nbcdef\n"},
	{"empty", "", "bcdef\n", true, "bcdef\n"},
};

static void file_holds_each_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		struct sink sink;

		write_file(scratch_path("file"), files[i].there);
		assert_int_equal(sink_open(scratch_path("file"), &sink), 0);
		assert_int_equal(put(&sink, files[i].line, files[i].again), 0);
		expect_file(files[i].name, scratch_path("file"), files[i].expected);
		assert_int_equal(put(&sink, files[i].line, true), 0);
		expect_file(files[i].name, scratch_path("file"), files[i].expected);
		sink_close(&sink);
	}
	unlink(scratch_path("file"));
}

/* A line that lies further back than lines can be sent again is written again. */
static void file_tail_is_bounded(void **state)
{
	struct sink sink;
	struct stat before, after;

	(void)state;
	write_file(scratch_path("file"), "first\n");
	assert_int_equal(truncate(scratch_path("file"), (SINK_AGAIN_MAX + 6) * SINK_LINE_MAX), 0);
	assert_int_equal(sink_open(scratch_path("file"), &sink), 0);
	assert_int_equal(put(&sink, "second\n", false), 0);
	assert_int_equal(fstat(sink.fd, &before), 0);
	assert_int_equal(put(&sink, "second\n", true), 0);
	assert_int_equal(fstat(sink.fd, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	assert_int_equal(put(&sink, "first\n", true), 0);
	assert_int_equal(fstat(sink.fd, &after), 0);
	assert_int_equal(after.st_size, before.st_size + 6);
	sink_close(&sink);
	unlink(scratch_path("file"));
}

/* As many lines as can be sent again, each as long as it can be, are found. */
static void file_tail_holds_all(void **state)
{
	static char longest[SINK_LINE_MAX + 1];
	struct sink sink;
	struct stat after;

	(void)state;
	memset(longest, 'x', SINK_LINE_MAX - 1);
	longest[SINK_LINE_MAX - 1] = '\n';
	write_file(scratch_path("file"), "");
	assert_int_equal(sink_open(scratch_path("file"), &sink), 0);
	for (unsigned i = 0; i < SINK_AGAIN_MAX + 1; i++) {
		longest[0] = (char)('0' + i);
		assert_int_equal(put(&sink, longest, false), 0);
	}
	for (unsigned i = 1; i < SINK_AGAIN_MAX + 1; i++) {
		longest[0] = (char)('0' + i);
		assert_int_equal(put(&sink, longest, true), 0);
	}
	assert_int_equal(fstat(sink.fd, &after), 0);
	assert_int_equal(after.st_size, (SINK_AGAIN_MAX + 1) * SINK_LINE_MAX);
	sink_close(&sink);
	unlink(scratch_path("file"));
}

static void limit_files(rlim_t size)
{
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){size, RLIM_INFINITY}), 0);
}

/* A full disk takes the beginning of a line: it is taken back, and the line comes when it can. */
static void full_file(void **state)
{
	struct sink sink;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	write_file(scratch_path("file"), "");
	assert_int_equal(sink_open(scratch_path("file"), &sink), 0);
	limit_files(10);
	assert_int_equal(put(&sink, "12345\n", false), 0);
	assert_int_equal(put(&sink, "abcdef\n", false), -EFBIG);
	expect_file("full", scratch_path("file"), "12345\n");
	assert_int_equal(put(&sink, "abcdef\n", false), -EFBIG);
	expect_file("still full", scratch_path("file"), "12345\n");
	limit_files(RLIM_INFINITY);
	assert_int_equal(put(&sink, "abcdef\n", false), 0);
	expect_file("no longer", scratch_path("file"), "12345\nabcdef\n");
	sink_close(&sink);
	unlink(scratch_path("file"));
}

/* A line found cut short, and no room for its rest. */
static void full_file_mended(void **state)
{
	struct sink sink;

	(void)state;
	write_file(scratch_path("file"), "12345\nabc");
	assert_int_equal(sink_open(scratch_path("file"), &sink), 0);
	limit_files(10);
	assert_int_equal(put(&sink, "abcdef\n", true), -EFBIG);
	limit_files(RLIM_INFINITY);
	assert_int_equal(put(&sink, "abcdef\n", true), 0);
	expect_file("mended", scratch_path("file"), "12345\nabcdef\n");
	sink_close(&sink);
	unlink(scratch_path("file"));
}

/* What is no FIFO of that name is refused; a reader may come later, and another one after it. */
static void fifo(void **state)
{
	static char longest[70000];
	char text[16] = "";
	struct sink sink;
	int reader;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(sink_check("fifo:/nowhere/at/all"), -ENOENT);
	assert_int_equal(sink_check("fifo:/dev/null"), -EINVAL);
	assert_int_equal(mkfifo(scratch_path("fifo"), 0600), 0);
	assert_int_equal(sink_fifo.open(scratch_path("fifo"), &sink), 0);
	sink.type = &sink_fifo;
	sink.begun = sink.torn = false;
	sink.done = 0;
	assert_int_equal(put(&sink, "a\n", false), -EPIPE);
	reader = open(scratch_path("fifo"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_int_equal(put(&sink, "a\n", false), 0);
	assert_int_equal(read(reader, text, sizeof(text)), 2);
	assert_string_equal(text, "a\n");
	close(reader);
	assert_int_equal(put(&sink, "b\n", false), -EPIPE);
	/* Longer than a pipe writes at once, and perhaps cut short by its writer's death. */
	reader = open(scratch_path("fifo"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	sink.begun = false;
	memset(longest, 'x', 5000);
	assert_int_equal(put(&sink, longest, true), 0);
	assert_int_equal(read(reader, text, 2), 2);
	assert_memory_equal(text, "\nx", 2);
	close(reader);
	sink_close(&sink);
	unlink(scratch_path("fifo"));
}

/* Half a line of JSON is none: one that a datagram cannot hold is lost whole, and that is said. */
static void too_long(void **state)
{
	static char longest[SINK_LINE_MAX + 1];
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int server = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), few = 1;
	char target[128];
	struct sink sink;

	(void)state;
	memset(longest, 'x', SINK_LINE_MAX - 1);
	longest[SINK_LINE_MAX - 1] = '\n';
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", scratch_path("log"));
	snprintf(target, sizeof(target), "syslog:unix:%s", address.sun_path);
	assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(sink_open(target, &sink), 0);
	assert_int_equal(put(&sink, longest, false), 0); /* as the kernel comes */
	assert_int_equal(setsockopt(sink.fd, SOL_SOCKET, SO_SNDBUF, &few, sizeof(few)), 0);
	assert_int_equal(put(&sink, longest, false), -EMSGSIZE);
	sink_close(&sink);
	close(server);
	unlink(address.sun_path);
}

/* A connection is not tried when a run begins: its receiver may come later. */
static void checks(void **state)
{
	(void)state;
	assert_int_equal(sink_check("-"), 0);
	assert_int_equal(sink_check("unix:/nowhere/at/all"), 0);
	assert_int_equal(sink_check("syslog:tcp:127.0.0.1:1"), 0);
	assert_int_equal(sink_check("/nowhere/at/all"), -ENOENT);
	assert_int_equal(sink_check("/dev/null"), -EINVAL);
	assert_int_equal(sink_check("syslog:x"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(file_holds_each_once),
		cmocka_unit_test(file_tail_is_bounded),
		cmocka_unit_test(file_tail_holds_all),
		cmocka_unit_test(full_file),
		cmocka_unit_test(full_file_mended),
		cmocka_unit_test(fifo),
		cmocka_unit_test(too_long),
		cmocka_unit_test(checks),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
