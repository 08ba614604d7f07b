// SPDX-License-Identifier: Apache-2.0
/* The state file on disk. */
#include "saved_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util/file_io.h"
#include "util/memory.h"

#define LOOK_EVERY_MS 10

/* All questions are put to the descriptor: what stands at the path may be another file by then. */
static int check(int fd)
{
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return -errno;
	if (!S_ISREG(stat.st_mode))
		return -EINVAL;
	if (stat.st_uid != geteuid() || stat.st_nlink != 1 || stat.st_mode & 077)
		return -EPERM;
	return 0;
}

int saved_state_open(const char *path, int *ret_fd)
{
	/* O_NONBLOCK: a device may wait. */
	int fd =
		open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	int err;

	if (fd < 0)
		return -errno;
	err = check(fd);
	if (err < 0) {
		close(fd);
		return err;
	}
	*ret_fd = fd;
	return 0;
}

int saved_state_lock(const struct saved_state *state, unsigned wait_ms, pid_t *ret_holder)
{
	const struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000};

	/*
	 * A record lock is this process' alone, where flock(2) would be shared with all that were
	 * forked with the descriptor: a helper that cannot die must not keep the next run out.
	 */
	for (unsigned waited = 0;; waited += LOOK_EVERY_MS) {
		struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

		if (fcntl(state->fd, F_SETLK, &lock) == 0)
			return 0;
		if (errno != EACCES && errno != EAGAIN)
			return -errno;
		if (waited >= wait_ms) {
			*ret_holder = fcntl(state->fd, F_GETLK, &lock) == 0 ? lock.l_pid : 0;
			return -EBUSY;
		}
		nanosleep(&pause, NULL);
	}
}

int saved_state_load(struct saved_state *state, void **ret_bytes, struct state_found *ret_found)
{
	const size_t size = (size_t)STATE_SLOTS * STATE_SLOT_SIZE;
	char *bytes = memory_zeroed(size);
	ssize_t len;
	int err;

	state->slot.bytes = memory_zeroed(STATE_SLOT_SIZE);
	len = file_read_at(state->fd, bytes, size, 0);
	err = len < 0 ? (int)len : state_file_find(bytes, (size_t)len, state->boot_id, ret_found);
	if (err < 0)
		goto out;
	state->sequence = ret_found->sequence;
	state->next = (ret_found->slot + 1) % STATE_SLOTS;
	*ret_bytes = bytes;
	return 0;
out:
	free(bytes);
	return err;
}

void saved_state_write(struct saved_state *state)
{
	struct state_slot *slot = &state->slot;

	state_slot_digest(slot);
	if (state->sequence && !state->error &&
		memcmp(slot->digest, state->written, sizeof(slot->digest)) == 0)
		return;
	state_slot_seal(slot, state->sequence + 1, state->boot_id);
	/* No fsync: it has to survive our end, not the machine's. */
	state->error = file_write_at(
		state->fd, slot->bytes, slot->len, (uint64_t)state->next * STATE_SLOT_SIZE);
	if (state->error)
		return;
	state->next = (state->next + 1) % STATE_SLOTS;
	state->sequence++;
	memcpy(state->written, slot->digest, sizeof(slot->digest));
}

void saved_state_done(struct saved_state *state)
{
	free(state->slot.bytes);
	state->slot.bytes = NULL;
}
