/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the maps and descriptors of one process. */
#include "examiner/examine_memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "examiner/memory_shape.h"
#include "examiner/proc_read.h"

#define SECOND_NS UINT64_C(1000000000)
#define MAPS_MAX (1 << 20) /* about 10,000 mappings; RandomX's are made early */
#define DESCRIPTORS_MAX 1024 /* looked at */

/* msr(4): one file a CPU. A miner turns off the prefetchers there. */
static __u32 count_msr(int dir)
{
	int fd = openat(dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *descriptors = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	unsigned looked = 0;
	__u32 count = 0;

	if (!descriptors) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (looked++ < DESCRIPTORS_MAX && (entry = readdir(descriptors))) {
		char target[64];
		ssize_t len = readlinkat(fd, entry->d_name, target, sizeof(target) - 1);

		target[len > 0 ? len : 0] = '\0';
		count += fnmatch("/dev/cpu/*/msr", target, 0) == 0;
	}
	closedir(descriptors);
	return count;
}

size_t examine_memory(const struct process_key *key, __u64 record[static EVENT_RECORD_MAX / 8])
{
	static char maps[MAPS_MAX]; /* touched only as far as it is used */
	struct event_memory *memory = (struct event_memory *)record;
	struct proc_stat stat;
	struct timespec now;
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), dir;

	memset(memory, 0, sizeof(*memory));
	if (proc < 0)
		return 0;
	dir = proc_open(proc, key->pid);
	close(proc);
	if (dir < 0)
		return 0;
	if (!proc_read_stat(dir, &stat) || !proc_is(&stat, key) ||
		proc_read_text(dir, "maps", maps, sizeof(maps)) < 0) {
		close(dir);
		return 0;
	}
	memory_shape_read(maps, memory);
	memory->msr_descriptors = count_msr(dir);
	close(dir);
	clock_gettime(CLOCK_BOOTTIME, &now);
	memory->header.type = EVENT_MEMORY;
	memory->header.size = sizeof(*memory);
	memory->header.time_ns = (__u64)now.tv_sec * SECOND_NS + (__u64)now.tv_nsec;
	memory->header.start_ns = key->start_ns;
	memory->header.pid = memory->header.tid = key->pid;
	return sizeof(*memory);
}
