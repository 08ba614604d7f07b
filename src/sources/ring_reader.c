// SPDX-License-Identifier: Apache-2.0
/* Reads a BPF ring buffer, and gives up the place of what was read when it is told to. */
#include "sources/ring_reader.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * The map is mapped as the kernel lays it out (kernel/bpf/ringbuf.c): a page with the position up
 * to which it may be overwritten, which is ours to set; a page with the position up to which it is
 * written; the bytes, twice in a row, so that no record is torn.
 */
struct ring_reader {
	unsigned long *given_up;
	const char *written; /* that page, then the bytes */
	size_t size, page;
	unsigned long next; /* to be read */
};

/* A record's head: its length with two flags, and what is the kernel's own. */
#define LENGTH(head) ((head) & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT))
#define PLACE(len) (((len) + BPF_RINGBUF_HDR_SZ + 7) & ~7ul)

int ring_reader_open(int fd, size_t size, struct ring_reader **ret_reader)
{
	struct ring_reader *reader = calloc(1, sizeof(*reader));
	int err;

	if (!reader)
		return -ENOMEM;
	reader->size = size;
	reader->page = (size_t)sysconf(_SC_PAGESIZE);
	reader->given_up = mmap(NULL, reader->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (reader->given_up == MAP_FAILED) {
		err = -errno;
		reader->given_up = NULL;
		goto out;
	}
	reader->written =
		mmap(NULL, reader->page + 2 * size, PROT_READ, MAP_SHARED, fd, (off_t)reader->page);
	if (reader->written == MAP_FAILED) {
		err = -errno;
		reader->written = NULL;
		goto out;
	}
	reader->next = *reader->given_up;
	*ret_reader = reader;
	return 0;
out:
	ring_reader_free(reader);
	return err;
}

void ring_reader_free(struct ring_reader *reader)
{
	if (reader && reader->written)
		munmap((void *)reader->written, reader->page + 2 * reader->size);
	if (reader && reader->given_up)
		munmap(reader->given_up, reader->page);
	free(reader);
}

bool ring_reader_next(struct ring_reader *reader, void **ret_record, size_t *ret_len)
{
	/* What is written is seen before that it is: first the position, then each head. */
	unsigned long end =
		__atomic_load_n((const unsigned long *)reader->written, __ATOMIC_ACQUIRE);

	while (reader->next < end) {
		const char *at =
			reader->written + reader->page + (reader->next & (reader->size - 1));
		uint32_t head = __atomic_load_n((const uint32_t *)at, __ATOMIC_ACQUIRE);

		if (head & BPF_RINGBUF_BUSY_BIT)
			return false;
		reader->next += PLACE(LENGTH(head));
		if (head & BPF_RINGBUF_DISCARD_BIT)
			continue;
		*ret_record = (void *)(at + BPF_RINGBUF_HDR_SZ);
		*ret_len = LENGTH(head);
		return true;
	}
	return false;
}

size_t ring_reader_size(const struct ring_reader *reader)
{
	return reader->size;
}

size_t ring_reader_held(const struct ring_reader *reader)
{
	return reader->next - *reader->given_up;
}

void ring_reader_give_up(struct ring_reader *reader)
{
	__atomic_store_n(reader->given_up, reader->next, __ATOMIC_RELEASE);
}
