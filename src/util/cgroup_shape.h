/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes that ids and names take in cgroup paths. */
#ifndef MINERWATCH_CGROUP_SHAPE_H
#define MINERWATCH_CGROUP_SHAPE_H

#include "cgroup_path.h"

enum cgroup_shape {
	NOTHING, /* empty */
	HEX64, /* small letters, as all hex below */
	HEX64_CAPITALS, /* 64 hex digits, some of them capitals */
	HEX32,
	HEX32_NUMBER, /* an ECS task and a number behind a dash */
	BASE36, /* 25 of [a-z0-9] */
	GROUPS, /* 8-4-4-4-4 hex digits */
	UUID,
	UUID_SLICE, /* with '_' for '-', which a slice's name cannot hold */
	NUMBER,
	NAME, /* at most 255 of [A-Za-z0-9_.+-] or of them as systemd's \xNN */
	PROJECT_NAME, /* a name with a '_' in it */
};

bool cgroup_shape_fits(enum cgroup_shape shape, struct span id);

/* Copies an id that fits some shape above, and undoes \xNN. */
void cgroup_shape_copy(struct span id, char ret_id[CGROUP_ID_SIZE]);

/* The bytes between prefix and suffix; false where span has not both. */
bool cgroup_shape_between(
	struct span span, const char *prefix, const char *suffix, struct span *ret_between);
bool cgroup_shape_is(struct span span, const char *text);

#endif
