/* SPDX-License-Identifier: Apache-2.0 */
/* What an alert's line leaves out: how much of each field may stay, and the names of what was cut.
 */
#ifndef MINERWATCH_ALERT_CUT_H
#define MINERWATCH_ALERT_CUT_H

#include "alert.h"
#include "util/json_writer.h"

/* Bounds of lists that alert.h leaves open. */
#define ALERT_DEGRADED_MAX 32
#define ALERT_PENDING_MAX 8
#define ALERT_INDICATORS_MAX 6
#define ALERT_TRUNCATED_MAX 160 /* more than all fields that can be cut in one line */

/* How much of each field is written. The order of the members is the order they are cut in. */
struct alert_limits {
	unsigned evidence; /* findings that show their evidence, from the first on */
	unsigned ancestors;
	size_t args, exe, cgroup_path; /* bytes before escaping */
	/* Long only where a trace or a program was made to be: */
	size_t container; /* bytes of each of its texts but the id */
	unsigned finding_summaries;
	unsigned degraded;
	unsigned indicators;
};

struct alert_limits alert_limits_full(const struct alert *alert);
/* Takes the next thing away; false when there is nothing left to take. */
bool alert_limits_tighten(struct alert_limits *limits);

#define CUT_NO_INDEX (-1)

/* "object", "object.field", "object[index].field.key"; all static. field and key may be NULL. */
struct cut_name {
	const char *object;
	int index;
	const char *field;
	const char *key;
};

struct cut_list {
	unsigned count;
	struct cut_name names[ALERT_TRUNCATED_MAX];
};

/* A name that is the last one already is not added again. */
void cut_add(struct cut_list *list, struct cut_name name);
/* "truncated": an array of the names. */
void cut_write(const struct cut_list *list, struct json_writer *json);

#endif
