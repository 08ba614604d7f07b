/* SPDX-License-Identifier: Apache-2.0 */
/* The directory in which kernel programs are pinned, so that they outlive the sensor. */
#ifndef MINERWATCH_PINS_H
#define MINERWATCH_PINS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PINS_PATH "/sys/fs/bpf/minerwatch" /* where detach and doctor look */
#define PINS_MAX 16 /* sets looked at: there is one, and one more after a kill while changing */
#define PINS_NAME_SIZE 96
#define PINS_DIGEST_LEN 16 /* hex digits */
#define PINS_HALF "new-" /* before the name of a set in the making */

/* A set of pins: a directory named vVERSION-DIGEST-SINCE, dots as underscores (bpffs has none). */
struct pins_set {
	char name[PINS_NAME_SIZE];
	char digest[PINS_DIGEST_LEN + 1]; /* of programs and setup */
	uint64_t since_ns; /* what happened earlier is told by the set before it */
	bool whole; /* false: its making was cut short */
};

/*
 * Opens DIR, with make makes it where it is not there. Returns 0 and a descriptor, -ENOENT,
 * -EMEDIUMTYPE: not on bpffs, -EXDEV: bpffs itself, -EPERM: a link, somebody else's, or others can
 * write to it, -errno. The descriptor is what is meant from then on, wherever the path leads.
 */
int pins_open(const char *path, bool make, int *ret_directory);
/* Why, for people; an errno's own words for the rest. */
const char *pins_open_why(int err);

/*
 * Takes the lock that a sensor holds as long as it lives; waits a moment for one that is dying.
 * Returns 0, -EBUSY with the holder's pid (0: not to be seen from here), -ESTALE: the directory was
 * removed meanwhile, -errno. Closing the descriptor, in all processes that have it, gives it back.
 */
int pins_lock(int directory, pid_t *ret_holder);
/* The holder by a line of /proc/locks, if it is about this file: true, *ret_pid. */
bool pins_lock_line(const char *line, dev_t dev, ino_t inode, pid_t *ret_pid);

/* What a directory's name says of the set in it. False: it is none of ours. */
bool pins_name_read(const char *name, struct pins_set *ret_set);
/* A name for a new set, once it is whole. */
void pins_name_write(const char *digest, uint64_t since_ns, struct pins_set *ret_set);

/* The sets in DIR, oldest first. Their number, or -errno. */
int pins_list(int directory, struct pins_set ret_sets[PINS_MAX]);
/* Removes the set of that name: what only it kept at work ends. 0 or -errno. */
int pins_remove(int directory, const char *name);
/* All sets, and nothing that is none. Their number, or -errno. */
int pins_remove_all(int directory);

#endif
