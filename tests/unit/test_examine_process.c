/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what /proc tells of real children, and of what is no child of anybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "decode.h"
#include "examiner/examine_process.h"
#include "state/process_table.h"
#include "util/span.h"

#define TICK_NS (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK))

static __u64 record[EVENT_RECORD_MAX / 8];
static struct event event;

/* Start time as /proc tells it, in a process key. False: no such process. */
static bool key_of(pid_t pid, struct process_key *ret_key)
{
	char path[32], text[1024], *after;
	unsigned long long ticks;
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	after = strrchr(text, ')');
	if (!after || sscanf(after + 1,
			      " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d "
			      "%*d %*d %*d %llu",
			      &ticks) != 1)
		return false;
	*ret_key = process_key_of((uint32_t)pid, ticks * TICK_NS + 1234); /* the kernel is finer */
	return true;
}

/* The kernel closes what an exec closes a moment before it sets up the arguments. */
static void wait_for_arguments(pid_t child)
{
	time_t give_up = time(NULL) + 10;
	char path[32], byte;
	ssize_t len = 0;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", child);
	while (len <= 0 && time(NULL) < give_up) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		assert_true(fd >= 0);
		len = read(fd, &byte, 1);
		close(fd);
		sched_yield();
	}
	assert_int_equal(len, 1);
}

