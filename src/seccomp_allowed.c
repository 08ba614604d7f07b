/* SPDX-License-Identifier: Apache-2.0 */
/* The calls each process may make, with the reason for each. */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "seccomp_rows.h"

#define NAMESPACES                                                                     \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
		CLONE_NEWPID | CLONE_NEWNET)

/* clang-format off */
#define NOT_EXECUTABLE {2, PROT_EXEC, 0, "not executable"}
#define READ_ONLY {2, O_ACCMODE | O_CREAT | O_TRUNC, 0, "only for reading"}
#define OWN_NAMESPACES {0, NAMESPACES, 0, "no new namespace"}
#define FIRST(number) {0, SECCOMP_WHOLE, number, #number}
#define SECOND(number) {1, SECCOMP_WHOLE, number, #number}

static const struct seccomp_row every[] = {
	{"read", {0}, "files, timers, signals"},
	{"write", {0}, "what it says on stderr, and its outputs"},
	{"writev", {0}, "last words of the C library"},
	{"close", {0}, "what it has read"},
	{"fstat", {0}, "what kind of file it has"},
	{"newfstatat", {0}, "what kind of file it has"},
	{"ioctl", SECOND(TCGETS), "is stdout a terminal?"},
	{"brk", {0}, "memory"},
	{"mmap", NOT_EXECUTABLE, "memory"},
	{"mprotect", NOT_EXECUTABLE, "memory"},
	{"munmap", {0}, "memory"},
	{"mremap", {0}, "memory"},
	{"madvise", {0}, "memory"},
	{"futex", {0}, "locks of the C library"},
	{"getrandom", {0}, "seeds of hash tables, keys"},
	{"clock_gettime", {0}, "the time, where it is not to be had without a call"},
	{"gettimeofday", {0}, "the time, where it is not to be had without a call"},
	{"getpid", {0}, "its own number"},
	{"gettid", {0}, "abort"},
	{"tgkill", {0}, "abort"},
	{"rt_sigaction", {0}, "abort"},
	{"rt_sigprocmask", {0}, "abort"},
	{"rt_sigreturn", {0}, "the way back from a signal"},
	{"restart_syscall", {0}, "a wait goes on after SIGSTOP"},
	{"exit_group", {0}, "its end"},
	{0},
};

static const struct seccomp_row packets[] = {
	{"recvfrom", {0}, "requests and answers"},
	{"sendto", {0}, "requests and answers"},
	{0},
};

static const struct seccomp_row descriptors[] = {
	{"recvmsg", {0}, "a packet that brings a descriptor"},
	{"sendmsg", {0}, "a packet that takes a descriptor along"},
	{0},
};

static const struct seccomp_row waiting[] = {
	{"poll", {0}, "waits"},
	{"ppoll", {0}, "waits"},
	{"epoll_wait", {0}, "waits"},
	{"epoll_pwait", {0}, "waits"},
	{"epoll_ctl", {0}, "what to wait for"},
	{"clock_nanosleep", {0}, "a pause before trying again"},
	{0},
};

static const struct seccomp_row reading[] = {
	{"openat", READ_ONLY, "files of the host, and of processes"},
	{"fstatfs", {0}, "which filesystem a file is on"},
	{"getdents64", {0}, "directories"},
	{"readlinkat", {0}, "what a link of /proc says"},
	{"lseek", {0}, "files"},
	{"pread64", {0}, "files"},
	{"fcntl", {0}, "how a descriptor was opened, what seals it has"},
	{0},
};

static const struct seccomp_row reading_below[] = {
	{"openat2", {0}, "files that must lie beneath a directory; its flags no filter sees"},
	{0},
};

static const struct seccomp_row sensor[] = {
	{"bpf", FIRST(BPF_ITER_CREATE), "each pass over tasks and sockets; by CAP_BPF before 5.19"},
	{"bpf", FIRST(BPF_OBJ_GET_INFO_BY_FD), "how often the kernel skipped a program"},
	{"accept4", {0}, "who asks at the status socket"},
	{"getsockopt", {0}, "as which user they run"},
	{"getppid", {0}, "the launcher's number, for status"},
	{"timerfd_settime", {0}, "rounds of samples"},
	{"pwrite64", {0}, "the trace's header and blocks; the state file"},
	{"ftruncate", {0}, "a new lap of the trace begins"},
	{"shutdown", {0}, "writers are told to end"},
	{"fsync", {0}, "the trace's end on disk"},
	{0},
};

static const struct seccomp_row examiner[] = {
	{"clock_nanosleep", {0}, "a pause before an answer is sent again"},
	{0},
};

static const struct seccomp_row reader[] = {
	{"clock_nanosleep", {0}, "no more bytes a second than it may read"},
	{0},
};

static const struct seccomp_row visitor[] = {
	{"sched_setaffinity", {0}, "to another CPU"},
	{0},
};

static const struct seccomp_row loader[] = {
	{"memfd_create", {0}, "rules, as one sealed file"},
	{"ftruncate", {0}, "their size"},
	{"pwrite64", {0}, "their bytes"},
	{"getuid", {0}, "whose their files have to be"},
	{0},
};

static const struct seccomp_row writer[] = {
	{"getppid", {0}, "the launcher's number, for syslog"},
	{"socket", FIRST(AF_UNIX), "the server that takes lines"},
	{"socket", FIRST(AF_INET), "the server that takes lines"},
	{"socket", FIRST(AF_INET6), "the server that takes lines"},
	{"connect", {0}, "the server that takes lines"},
	{"getsockopt", {0}, "whether that worked"},
	{"setsockopt", {0}, "how long it may take"},
	{"shutdown", {0}, "the last line is out"},
	{"ioctl", SECOND(SIOCOUTQ), "whether it has taken the last line"},
	{"lseek", {0}, "the end of its file, for lines it has already"},
	{"pread64", {0}, "the end of its file, for lines it has already"},
	{"ftruncate", {0}, "half a line is taken back when the disk is full"},
	{0},
};

