/* SPDX-License-Identifier: Apache-2.0 */
/* Reads /proc/PID through one descriptor, so that all answers are about one process. */
#include "examiner/proc_read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND_NS UINT64_C(1000000000)
#define KTHREADD 2
#define KERNEL_THREAD 0x00200000 /* PF_KTHREAD, include/linux/sched.h; no program can set it */

int proc_open(int proc, uint32_t pid)
{
	char name[16];
	int fd;

	snprintf(name, sizeof(name), "%" PRIu32, pid);
	fd = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

ssize_t proc_read_text(int dir, const char *name, char *text, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t len = 0;

	if (fd < 0)
		return -1;
	while (len < size - 1) {
		ssize_t got = read(fd, text + len, size - 1 - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	close(fd);
	text[len] = '\0';
	return (ssize_t)len;
}

/*
 * Fields 4 ppid, 6 session, 9 flags, 22 start time. comm stands in parentheses and may hold any
 * byte, so reading begins behind the last one.
 */
bool proc_read_stat(int dir, struct proc_stat *ret_stat)
{
	struct proc_stat stat = {0};
	char text[1024], *comm, *after;
	size_t len;

	if (proc_read_text(dir, "stat", text, sizeof(text)) < 0)
		return false;
	comm = strchr(text, '(');
	after = strrchr(text, ')');
	if (!comm || !after || after < comm)
		return false;
	if (sscanf(after + 1,
		    " %*c %" SCNu32 " %*d %" SCNu32 " %*d %*d %" SCNu32
		    " %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %" SCNu64,
		    &stat.ppid, &stat.session, &stat.flags, &stat.start_ticks) != 4)
		return false;
	len = (size_t)(after - comm - 1);
	memcpy(stat.comm, comm + 1, len < sizeof(stat.comm) ? len : sizeof(stat.comm) - 1);
	*ret_stat = stat;
	return true;
}

bool proc_read_status(int dir, struct proc_status *ret_status)
{
	struct proc_status status = {0};
	char text[16384], *line;
	unsigned mode;

	if (proc_read_text(dir, "status", text, sizeof(text)) < 0)
		return false;
	line = strstr(text, "\nUid:");
	if (!line || sscanf(line, "\nUid: %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32,
			     &status.uid[0], &status.uid[1], &status.uid[2], &status.uid[3]) != 4)
		return false;
	line = strstr(text, "\nSeccomp:");
	status.no_seccomp = line && sscanf(line, "\nSeccomp: %u", &mode) == 1 && mode == 0;
	*ret_status = status;
	return true;
}

bool proc_is(const struct proc_stat *stat, const struct process_key *key)
{
	return stat->start_ticks == key->start_ns / (SECOND_NS / (uint64_t)sysconf(_SC_CLK_TCK));
}

static bool namespace_of(int dir, const char *name, struct stat *ret_stat)
{
	char path[16];

	snprintf(path, sizeof(path), "ns/%s", name);
	return fstatat(dir, path, ret_stat, 0) == 0;
}

bool proc_same_namespace(int dir, int other, const char *name)
{
	struct stat a, b;

	return namespace_of(dir, name, &a) && namespace_of(other, name, &b) &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int proc_open_host(int proc)
{
	static const uint32_t pids[] = {KTHREADD, 1};

	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
		int dir = proc_open(proc, pids[i]);
		struct proc_stat stat;
		bool good;

		if (dir < 0)
			continue;
		/* in another pid namespace 2 is anybody, but never a kernel thread */
		good = proc_same_namespace(dir, dir, "mnt") && proc_read_stat(dir, &stat) &&
		       (pids[i] == 1 || stat.flags & KERNEL_THREAD);
		if (good)
			return dir;
		close(dir);
	}
	return -ENOENT;
}
