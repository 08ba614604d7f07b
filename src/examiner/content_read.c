/* SPDX-License-Identifier: Apache-2.0 */
/* Digests an open file and searches it, at a bounded speed. */
#include "examiner/content_read.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util/monotonic.h"

#define SECOND_NS UINT64_C(1000000000)
#define BURST_NS (SECOND_NS / 4) /* what may be read at once after a rest: most programs */
#define START_BYTES (UINT64_C(16) << 20) /* of a file that is too big */

void content_pace(struct content_reader *reader, uint64_t len)
{
	struct timespec time;
	uint64_t now_ns = monotonic_ns(), wait_ns;

	if (reader->due_ns + BURST_NS < now_ns)
		reader->due_ns = now_ns - BURST_NS;
	reader->due_ns += len * SECOND_NS / reader->bytes_per_s;
	if (reader->due_ns <= now_ns)
		return;
	wait_ns = reader->due_ns - now_ns;
	time = (struct timespec){(time_t)(wait_ns / SECOND_NS), (long)(wait_ns % SECOND_NS)};
	nanosleep(&time, NULL);
}

static bool same_bytes(const struct stat *before, const struct stat *after)
{
	/* Not ctime: a file may be unlinked while it is read. */
	return before->st_size == after->st_size &&
	       before->st_mtim.tv_sec == after->st_mtim.tv_sec &&
	       before->st_mtim.tv_nsec == after->st_mtim.tv_nsec;
}

/* The first len bytes; *ret_len: how many there were. */
static int read_bytes(struct content_reader *reader, int fd, uint64_t len,
	crypto_hash_sha256_state *sha256, uint64_t *ret_len)
{
	uint64_t have = 0;

	pattern_search_cut(reader->search);
	while (have < len) {
		uint64_t left = len - have;
		ssize_t got = read(fd, reader->piece, left < CONTENT_PIECE ? left : CONTENT_PIECE);

		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		crypto_hash_sha256_update(sha256, reader->piece, (size_t)got);
		pattern_search_push(reader->search, reader->piece, (size_t)got);
		have += (uint64_t)got;
		content_pace(reader, (uint64_t)got);
	}
	*ret_len = have;
	return 0;
}

unsigned content_read(struct content_reader *reader, int fd, uint8_t ret_sha256[static 32])
{
	crypto_hash_sha256_state sha256;
	struct stat before, after;
	uint64_t size, wanted, have = 0;
	bool too_big;

	memset(ret_sha256, 0, 32);
	if (fstat(fd, &before) < 0)
		return CONTENT_UNREADABLE;
	size = (uint64_t)before.st_size;
	too_big = size > reader->largest;
	wanted = !too_big ? size : reader->largest < START_BYTES ? reader->largest : START_BYTES;
	crypto_hash_sha256_init(&sha256);
	if (read_bytes(reader, fd, wanted, &sha256, &have) < 0 || fstat(fd, &after) < 0)
		return CONTENT_UNREADABLE;
	if (have != wanted || !same_bytes(&before, &after))
		return CONTENT_CHANGED;
	if (too_big)
		return CONTENT_TOO_BIG;
	crypto_hash_sha256_final(&sha256, ret_sha256);
	return CONTENT_DIGESTED;
}