/* A child that has executed the file behind fd; returns once the exec has happened. */
static pid_t start(int fd, char *const argv[])
{
	int gate[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe2(gate, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
		_exit(127);
	}
	close(gate[1]);
	assert_int_equal(read(gate[0], &byte, 1), 0); /* closed by the exec */
	close(gate[0]);
	wait_for_arguments(child);
	return child;
}

static void stop(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void examine(pid_t pid)
{
	struct process_key key;
	size_t len;

	assert_true(key_of(pid, &key));
	len = examine_process(&key, record);
	assert_int_not_equal(len, 0);
	assert_int_equal(event_decode(record, len, &event), 0);
	assert_int_equal(event.header->type, EVENT_PROCESS);
	assert_int_equal(event.header->pid, pid);
	assert_int_equal(event.header->start_ns, key.start_ns);
	assert_int_equal(event.exec->kin.ppid, getpid());
	assert_int_equal(event.exec->kin.session, getsid(0));
	assert_int_equal(event.exec->kin.uid, getuid());
}

static int open_sleep(void)
{
	int fd = open("/bin/sleep", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* A copy of sleep in a file of ours, written and opened again for reading. */
static int copy_sleep(int to)
{
	int from = open_sleep();
	char path[32];
	off_t offset = 0;

	while (sendfile(to, from, &offset, 1 << 20) > 0)
		;
	close(from);
	assert_int_equal(fchmod(to, 0700), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", to);
	from = open(path, O_RDONLY | O_CLOEXEC);
	close(to);
	assert_true(from >= 0);
	return from;
}

static void a_sleeping_process(void **state)
{
	char *argv[] = {"a name", "600", NULL};
	char resolved[PATH_MAX];
	struct stat stat;
	int fd = open_sleep();
	pid_t child = start(fd, argv);

	(void)state;
	assert_int_equal(fstat(fd, &stat), 0);
	close(fd);
	examine(child);
	assert_non_null(realpath("/bin/sleep", resolved));
	assert_true(span_equal(event.filename, span_of(resolved)));
	assert_true(span_equal(event.name, span_basename(span_of(resolved))));
	assert_int_equal(event.argv.len, sizeof("a name\0"
						"600"));
	assert_memory_equal(event.argv.data,
		"a name\0"
		"600",
		event.argv.len);
	assert_int_equal(event.exec->file.inode, stat.st_ino);
	assert_int_equal(event.exec->file.nlink, stat.st_nlink);
	assert_int_equal(event.exec->file.size, stat.st_size);
	assert_int_equal(event.header->flags, EVENT_NO_PATH);
	stop(child);
}

static void a_deleted_program(void **state)
{
	char path[] = "/tmp/core_sleep.XXXXXX", *argv[] = {"x", "600", NULL};
	int fd = copy_sleep(mkstemp(path));
	pid_t child = start(fd, argv);

	(void)state;
	close(fd);
	unlink(path);
	examine(child);
	assert_int_equal(event.exec->file.nlink, 0);
	assert_true(span_equal(event.filename, span_of(path))); /* without " (deleted)" */
	stop(child);
	/* one that is called so and is not */
	strcpy(path + strlen(path) - 6, "YYYYYY");
	{
		char named[64];

		snprintf(named, sizeof(named), "%s (deleted)", path);
		fd = copy_sleep(open(named, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0700));
		child = start(fd, argv);
		close(fd);
		examine(child);
		unlink(named);
		assert_int_equal(event.exec->file.nlink, 1);
		assert_true(span_equal(event.filename, span_of(named)));
		stop(child);
	}
}

static void a_program_in_memory(void **state)
{
	char *argv[] = {"x", "600", NULL};
	int fd = copy_sleep(memfd_create("jit", MFD_CLOEXEC));
	pid_t child = start(fd, argv);

	(void)state;
	close(fd);
	examine(child);
	assert_int_equal(event.exec->file.nlink, 0);
	assert_int_equal(event.exec->file.fs_magic, TMPFS_MAGIC);
	assert_true(span_equal(event.name, span_of("memfd:jit")));
	stop(child);
}

static void arguments_beyond_the_bound(void **state)
{
	static char big[2 * EVENT_ARGV_MAX];
	char *argv[] = {"x", "600", big, NULL};
	int fd = open("/bin/sh", O_RDONLY | O_CLOEXEC);
	pid_t child;

	(void)state;
	memset(big, 'y', sizeof(big) - 1);
	argv[0] = "sh";
	argv[1] = "-s"; /* waits for what is written to it */
	{
		int input[2], saved = dup(STDIN_FILENO);

		assert_int_equal(pipe2(input, O_CLOEXEC), 0);
		dup2(input[0], STDIN_FILENO);
		child = start(fd, argv);
		dup2(saved, STDIN_FILENO);
		close(saved);
		examine(child);
		close(input[0]);
		close(input[1]);
	}
	close(fd);
	assert_int_equal(event.argv.len, EVENT_ARGV_MAX);
	assert_true(event.header->flags & EVENT_CUT_ARGV);
	stop(child);
}

static void not_the_process_asked_for(void **state)
{
	char *argv[] = {"x", "600", NULL};
	int fd = open_sleep();
	pid_t child = start(fd, argv);
	struct process_key key;

	(void)state;
	close(fd);
	assert_true(key_of(child, &key));
	key.start_ns += TICK_NS; /* the pid's next user */
	assert_int_equal(examine_process(&key, record), 0);
	key.start_ns -= 2 * TICK_NS;
	assert_int_equal(examine_process(&key, record), 0);
	key.start_ns += TICK_NS;
	assert_int_not_equal(examine_process(&key, record), 0);
	stop(child);
	assert_int_equal(examine_process(&key, record), 0);
	key.pid = UINT32_MAX;
	assert_int_equal(examine_process(&key, record), 0);
}

/* comm may hold any byte, also those that end it in /proc/PID/stat. */
static void a_name_with_parentheses(void **state)
{
	int gate[2];
	char byte = 0;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(gate), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, ") R 1 (x) 2 3");
		if (write(gate[1], &byte, 1) == 1)
			pause();
		_exit(0);
	}
	assert_int_equal(read(gate[0], &byte, 1), 1);
	examine(child);
	assert_string_equal(event.exec->kin.comm, ") R 1 (x) 2 3");
	close(gate[0]);
	close(gate[1]);
	stop(child);
}

static void a_zombie(void **state)
{
	pid_t child = fork();
	siginfo_t info;

	(void)state;
	if (child == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
	examine(child);
	assert_true(event.header->flags & EVENT_NO_ARGV);
	assert_true(event.header->flags & EVENT_NO_FILE);
	assert_int_equal(event.filename.len, 0);
	waitpid(child, NULL, 0);
}

/* kthreadd has pid 2 in the initial pid namespace; elsewhere it cannot be seen. */
static void a_kernel_thread(void **state)
{
	struct process_key key;
	char comm[16] = "";
	FILE *file = fopen("/proc/2/comm", "re");
	size_t len;

	(void)state;
	if (file) {
		if (!fgets(comm, sizeof(comm), file))
			comm[0] = '\0';
		fclose(file);
	}
	if (strcmp(comm, "kthreadd\n") != 0 || !key_of(2, &key)) {
		print_message("no kernel thread can be seen here\n");
		skip();
	}
	len = examine_process(&key, record);
	assert_int_equal(event_decode(record, len, &event), 0);
	assert_true(event.header->flags & EVENT_NO_ARGV);
	assert_true(event.header->flags & EVENT_NO_FILE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sleeping_process),
		cmocka_unit_test(a_deleted_program),
		cmocka_unit_test(a_program_in_memory),
		cmocka_unit_test(arguments_beyond_the_bound),
		cmocka_unit_test(not_the_process_asked_for),
		cmocka_unit_test(a_name_with_parentheses),
		cmocka_unit_test(a_zombie),
		cmocka_unit_test(a_kernel_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
