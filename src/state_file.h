/* SPDX-License-Identifier: Apache-2.0 */
/* The state file's bytes: what a run hands on to the next one. Pure: no I/O. */
#ifndef MINERWATCH_STATE_FILE_H
#define MINERWATCH_STATE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"
#include "score.h"

/*
 * Two slots of fixed places, written in turn, so that a write that is cut off leaves the other one.
 * A slot: a head with checksum, then items, each with its kind and length. 4 MiB hold 4,096
 * findings (all there can be) of 750 bytes and SINK_AGAIN_MAX alerts of 16 KiB; an ordinary finding
 * has about 500 bytes, the first of a process 300 more.
 */
#define STATE_SLOT_SIZE (4u << 20)
#define STATE_LINE_ROOM 32 /* that a line takes beyond its own bytes, at most */
#define STATE_SLOTS 2
#define STATE_BOOT_ID_SIZE 40
#define STATE_DIGEST_SIZE 8

enum state_item_kind {
	STATE_LINE = 1, /* an alert that a sink may not have; with its newline */
	STATE_RECORD = 2, /* INCIDENT, FINDING or CONTAINER; time 0 */
};

struct state_item {
	enum state_item_kind kind;
	struct span bytes; /* 8-byte aligned if the file's are */
	uint64_t time_ns; /* LINE: UTC, since 1970 */
	enum severity severity; /* LINE */
};

/* A slot in the making. bytes: STATE_SLOT_SIZE of them, 8-byte aligned, the caller's. */
struct state_slot {
	unsigned char *bytes;
	size_t len;
	size_t incident; /* where the one at hand begins */
	bool skipping; /* it had no room */
	unsigned left_out; /* incidents and lines without room */
	uint8_t digest[STATE_DIGEST_SIZE]; /* of the items */
};

void state_slot_begin(struct state_slot *slot);
void state_slot_line(
	struct state_slot *slot, uint64_t time_ns, enum severity severity, struct span line);
/* pipeline_save's put: context is the slot. An incident is in it with all that belongs to it, or
 * not. */
void state_slot_record(void *context, const void *record, size_t len);
/* All is in it: fills the digest. */
void state_slot_digest(struct state_slot *slot);
/* Then makes the head; what is to be written is bytes and len. */
void state_slot_seal(
	struct state_slot *slot, uint64_t sequence, const char boot_id[static STATE_BOOT_ID_SIZE]);

struct state_found {
	unsigned slot; /* its number */
	uint64_t sequence;
	struct span items;
};

/*
 * The newer of the slots that are whole. 0; -ENOENT: nothing was ever written; -ESTALE: it is of
 * another boot; -EINVAL: neither is whole; -EPROTO: it is of another version's format.
 */
int state_file_find(const void *bytes, size_t len, const char boot_id[static STATE_BOOT_ID_SIZE],
	struct state_found *ret_found);
/* Takes the first item off. False at the end. items: of state_file_find. */
bool state_file_next(struct span *items, struct state_item *ret_item);

#endif
