/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a BPF ring buffer, and gives up the place of what was read when it is told to. */
#ifndef MINERWATCH_RING_READER_H
#define MINERWATCH_RING_READER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * libbpf's reader gives up a record's place as soon as its callback returns. Here it is the caller
 * who says when, once what the record led to is written down: until then a pinned ring hands it to
 * the next reader again, whenever this one is killed.
 */
struct ring_reader;

/*
 * fd: the map, which stays the caller's; size: its bytes, a power of two and whole pages. Begins
 * where the last reader gave up. 0 or -errno.
 */
int ring_reader_open(int fd, size_t size, struct ring_reader **ret_reader);
void ring_reader_free(struct ring_reader *reader); /* NULL is fine; gives nothing up */

/* The next record, valid until its place is given up. False: none, or it is still being written. */
bool ring_reader_next(struct ring_reader *reader, void **ret_record, size_t *ret_len);
size_t ring_reader_size(const struct ring_reader *reader);
/* Bytes read whose place is not given up yet. */
size_t ring_reader_held(const struct ring_reader *reader);
void ring_reader_give_up(struct ring_reader *reader);

#endif