static const struct seccomp_row exporter[] = {
	{"accept4", {0}, "who asks for metrics"},
	{"shutdown", {0}, "the answer's end"},
	{0},
};

/* A child between its fork and its own list. */
static const struct seccomp_row setting_up[] = {
	{"set_robust_list", {0}, "the C library in a new process"},
	{"prctl", FIRST(PR_SET_PDEATHSIG), "nobody outlives the launcher"},
	{"getppid", {0}, "nobody outlives the launcher"},
	{"prctl", FIRST(PR_SET_NO_NEW_PRIVS), "privileges given up"},
	{"prctl", FIRST(PR_SET_DUMPABLE), "privileges given up"},
	{"prctl", FIRST(PR_CAPBSET_DROP), "privileges given up"},
	{"prctl", FIRST(PR_CAP_AMBIENT), "privileges given up"},
	{"prctl", FIRST(PR_GET_SECCOMP), "a list of its own"},
	{"capget", {0}, "privileges given up"},
	{"capset", {0}, "privileges given up"},
	{"landlock_create_ruleset", {0}, "privileges given up"},
	{"landlock_restrict_self", {0}, "privileges given up"},
	{"seccomp", {0}, "a list of its own"},
	{"dup2", {0}, "its socket in the place of stdin"},
	{"dup3", {0}, "its socket in the place of stdin"},
	{"close_range", {0}, "descriptors that are not for it"},
	{"epoll_create1", {0}, "the loop"},
	{"signalfd4", {0}, "the loop"},
	{"timerfd_create", {0}, "the loop"},
	{0},
};

static const struct seccomp_row launching[] = {
	{"clone", OWN_NAMESPACES, "another helper, the canary"},
	{"wait4", {0}, "children that ended"},
	{"kill", {0}, "children that hang, or are to end"},
	{"socketpair", {0}, "between a helper and the sensor"},
	{"openat", {0}, "what helpers write to, at a file's exchange"},
	{"unlinkat", {0}, "the status socket, at the end"},
	{"geteuid", {0}, "whose a file has to be"},
	{0},
};

/* The canary's process is this program again, from its loading to its end. */
static const struct seccomp_row canary[] = {
	{"execve", {0}, "the canary"},
	{"execveat", {0}, "the canary"},
	{"mmap", {0}, "the canary: libraries"},
	{"mprotect", {0}, "the canary: libraries"},
	{"access", {0}, "the canary: libraries"},
	{"faccessat", {0}, "the canary: libraries"},
	{"readlink", {0}, "the canary: libraries"},
	{"arch_prctl", {0}, "the canary: the C library begins"},
	{"set_tid_address", {0}, "the canary: the C library begins"},
	{"rseq", {0}, "the canary: the C library begins"},
	{"prlimit64", {0}, "the canary: the C library begins"},
	{"uname", {0}, "the canary: the C library begins"},
	{"socket", {0}, "the canary's connections"},
	{"bind", {0}, "the canary's connections"},
	{"listen", {0}, "the canary's connections"},
	{"getsockname", {0}, "the canary's connections"},
	{"connect", {0}, "the canary's connections"},
	{"mkdir", {0}, "the canary's cgroup"}, /* arm64 has the *at calls alone */
	{"mkdirat", {0}, "the canary's cgroup"},
	{"rmdir", {0}, "the canary's cgroup"},
	{"rename", {0}, "the canary's cgroup"},
	{"renameat", {0}, "the canary's cgroup"},
	{"alarm", {0}, "a canary that hangs"},
	{"setitimer", {0}, "a canary that hangs"},
	{0},
};

static const struct seccomp_row starting[] = {
	{"bpf", {0}, "programs and maps: loads, attaches, pins"},
	{"sysinfo", {0}, "how much memory there is"},
	{"faccessat2", {0}, "what this kernel has"},
	{"flock", {0}, "nobody else writes the trace or has the pins"},
	{"sched_getaffinity", {0}, "how many CPUs there are"},
	{"fchown", {0}, "the trace is for whoever called sudo"},
	{"fchmod", {0}, "the mode of a trace that is there already"},
	{"linkat", {0}, "the status socket's name"},
	{"renameat2", {0}, "the status socket's name"},
	{"umask", {0}, "the status socket's mode"},
	{0},
};
/* clang-format on */

/* What the launcher's helpers need: it forks them when its own list already holds. */
#define OF_HELPERS                                                                             \
	every, packets, descriptors, waiting, reading, reading_below, reader, visitor, loader, \
		writer, exporter, setting_up

const struct seccomp_table seccomp_tables[SECCOMP_ROLES] = {
	[SECCOMP_START] = {{OF_HELPERS, sensor, launching, canary, starting, NULL}},
	[SECCOMP_LAUNCHER] = {{OF_HELPERS, launching, canary, NULL}},
	[SECCOMP_SENSOR] = {{every, packets, descriptors, waiting, reading, sensor, NULL}},
	[SECCOMP_EXAMINER] = {{every, packets, reading, reading_below, examiner, NULL}},
	[SECCOMP_READER] = {{every, packets, descriptors, reading, reading_below, reader, NULL}},
	[SECCOMP_VISITOR] = {{every, packets, visitor, NULL}},
	[SECCOMP_LOADER] = {{every, packets, descriptors, waiting, reading, reading_below, loader,
		NULL}},
	[SECCOMP_WRITER] = {{every, packets, descriptors, waiting, writer, NULL}},
	[SECCOMP_EXPORTER] = {{every, packets, descriptors, waiting, exporter, NULL}},
};
