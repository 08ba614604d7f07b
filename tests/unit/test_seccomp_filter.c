/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what a process can still call under each list: in children, by the kernel's own answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "seccomp_fixture.h"

#define HELPERS (ALL_ROLES & ~(ROLE(START) | ROLE(LAUNCHER) | ROLE(SENSOR)))
#define BPF_COMMANDS 40 /* some more than there are */

/* What becomes of a call by a process that is held to the role's list; never a real effect. */
struct row {
	const char *name;
	unsigned roles; /* bit a seccomp_role */
	int expected;
	long number;
	long arguments[6];
};

/* Nobody but those the row leaves out may make them. */
static const struct row forbidden[] = {
	{"execve", ALL_ROLES & ~(ROLE(START) | ROLE(LAUNCHER)), KILLED, SYS_execve, {0}},
	{"execveat", ALL_ROLES & ~(ROLE(START) | ROLE(LAUNCHER)), KILLED, SYS_execveat, {-1}},
	{"bpf", ALL_ROLES & ~(ROLE(START) | ROLE(SENSOR)), KILLED, SYS_bpf, {BPF_MAP_CREATE}},
	{"ptrace", ALL_ROLES, KILLED, SYS_ptrace, {-1}},
	{"process_vm_writev", ALL_ROLES, KILLED, SYS_process_vm_writev, {0}},
	{"pidfd_getfd", ALL_ROLES, KILLED, SYS_pidfd_getfd, {-1, -1}},
	{"unshare", ALL_ROLES, KILLED, SYS_unshare, {0}},
	{"setns", ALL_ROLES, KILLED, SYS_setns, {-1}},
	{"clone: user", ALL_ROLES, KILLED, SYS_clone, {CLONE_NEWUSER | SIGCHLD}},
	{"clone: pid", ALL_ROLES, KILLED, SYS_clone, {CLONE_NEWPID | SIGCHLD}},
	{"clone: mount", ALL_ROLES, KILLED, SYS_clone, {CLONE_NEWNS | SIGCHLD}},
	{"clone: net", ALL_ROLES, KILLED, SYS_clone, {CLONE_NEWNET | SIGCHLD}},
	{"clone: ipc", ALL_ROLES, KILLED, SYS_clone, {CLONE_NEWIPC | SIGCHLD}},
	{"clone: uts", ALL_ROLES, KILLED, SYS_clone, {CLONE_NEWUTS | SIGCHLD}},
	{"clone: cgroup", ALL_ROLES, KILLED, SYS_clone, {CLONE_NEWCGROUP | SIGCHLD}},
	{"mount", ALL_ROLES, KILLED, SYS_mount, {0}},
	{"umount2", ALL_ROLES, KILLED, SYS_umount2, {0}},
	{"pivot_root", ALL_ROLES, KILLED, SYS_pivot_root, {0}},
	{"chroot", ALL_ROLES, KILLED, SYS_chroot, {0}},
	{"move_mount", ALL_ROLES, KILLED, SYS_move_mount, {-1, 0, -1}},
	{"open_tree", ALL_ROLES, KILLED, SYS_open_tree, {-1}},
	{"fsopen", ALL_ROLES, KILLED, SYS_fsopen, {0}},
	{"fsconfig", ALL_ROLES, KILLED, SYS_fsconfig, {-1}},
	{"fsmount", ALL_ROLES, KILLED, SYS_fsmount, {-1}},
	{"fspick", ALL_ROLES, KILLED, SYS_fspick, {-1}},
	{"mount_setattr", ALL_ROLES, KILLED, SYS_mount_setattr, {-1}},
	{"open_by_handle_at", ALL_ROLES, KILLED, SYS_open_by_handle_at, {-1}},
	{"init_module", ALL_ROLES, KILLED, SYS_init_module, {0}},
	{"finit_module", ALL_ROLES, KILLED, SYS_finit_module, {-1}},
	{"delete_module", ALL_ROLES, KILLED, SYS_delete_module, {0}},
	{"kexec_load", ALL_ROLES, KILLED, SYS_kexec_load, {0, -1}},
	{"kexec_file_load", ALL_ROLES, KILLED, SYS_kexec_file_load, {-1, -1}},
	{"reboot", ALL_ROLES, KILLED, SYS_reboot, {0}},
	{"keyctl", ALL_ROLES, KILLED, SYS_keyctl, {-1}},
	{"add_key", ALL_ROLES, KILLED, SYS_add_key, {0}},
	{"request_key", ALL_ROLES, KILLED, SYS_request_key, {0}},
	{"userfaultfd", ALL_ROLES, KILLED, SYS_userfaultfd, {-1}},
	{"perf_event_open", ALL_ROLES, KILLED, SYS_perf_event_open, {0}},
	{"io_uring_setup", ALL_ROLES, KILLED, SYS_io_uring_setup, {0}},
	{"io_uring_enter", ALL_ROLES, KILLED, SYS_io_uring_enter, {-1}},
	{"setuid", ALL_ROLES, KILLED, SYS_setuid, {-1}},
	{"setgid", ALL_ROLES, KILLED, SYS_setgid, {-1}},
	{"settimeofday", ALL_ROLES, KILLED, SYS_settimeofday, {0, 1}},
	{"syslog", ALL_ROLES, KILLED, SYS_syslog, {-1}},
};

/*
 * On nobody's list, or only under a condition; who may make which at all: test_seccomp_calls.c. An
 * errno but EPERM is the kernel's own answer.
 */
