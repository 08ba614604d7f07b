/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the records of a run into a trace. */
#ifndef MINERWATCH_RECORD_H
#define MINERWATCH_RECORD_H

#include <stddef.h>
#include <stdint.h>

#define RECORD_MAX_DEFAULT (256ull << 20)
#define RECORD_MAX_SMALLEST (1ull << 20)
#define RECORD_MAX_LARGEST (4ull << 30)

struct record;

/*
 * Begins a trace of at most max_bytes, RECORD_MAX_SMALLEST to _LARGEST. path becomes a new file of
 * mode 0600, of the user who called sudo where one did. An earlier trace of the same user is
 * overwritten, nothing else is. Returns 0 or -EINVAL (max_bytes), -EEXIST (there is a file that is
 * no trace, or not a plain file), -EPERM (a trace of another user, or with a second name), -EBUSY
 * (another recorder writes it), -ELOOP (a symbolic link), the -errno of open, fstat, read or write.
 */
int record_open(const char *path, uint64_t max_bytes, struct record **ret_record);

/*
 * Appends one record of 1 to EVENT_RECORD_MAX bytes, else -EINVAL. Any failure to write is final:
 * it is returned from then on, and the file stays readable up to its last whole block. -EBADMSG:
 * somebody else wrote into the file.
 */
int record_write(struct record *record, const void *data, size_t len);

/* Once a second: writes out what has gathered, so that a crash loses no more than that. */
int record_tick(struct record *record);

/* Blocks overwritten because of max_bytes. */
uint64_t record_dropped_blocks(const struct record *record);

/* Writes out the rest, syncs, and frees. Returns 0 or the first failure. NULL is legal. */
int record_close(struct record *record);

#endif
