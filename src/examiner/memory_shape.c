/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sizes from RandomX's specification (doc/specs.md: dataset 2,181,038,080 bytes, cache 256 MiB,
 * scratchpad 2 MiB a thread) and its code buffers (src/jit_compiler_x86.hpp: below 1 MiB). The
 * kernel joins neighbours with equal rights, so a size is a lower bound with some room above.
 */
#include "examiner/memory_shape.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)
#define DATASET (2080 * MIB)
#define DATASET_ROOM (1024 * MIB) /* three pages of 1 GiB */
#define CACHE (256 * MIB)
#define CACHE_ROOM (32 * MIB)
#define SCRATCHPAD (2 * MIB)
#define SCRATCHPADS_MAX 64 /* more joined in one mapping are something else */
#define CODE_MAX MIB

/* One line of maps. */
struct mapping {
	uint64_t size, to;
	bool guarded; /* right above one that nobody may touch: a thread's stack */
	char rights[5]; /* "rw-p" */
	bool anonymous; /* of no file, or of huge pages */
	bool huge;
};

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/*
 * guard: where the last mapping ended, if nobody may touch that; 0: somebody may. The name comes
 * last and may hold anything: only its beginning is looked at.
 */
static bool parse(const char *line, uint64_t guard, struct mapping *ret_mapping)
{
	uint64_t from, to, inode;
	int name = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*x %*x:%*x %" SCNu64 " %n", &from, &to,
		    ret_mapping->rights, &inode, &name) != 4 ||
		to < from || !name)
		return false;
	ret_mapping->size = to - from;
	ret_mapping->guarded = guard && from == guard;
	ret_mapping->to = to;
	/* mmap(MAP_HUGETLB) and memfd_create(MFD_HUGETLB): mm/hugetlb.c, ipc/shm.c. */
	ret_mapping->huge = starts(line + name, "/anon_hugepage");
	ret_mapping->anonymous = inode == 0 || ret_mapping->huge;
	return ret_mapping->anonymous && !starts(line + name, "[stack") &&
	       !starts(line + name, "[v");
}

static bool within(uint64_t size, uint64_t least, uint64_t room)
{
	return size >= least && size <= least + room;
}

static void count(const struct mapping *mapping, struct event_memory *memory)
{
	if (mapping->huge)
		memory->huge_bytes += mapping->size;
	if (mapping->size > memory->largest_bytes)
		memory->largest_bytes = mapping->size;
	if (mapping->rights[2] == 'x' && mapping->size <= CODE_MAX)
		memory->codes++;
	if (mapping->rights[1] != 'w')
		return;
	memory->datasets += within(mapping->size, DATASET, DATASET_ROOM);
	memory->caches += within(mapping->size, CACHE, CACHE_ROOM);
	if (!mapping->guarded && mapping->size % SCRATCHPAD == 0 &&
		mapping->size / SCRATCHPAD <= SCRATCHPADS_MAX)
		memory->scratchpads += (__u32)(mapping->size / SCRATCHPAD);
}

void memory_shape_read(const char *text, struct event_memory *memory)
{
	const char *end;
	uint64_t guard = 0;

	for (; (end = strchr(text, '\n')); text = end + 1) {
		struct mapping mapping;
		char line[160]; /* what is read of a line stands before its name */
		size_t len = (size_t)(end - text);

		if (len >= sizeof(line))
			len = sizeof(line) - 1;
		memcpy(line, text, len);
		line[len] = '\0';
		if (!parse(line, guard, &mapping)) {
			guard = 0;
			continue;
		}
		guard = starts(mapping.rights, "---") ? mapping.to : 0;
		count(&mapping, memory);
	}
}
