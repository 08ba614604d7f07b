/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that the largest and most hostile alerts still are one line, cut in the fixed order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "alert_fixture.h"
#include "alert_parse.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* How much of each field the line shows, as the limits that made it. */
static struct alert_limits shown(const json_t *root)
{
	struct alert_limits limits = {
		.ancestors = (unsigned)json_array_size(json_object_get(root, "ancestors")),
		.args = json_array_size(alert_find(root, "process.args")),
		.exe = json_string_length(alert_find(root, "process.exe")),
		.cgroup_path = json_string_length(alert_find(root, "cgroup.path")),
		.container = json_string_length(alert_find(root, "container.name")),
		.degraded = (unsigned)json_array_size(alert_find(root, "sensor.degraded")),
	};
	const json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(root, "findings"), i, finding)
	{
		limits.evidence += json_object_size(json_object_get(finding, "evidence")) > 0;
		limits.finding_summaries +=
			json_string_length(json_object_get(finding, "summary")) > 0;
	}
	return limits;
}

static char mixed[4096]; /* the longest output: nearly all escapes of six bytes, and a twin */

static const struct {
	const char *name, *pattern;
	size_t len;
} patterns[] = {
	{"plain", "a", 1},
	{"quotes", "\"", 1},
	{"controls", "\x01", 1},
	{"bidi", "\xe2\x80\xae", 3},
	{"invalid", "\xff", 1},
	{"controls with a twin", mixed, sizeof(mixed)},
	{"arguments of one byte", "\x01\0\0\xff", 4},
};

/* Whatever was needed of the fixed order was used in that order, and is named. */
static void check_order(const char *name, const json_t *root)
{
	struct alert_limits limits = shown(root);
	bool done = limits.evidence > 0;

	assert_true(limits.evidence == ALERT_FINDINGS_MAX ||
		    alert_truncated(root, "findings[11].evidence"));
	assert_true(alert_truncated(root, "ancestors"));
	assert_true(alert_truncated(root, "findings"));
	assert_true(alert_truncated(root, "process.args"));
	assert_true(alert_truncated(root, "process.exe"));
	assert_true(alert_truncated(root, "cgroup.path"));
	assert_true(alert_truncated(root, "sensor.degraded"));
	if (done && limits.ancestors < ALERT_ANCESTORS_MAX)
		fail_msg("%s: ancestors cut before evidence", name);
	done = done || limits.ancestors > 0;
	if (done && limits.args == 0)
		fail_msg("%s: args cut before ancestors", name);
	done = done || limits.args > 0;
	if (done && limits.exe == 0)
		fail_msg("%s: exe cut before args", name);
	done = done || limits.exe > 0;
	if (done && limits.cgroup_path == 0)
		fail_msg("%s: cgroup path cut before exe", name);
	done = done || limits.cgroup_path > 0;
	if (done && limits.container == 0)
		fail_msg("%s: container cut before the cgroup path", name);
	done = done || limits.container > 0;
	if (done && limits.finding_summaries < ALERT_FINDINGS_MAX)
		fail_msg("%s: summaries cut before the container", name);
}

static void test_worst(void **state)
{
	(void)state;
	memset(mixed, 1, sizeof(mixed));
	mixed[0] = '\xff';
	for (size_t i = 0; i < COUNT(patterns); i++) {
		struct alert_fixture fixture;
		json_t *root;

		fixture_worst(&fixture, patterns[i].pattern, patterns[i].len);
		root = alert_parse(&fixture.alert);
		check_order(patterns[i].name, root);
		json_decref(root);
	}
}

/* The line is cut no more than it must be: one step less would have been too long. */
static void test_no_more_than_needed(void **state)
{
	struct alert_fixture fixture;
	char line[ALERT_LINE_MAX];
	size_t finding = 8 * (128 + 14) + 64; /* evidence of one finding, plain */

	(void)state;
	fixture_worst(&fixture, "a", 1);
	assert_in_range(
		alert_json(&fixture.alert, NULL, line), ALERT_LINE_MAX - finding, ALERT_LINE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worst),
		cmocka_unit_test(test_no_more_than_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