static const struct row others[] = {
	{"personality", ALL_ROLES, EPERM, SYS_personality, {0xffffffff}},
	{"setsid", ALL_ROLES, EPERM, SYS_setsid, {0}},
	{"msgget", ALL_ROLES, EPERM, SYS_msgget, {-1}},
	{"prctl PR_SET_NAME", ALL_ROLES, EPERM, SYS_prctl, {PR_SET_NAME}},
	{"a call of no kernel yet", ALL_ROLES, EPERM, 4000, {0}},
	{"fork", HELPERS | ROLE(SENSOR), EPERM, SYS_clone, {SIGCHLD}},
	{"socket", ROLE(WRITER), EINVAL, SYS_socket, {AF_INET, -1}},
	{"socket of another family", ROLE(WRITER), EPERM, SYS_socket, {AF_NETLINK, -1}},
	{"openat", ROLE(SENSOR) | ROLE(EXAMINER) | ROLE(READER) | ROLE(LOADER), EFAULT, SYS_openat,
		{AT_FDCWD, 0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_DIRECTORY}},
	{"openat to write", HELPERS | ROLE(SENSOR), EPERM, SYS_openat, {AT_FDCWD, 0, O_WRONLY}},
	{"openat to change", HELPERS | ROLE(SENSOR), EPERM, SYS_openat, {AT_FDCWD, 0, O_RDWR}},
	{"openat to make", HELPERS | ROLE(SENSOR), EPERM, SYS_openat,
		{AT_FDCWD, 0, O_RDONLY | O_CREAT}},
	{"openat to empty", HELPERS | ROLE(SENSOR), EPERM, SYS_openat,
		{AT_FDCWD, 0, O_RDONLY | O_TRUNC}},
	{"mmap executable", HELPERS | ROLE(SENSOR), EPERM, SYS_mmap,
		{0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1}},
	{"mprotect executable", HELPERS | ROLE(SENSOR), EPERM, SYS_mprotect,
		{0, 4096, PROT_READ | PROT_EXEC}},
	{"ioctl", HELPERS | ROLE(SENSOR), EPERM, SYS_ioctl, {0, 0x5412 /* TIOCSTI */}},
	{"openat to write", ROLE(START) | ROLE(LAUNCHER), EFAULT, SYS_openat,
		{AT_FDCWD, 0, O_WRONLY | O_CREAT}},
};

static void call(const void *what)
{
	const struct row *row = what;

	make_call(row->number, row->arguments);
}

static void try_rows(const struct row *rows, size_t count)
{
	if (seccomp_absent_why())
		skip();
	for (size_t i = 0; i < count; i++) {
		for (unsigned role = 0; role < SECCOMP_ROLES; role++) {
			int result;

			if (!(rows[i].roles & (1u << role)))
				continue;
			result = outcome(role, call, &rows[i]);
			if (result != rows[i].expected)
				fail_msg("%s, role %u: %d, not %d", rows[i].name, role, result,
					rows[i].expected);
		}
	}
}

static void forbidden_calls_kill(void **state)
{
	(void)state;
	try_rows(forbidden, sizeof(forbidden) / sizeof(forbidden[0]));
}

static void other_calls_fail(void **state)
{
	(void)state;
	try_rows(others, sizeof(others) / sizeof(others[0]));
}

/* The sensor makes iterators and asks of its own programs; whatever else bpf can do kills. */
static void bpf_by_its_command(void **state)
{
	struct row row = {.name = "bpf", .number = SYS_bpf};

	(void)state;
	if (seccomp_absent_why())
		skip();
	for (int command = 0; command < BPF_COMMANDS; command++) {
		bool allowed = command == BPF_ITER_CREATE || command == BPF_OBJ_GET_INFO_BY_FD;
		int result;

		row.arguments[0] = command;
		result = outcome(SECCOMP_SENSOR, call, &row);
		if (allowed ? result == KILLED : result != KILLED)
			fail_msg("bpf command %d: %d", command, result);
	}
}

static void return_from_signal(int number)
{
	(void)number;
}

/* A signal, memory, standard output and an end by abort, as any process of ours may come to it. */
static void live_and_abort(const void *what)
{
	char *memory = malloc(1 << 20);

	(void)what;
	if (signal(SIGUSR1, return_from_signal) == SIG_ERR || raise(SIGUSR1) != 0)
		_exit(3);
	memory = memory ? realloc(memory, 64 << 20) : NULL;
	if (!memory)
		_exit(1);
	memset(memory, 1, 64 << 20);
	free(memory);
	if (fprintf(stderr, "%s", "") < 0)
		_exit(2);
	abort();
}

static void everybody_can_live(void **state)
{
	(void)state;
	if (seccomp_absent_why())
		skip();
	for (unsigned role = 0; role < SECCOMP_ROLES; role++)
		assert_int_equal(outcome(role, live_and_abort, NULL), -SIGABRT);
}

#ifdef __x86_64__
static void call_as_ia32(const void *what)
{
	int number = 20; /* getpid */

	(void)what;
	__asm__ volatile("int $0x80" : "+a"(number) : : "memory");
	_exit(0);
}

static void call_as_x32(const void *what)
{
	(void)what;
	syscall(0x40000000 | SYS_getpid);
	_exit(0);
}
#endif

/* Another architecture's numbers mean other calls. */
static void other_architectures_kill(void **state)
{
	(void)state;
	if (seccomp_absent_why())
		skip();
#ifdef __x86_64__
	assert_int_equal(outcome(SECCOMP_SENSOR, call_as_x32, NULL), KILLED);
	/* A kernel without it ends the process otherwise. */
	assert_int_not_equal(outcome(SECCOMP_SENSOR, call_as_ia32, NULL), FINE);
#else
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forbidden_calls_kill),
		cmocka_unit_test(other_calls_fail),
		cmocka_unit_test(bpf_by_its_command),
		cmocka_unit_test(everybody_can_live),
		cmocka_unit_test(other_architectures_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
