// SPDX-License-Identifier: Apache-2.0
/* What an alert's line leaves out: how much of each field may stay, and the names of what was cut.
 */
#include "alert_cut.h"

#include <stdio.h>
#include <string.h>

#define CUT_NAME_SIZE 128
#define BYTES_STEP \
	128 /* halving stops here: a shorter beginning of a path or of args tells nothing */

static unsigned at_most(unsigned count, unsigned max)
{
	return count < max ? count : max;
}

struct alert_limits alert_limits_full(const struct alert *alert)
{
	unsigned findings = at_most(alert->findings_count, ALERT_FINDINGS_MAX);

	return (struct alert_limits){
		.evidence = findings,
		.ancestors = at_most(alert->ancestors_count, ALERT_ANCESTORS_MAX),
		.args = ALERT_ARGS_MAX,
		.exe = ALERT_EXE_MAX,
		.cgroup_path = ALERT_CGROUP_MAX,
		.container = ALERT_TEXT_MAX,
		.finding_summaries = findings,
		.degraded = ALERT_DEGRADED_MAX,
		.indicators = ALERT_INDICATORS_MAX,
	};
}

static bool take_one(unsigned *count)
{
	if (*count == 0)
		return false;
	(*count)--;
	return true;
}

static bool take_half(size_t *bytes)
{
	if (*bytes == 0)
		return false;
	*bytes = *bytes > BYTES_STEP ? *bytes / 2 : 0;
	return true;
}

bool alert_limits_tighten(struct alert_limits *limits)
{
	return take_one(&limits->evidence) || take_one(&limits->ancestors) ||
	       take_half(&limits->args) || take_half(&limits->exe) ||
	       take_half(&limits->cgroup_path) || take_half(&limits->container) ||
	       take_one(&limits->finding_summaries) || take_one(&limits->degraded) ||
	       take_one(&limits->indicators);
}

static bool same(const struct cut_name *a, const struct cut_name *b)
{
	return a->object == b->object && a->index == b->index && a->field == b->field &&
	       a->key == b->key;
}

void cut_add(struct cut_list *list, struct cut_name name)
{
	if (list->count > 0 && same(&list->names[list->count - 1], &name))
		return;
	if (list->count < ALERT_TRUNCATED_MAX)
		list->names[list->count++] = name;
}

static void append(char text[static CUT_NAME_SIZE], const char *separator, const char *word)
{
	size_t len = strlen(text);

	if (word)
		snprintf(text + len, CUT_NAME_SIZE - len, "%s%s", separator, word);
}

void cut_write(const struct cut_list *list, struct json_writer *json)
{
	json_array_begin(json, "truncated");
	for (unsigned i = 0; i < list->count; i++) {
		const struct cut_name *name = &list->names[i];
		char text[CUT_NAME_SIZE];

		if (name->index == CUT_NO_INDEX)
			snprintf(text, sizeof(text), "%s", name->object);
		else
			snprintf(text, sizeof(text), "%s[%d]", name->object, name->index);
		append(text, ".", name->field);
		append(text, ".", name->key);
		json_put_word(json, NULL, text);
	}
	json_array_end(json);
}
