/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings of the sizes that RandomX asks for; sparse, so that they cost nothing. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "standin.h"

#define MIB (1024u * 1024u)
#define DATASET_BYTES 2181038080u
#define CACHE_BYTES (256u * MIB)
#define SCRATCHPAD_BYTES (2u * MIB)
#define CODE_BYTES (64u * 1024u)

static int map(size_t size, int protection)
{
	void *memory =
		mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? -errno : 0;
}

/* A page that nobody may touch keeps the kernel from joining neighbours. */
static int map_apart(size_t size, int protection)
{
	int err = map(4096, PROT_NONE);

	return err ? err : map(size, protection);
}

int standin_memory_map(const struct standin_options *options)
{
	bool fast = strcmp(options->memory, "fast") == 0;
	int err;

	if (!fast && strcmp(options->memory, "light") != 0)
		return -EINVAL;
	err = map_apart(CACHE_BYTES, PROT_READ | PROT_WRITE);
	if (!err && fast)
		err = map_apart(DATASET_BYTES, PROT_READ | PROT_WRITE);
	for (unsigned i = 0; i < options->threads && !err; i++) {
		err = map_apart(SCRATCHPAD_BYTES, PROT_READ | PROT_WRITE);
		if (!err)
			err = map_apart(CODE_BYTES, PROT_READ | PROT_EXEC);
	}
	return err;
}

int standin_hugepages_map(const struct standin_options *options)
{
	char text[24] = "";
	int fd = open("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", O_RDWR | O_CLOEXEC);
	int err = fd < 0 || read(fd, text, sizeof(text) - 1) < 0 ? -errno : 0;
	void *memory;

	if (!err && dprintf(fd, "%lu", strtoul(text, NULL, 10) + options->hugepages) < 0)
		err = -errno;
	if (fd >= 0)
		close(fd);
	if (err)
		return err;
	memory = mmap(NULL, options->hugepages * 2u * MIB, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	return memory == MAP_FAILED ? -errno : 0;
}
