/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that each process can make the calls it needs and no others, written down a second time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "seccomp_fixture.h"
#include "seccomp_rows.h"

#define S ROLE(START)
#define L (S | ROLE(LAUNCHER))
#define SENSOR ROLE(SENSOR)
#define EXAMINER ROLE(EXAMINER)
#define READER ROLE(READER)
#define VISITOR ROLE(VISITOR)
#define LOADER ROLE(LOADER)
#define WRITER ROLE(WRITER)
#define EXPORTER ROLE(EXPORTER)
#define DESCRIPTORS (ALL_ROLES & ~(EXAMINER | VISITOR))
#define WAITING (L | SENSOR | LOADER | WRITER | EXPORTER)
#define READING (L | SENSOR | EXAMINER | READER | LOADER)

/* A call that does nothing as it is made here, in the shape its condition asks for. */
struct row {
	const char *name;
	unsigned roles; /* who may; all others may not */
	long number;
	long arguments[6];
};

/* clang-format off */
#define ROW(call, roles, ...) {#call, roles, SYS_##call, {__VA_ARGS__}}
/* clang-format on */
/* Arguments that no kernel takes. */
#define BAD(call, roles) ROW(call, roles, -1, -1, -1, -1, -1, -1)

static const struct row rows[] = {
	BAD(read, ALL_ROLES),
	BAD(write, ALL_ROLES),
	BAD(writev, ALL_ROLES),
	BAD(close, ALL_ROLES),
	BAD(fstat, ALL_ROLES),
	BAD(newfstatat, ALL_ROLES),
	ROW(ioctl, ALL_ROLES, -1, TCGETS),
	BAD(brk, ALL_ROLES),
	ROW(mmap, ALL_ROLES, 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	ROW(mprotect, ALL_ROLES, 0, 4096, PROT_READ),
	BAD(munmap, ALL_ROLES),
	BAD(mremap, ALL_ROLES),
	BAD(madvise, ALL_ROLES),
	BAD(futex, ALL_ROLES),
	BAD(getrandom, ALL_ROLES),
	BAD(clock_gettime, ALL_ROLES),
	BAD(gettimeofday, ALL_ROLES),
	BAD(getpid, ALL_ROLES),
	BAD(gettid, ALL_ROLES),
	BAD(tgkill, ALL_ROLES),
	BAD(rt_sigaction, ALL_ROLES),
	BAD(rt_sigprocmask, ALL_ROLES),
	BAD(restart_syscall, ALL_ROLES),
	ROW(exit_group, ALL_ROLES, FINE),
	BAD(recvfrom, ALL_ROLES),
	BAD(sendto, ALL_ROLES),
	BAD(recvmsg, DESCRIPTORS),
	BAD(sendmsg, DESCRIPTORS),
	BAD(ppoll, WAITING),
	BAD(epoll_pwait, WAITING),
	BAD(epoll_ctl, WAITING),
	ROW(clock_nanosleep, WAITING | READER | EXAMINER, 99),
	ROW(openat, READING, AT_FDCWD, 0, O_RDONLY),
	BAD(fstatfs, READING),
	BAD(getdents64, READING),
	BAD(readlinkat, READING),
	BAD(lseek, READING | WRITER),
	BAD(pread64, READING | WRITER),
	BAD(fcntl, READING),
	BAD(openat2, READING & ~SENSOR),
	BAD(accept4, L | SENSOR | EXPORTER),
	BAD(getsockopt, L | SENSOR | WRITER),
	BAD(setsockopt, L | WRITER),
	BAD(getppid, L | SENSOR | WRITER),
	BAD(timerfd_settime, S | SENSOR),
	BAD(pwrite64, L | SENSOR | LOADER),
	BAD(ftruncate, L | SENSOR | LOADER | WRITER),
	BAD(shutdown, L | SENSOR | WRITER | EXPORTER),
	BAD(fsync, S | SENSOR),
	BAD(sched_setaffinity, L | VISITOR),
	BAD(memfd_create, L | LOADER),
	BAD(getuid, L | LOADER),
	ROW(socket, L | WRITER, AF_UNIX, -1, -1),
	BAD(connect, L | WRITER),
	BAD(set_robust_list, L),
	ROW(prctl, L, PR_GET_SECCOMP),
	BAD(capget, L),
	BAD(capset, L),
	BAD(landlock_create_ruleset, L),
	BAD(landlock_restrict_self, L),
	BAD(seccomp, L),
	BAD(dup3, L),
	BAD(close_range, L),
	BAD(epoll_create1, L),
	BAD(signalfd4, L),
	BAD(timerfd_create, L),
	ROW(clone, L, CLONE_SIGHAND), /* not without CLONE_VM */
	BAD(wait4, L),
	ROW(kill, L, INT32_MAX, 0), /* nobody's number */
	BAD(socketpair, L),
	BAD(unlinkat, L),
	BAD(geteuid, L),
	ROW(execve, L, 0),
	BAD(execveat, L),
	BAD(faccessat, L),
	ROW(set_tid_address, L, 0),
	BAD(rseq, L),
	ROW(prlimit64, L, 0, -1),
	BAD(uname, L),
	BAD(bind, L),
	BAD(listen, L),
	BAD(getsockname, L),
	BAD(mkdirat, L),
	ROW(setitimer, L, -1),
	BAD(sysinfo, S),
	BAD(faccessat2, S),
	BAD(flock, S),
	BAD(sched_getaffinity, S),
	BAD(fchown, S),
	BAD(fchmod, S),
	BAD(linkat, S),
	BAD(renameat2, S),
	BAD(umask, S),
#ifdef __x86_64__
	BAD(poll, WAITING),
	BAD(epoll_wait, WAITING),
	BAD(dup2, L),
	BAD(access, L),
	BAD(readlink, L),
	BAD(arch_prctl, L),
	BAD(mkdir, L),
	BAD(rmdir, L),
	BAD(rename, L),
	ROW(alarm, L, 0),
#endif
	BAD(renameat, L),
};

/* Elsewhere: test_seccomp_filter.c tries all commands of the one, and comes back from a signal. */
static const char *const elsewhere[] = {"bpf", "rt_sigreturn"};

static void act(const void *what)
{
	const struct row *row = what;

	make_call(row->number, row->arguments);
}

static void each_call_by_those_who_may(void **state)
{
	(void)state;
	if (seccomp_absent_why())
		skip();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (unsigned role = 0; role < SECCOMP_ROLES; role++) {
			bool may = rows[i].roles & (1u << role);
			int result = outcome(role, act, &rows[i]);

			if (may == (result == EPERM || result == KILLED))
				fail_msg("%s, role %u: %d", rows[i].name, role, result);
		}
	}
}

static bool has_row(const char *call)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].name, call) == 0)
			return true;
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (strcmp(elsewhere[i], call) == 0)
			return true;
	return false;
}

static void each_call_has_a_row(void **state)
{
	(void)state;
#ifndef __x86_64__
	skip(); /* the lists have calls of either architecture */
#endif
	for (unsigned role = 0; role < SECCOMP_ROLES; role++) {
		const struct seccomp_row *const *group = seccomp_tables[role].groups;

		for (; *group; group++)
			for (const struct seccomp_row *row = *group; row->call; row++)
				if (!has_row(row->call))
					fail_msg("%s: no row", row->call);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_by_those_who_may),
		cmocka_unit_test(each_call_has_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
