// SPDX-License-Identifier: Apache-2.0
/* Reads one pass of the task iterator and feeds its records. */
#include "sources/sampler.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "event.h"

/* The kernel's own buffer for an iterator is 32 KiB with pages of 4 KiB; each read gives one. */
#define BUFFER_SIZE (64 * 1024)

/* Feeds the whole records in data; *ret_used: their bytes. What is left is the start of another. */
static int feed_records(
	const struct record_out *out, char *data, size_t len, uint32_t *processes, size_t *ret_used)
{
	size_t used = 0;
	int err;

	while (len - used >= sizeof(struct event_header)) {
		const struct event_header *header = (const void *)(data + used);

		/* The iterator's records are structures, so the next one stays aligned. */
		if (header->size < sizeof(*header) || header->size > EVENT_RECORD_MAX ||
			header->size % 8)
			return -EPROTO;
		if (header->size > len - used)
			break;
		*processes += header->type == EVENT_TASK;
		err = out->feed(out->context, data + used, header->size);
		if (err)
			return err;
		used += header->size;
	}
	*ret_used = used;
	return 0;
}

static int read_records(int fd, const struct record_out *out, uint32_t *processes)
{
	_Alignas(struct event_header) char buffer[BUFFER_SIZE];
	size_t len = 0, used;
	ssize_t n;
	int err;

	for (;;) {
		n = read(fd, buffer + len, sizeof(buffer) - len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return len ? -EPROTO : 0;
		len += (size_t)n;
		err = feed_records(out, buffer, len, processes, &used);
		if (err)
			return err;
		len -= used;
		memmove(buffer, buffer + used, len);
	}
}

int sampler_pass(
	int link_fd, const struct record_out *out, uint64_t *ret_start_ns, uint32_t *ret_processes)
{
	struct timespec now;
	uint32_t processes = 0;
	int err, fd;

	clock_gettime(CLOCK_BOOTTIME, &now);
	fd = bpf_iter_create(link_fd);
	if (fd < 0)
		return fd;
	err = read_records(fd, out, &processes);
	close(fd);
	if (err)
		return err;
	*ret_start_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	*ret_processes = processes;
	return 0;
}
