/* SPDX-License-Identifier: Apache-2.0 */
/* Reads /proc/PID through one directory descriptor, so that all answers are about one process. */
#include "examiner/examine_process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "examiner/proc_read.h"
#include "util/span.h"

#define SECOND_NS UINT64_C(1000000000)

/* The record under construction: the fixed part, then the strings. */
struct builder {
	struct event_exec *exec;
	char *next;
};

static bool read_kin(int dir, const struct process_key *key, struct event_kin *kin)
{
	struct proc_status status;
	struct proc_stat stat;
	struct stat directory;

	if (!proc_read_stat(dir, &stat) || !proc_is(&stat, key))
		return false;
	kin->ppid = stat.ppid;
	kin->session = stat.session;
	memcpy(kin->comm, stat.comm, sizeof(kin->comm));
	/* The directory belongs to the process' user, root where it is not dumpable. */
	if (proc_read_status(dir, &status))
		kin->uid = status.uid[0];
	else if (fstat(dir, &directory) == 0)
		kin->uid = directory.st_uid;
	return true;
}

static void add(struct builder *builder, struct span text, size_t max, __u16 *ret_len)
{
	size_t len = text.len < max - 1 ? text.len : max - 1;

	memcpy(builder->next, text.data, len);
	builder->next[len] = '\0';
	builder->next += len + 1;
	*ret_len = (__u16)(len + 1);
}

static void read_file(int dir, struct event_file *file, __u16 *flags)
{
	int fd = openat(dir, "exe", O_PATH | O_CLOEXEC);
	struct statfs statfs;
	struct stat stat;

	if (fd < 0 || fstat(fd, &stat) < 0) {
		*flags |= EVENT_NO_FILE;
	} else {
		file->inode = stat.st_ino;
		file->ctime_ns =
			(__u64)stat.st_ctim.tv_sec * SECOND_NS + (__u64)stat.st_ctim.tv_nsec;
		file->size = (__u64)stat.st_size;
		file->dev = major(stat.st_dev) << 20 | minor(stat.st_dev);
		file->nlink = (__u32)stat.st_nlink;
		file->mode = stat.st_mode;
		if (fstatfs(fd, &statfs) == 0)
			file->fs_magic = (__u64)statfs.f_type;
	}
	if (fd >= 0)
		close(fd);
}

static void add_exe(int dir, struct builder *builder)
{
	static const char deleted[] = " (deleted)";
	char target[4096];
	ssize_t len = readlinkat(dir, "exe", target, sizeof(target));
	struct span exe = {target, len > 0 ? (size_t)len : 0};
	struct event_exec *exec = builder->exec;

	if (exec->file.nlink == 0 && exe.len > sizeof(deleted) - 1 &&
		memcmp(target + exe.len - (sizeof(deleted) - 1), deleted, sizeof(deleted) - 1) == 0)
		exe.len -= sizeof(deleted) - 1;
	if (exe.len >= EVENT_FILENAME_MAX)
		exec->header.flags |= EVENT_CUT_FILENAME;
	add(builder, span_basename(exe), EVENT_NAME_MAX, &exec->name_len);
	add(builder, exe, EVENT_FILENAME_MAX, &exec->filename_len);
}

static void add_argv(int dir, struct builder *builder)
{
	char text[EVENT_ARGV_MAX + 2];
	ssize_t len = proc_read_text(dir, "cmdline", text, sizeof(text));
	struct event_exec *exec = builder->exec;

	if (len <= 0) {
		exec->header.flags |= EVENT_NO_ARGV;
		return;
	}
	if (len > EVENT_ARGV_MAX) {
		exec->header.flags |= EVENT_CUT_ARGV;
		len = EVENT_ARGV_MAX;
	}
	memcpy(builder->next, text, (size_t)len);
	builder->next += len;
	exec->argv_len = (__u16)len;
}

size_t examine_process(const struct process_key *key, __u64 record[static EVENT_RECORD_MAX / 8])
{
	struct event_exec *exec = (struct event_exec *)record;
	struct builder builder = {exec, (char *)(exec + 1)};
	struct timespec now;
	char path[32];
	int dir;

	memset(exec, 0, sizeof(*exec));
	snprintf(path, sizeof(path), "/proc/%" PRIu32, key->pid);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return 0;
	if (!read_kin(dir, key, &exec->kin)) {
		close(dir);
		return 0;
	}
	read_file(dir, &exec->file, &exec->header.flags);
	add_exe(dir, &builder);
	exec->header.flags |= EVENT_NO_PATH;
	add_argv(dir, &builder);
	close(dir);
	clock_gettime(CLOCK_BOOTTIME, &now);
	exec->old_tid = key->pid;
	exec->header.type = EVENT_PROCESS;
	exec->header.size = (__u32)(builder.next - (char *)record);
	exec->header.time_ns = (__u64)now.tv_sec * SECOND_NS + (__u64)now.tv_nsec;
	exec->header.start_ns = key->start_ns;
	exec->header.pid = exec->header.tid = key->pid;
	return exec->header.size;
}
