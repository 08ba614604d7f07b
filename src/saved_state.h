/* SPDX-License-Identifier: Apache-2.0 */
/* The state file on disk: opened by the launcher, read and written by the sensor. */
#ifndef MINERWATCH_SAVED_STATE_H
#define MINERWATCH_SAVED_STATE_H

#include <sys/types.h>

#include "state_file.h"

struct saved_state {
	int fd; /* -1: none */
	char boot_id[STATE_BOOT_ID_SIZE];
	struct state_slot slot; /* scratch of the next write */
	unsigned next; /* slot to be written */
	uint64_t sequence; /* of the last one written */
	uint8_t written[STATE_DIGEST_SIZE]; /* digest of its items */
	int error; /* of the last write, -errno */
	unsigned lines; /* in what was last to be written */
	bool due; /* alerts wait for the next one */
	uint64_t changes; /* of evidence, as of the last one */
	uint64_t rest_ns; /* until then none but for alerts */
	bool lacking; /* that it fails, or is full, has been said */
};

/*
 * Opens or makes it, mode 0600. Followed is no link; -EINVAL: no regular file; -EPERM: belongs to
 * another user, others may read or write it, or it has several names; or -errno.
 */
int saved_state_open(const char *path, int *ret_fd);

/*
 * Waits up to wait_ms until no other process writes to it: one that was killed may be a moment away
 * from its end. Held until this process ends. -EBUSY: *ret_holder is who does; or -errno.
 */
int saved_state_lock(const struct saved_state *state, unsigned wait_ms, pid_t *ret_holder);

/*
 * What the run before has left. *ret_bytes: the caller's to free, found points into them. As
 * state_file_find, or -errno of reading. The next write goes to the other slot.
 */
int saved_state_load(struct saved_state *state, void **ret_bytes, struct state_found *ret_found);

/* Writes state->slot where its items are others than those last written. Sets state->error. */
void saved_state_write(struct saved_state *state);
void saved_state_done(struct saved_state *state);

#endif
