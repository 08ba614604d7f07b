/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how much of each field an alert shows, and in which order it would lose more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "alert_fixture.h"
#include "alert_parse.h"
#include "util/span.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* 4096 bytes without an option, a blank or an '=' that could be taken for a secret. */
static struct span bytes(size_t len)
{
	static char text[4096];

	memset(text, 'a', sizeof(text));
	return (struct span){text, len};
}

/* bytes, of which the last max allows is the first byte of a character. */
static struct span straddling(size_t max)
{
	static char text[ALERT_ARGS_MAX + 1];

	memset(text, 'a', sizeof(text));
	memcpy(text + max - 1, "\xc3\xa9", 2);
	return (struct span){text, max + 1};
}

static void comm(struct alert_fixture *fixture, size_t len)
{
	fixture->process.comm = bytes(len);
}

static void exe(struct alert_fixture *fixture, size_t len)
{
	fixture->process.exe = bytes(len);
}

static void exe_character(struct alert_fixture *fixture, size_t len)
{
	fixture->process.exe = straddling(len);
}

static void ancestor_exe(struct alert_fixture *fixture, size_t len)
{
	fixture->ancestors[1].exe = bytes(len);
}

static void path(struct alert_fixture *fixture, size_t len)
{
	fixture->alert.cgroup_path = bytes(len);
}

static void args(struct alert_fixture *fixture, size_t len)
{
	fixture->process.args = bytes(len);
}

static void args_character(struct alert_fixture *fixture, size_t len)
{
	fixture->process.args = straddling(len);
}

static void summary(struct alert_fixture *fixture, size_t len)
{
	static char text[ALERT_SUMMARY_MAX + 2];

	memset(text, 'a', len);
	text[len] = '\0';
	fixture->alert.summary = text;
}

static const struct {
	void (*set)(struct alert_fixture *fixture, size_t len);
	const char *path;
	size_t len, kept;
	const char *truncated; /* NULL: nothing */
} caps[] = {
	{comm, "process.comm", 128, 128, NULL},
	{comm, "process.comm", 129, 128, "process.comm"},
	{exe, "process.exe", 512, 512, NULL},
	{exe, "process.exe", 513, 512, "process.exe"},
	{exe_character, "process.exe", 512, 511, "process.exe"},
	{ancestor_exe, "ancestors.1.exe", 512, 512, NULL},
	{ancestor_exe, "ancestors.1.exe", 513, 512, "ancestors[1].exe"},
	{path, "cgroup.path", 512, 512, NULL},
	{path, "cgroup.path", 513, 512, "cgroup.path"},
	{args, "process.args.0", 1024, 1024, NULL},
	{args, "process.args.0", 1025, 1024, "process.args"},
	{args_character, "process.args.0", 1024, 1023, "process.args"},
	{summary, "summary", 512, 512, NULL},
	{summary, "summary", 513, 512, "summary"},
};

/* A cut makes no valid string invalid: the twins stay away. */
static void test_caps(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(caps); i++) {
		struct alert_fixture fixture;
		json_t *root;
		size_t kept;

		fixture_plain(&fixture, ALERT_OPENED);
		caps[i].set(&fixture, caps[i].len);
		root = alert_parse(&fixture.alert);
		kept = json_string_length(alert_find(root, caps[i].path));
		if (kept != caps[i].kept)
			fail_msg("%s of %zu: %zu bytes", caps[i].path, caps[i].len, kept);
		assert_int_equal(json_array_size(json_object_get(root, "truncated")),
			caps[i].truncated ? 1 : 0);
		assert_true(!caps[i].truncated || alert_truncated(root, caps[i].truncated));
		assert_null(alert_find(root, "process.exe_hex"));
		assert_null(alert_find(root, "process.args_hex"));
		json_decref(root);
	}
}

/* What was cut before it came here is named, and the piece of a character at its end goes. */
static void test_cut_before(void **state)
{
	struct alert_fixture fixture;
	json_t *root;

	(void)state;
	fixture_plain(&fixture, ALERT_OPENED);
	fixture.process.exe = span_of("/tmp/\xe2\x82");
	fixture.process.exe_cut = true;
	fixture.process.args = span_of("a\xc3");
	fixture.process.args_cut = true;
	fixture.findings[0].evidence[1].cut = true;
	fixture.alert.ancestors_cut = fixture.alert.findings_cut = true;
	root = alert_parse(&fixture.alert);
	assert_string_equal(json_string_value(alert_find(root, "process.exe")), "/tmp/");
	assert_string_equal(json_string_value(alert_find(root, "process.args.0")), "a");
	assert_true(alert_truncated(root, "process.exe"));
	assert_true(alert_truncated(root, "process.args"));
	assert_true(alert_truncated(root, "ancestors"));
	assert_true(alert_truncated(root, "findings"));
	assert_true(alert_truncated(root, "findings[0].evidence.option"));
	assert_int_equal(json_array_size(json_object_get(root, "truncated")), 5);
	json_decref(root);
}

static bool same_limits(const struct alert_limits *a, const struct alert_limits *b)
{
	return a->evidence == b->evidence && a->ancestors == b->ancestors && a->args == b->args &&
	       a->exe == b->exe && a->cgroup_path == b->cgroup_path &&
	       a->container == b->container && a->finding_summaries == b->finding_summaries &&
	       a->degraded == b->degraded && a->indicators == b->indicators;
}

/* The order in which an alert with two findings and one ancestor loses what it has. */
static void test_order(void **state)
{
	static const struct alert_limits steps[] = {
		{2, 1, 1024, 512, 512, 128, 2, 32, 6},
		{1, 1, 1024, 512, 512, 128, 2, 32, 6},
		{0, 1, 1024, 512, 512, 128, 2, 32, 6},
		{0, 0, 1024, 512, 512, 128, 2, 32, 6},
		{0, 0, 512, 512, 512, 128, 2, 32, 6},
		{0, 0, 256, 512, 512, 128, 2, 32, 6},
		{0, 0, 128, 512, 512, 128, 2, 32, 6},
		{0, 0, 0, 512, 512, 128, 2, 32, 6},
		{0, 0, 0, 256, 512, 128, 2, 32, 6},
		{0, 0, 0, 128, 512, 128, 2, 32, 6},
		{0, 0, 0, 0, 512, 128, 2, 32, 6},
		{0, 0, 0, 0, 256, 128, 2, 32, 6},
		{0, 0, 0, 0, 128, 128, 2, 32, 6},
		{0, 0, 0, 0, 0, 128, 2, 32, 6},
		{0, 0, 0, 0, 0, 0, 2, 32, 6},
		{0, 0, 0, 0, 0, 0, 1, 32, 6},
		{0, 0, 0, 0, 0, 0, 0, 32, 6},
		{0, 0, 0, 0, 0, 0, 0, 31, 6},
	};
	struct alert alert = {.findings_count = 2, .ancestors_count = 1};
	struct alert_limits limits = alert_limits_full(&alert);
	unsigned left = 31 + 6;

	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		if (!same_limits(&limits, &steps[i]))
			fail_msg("step %zu", i);
		if (i + 1 < COUNT(steps))
			assert_true(alert_limits_tighten(&limits));
	}
	while (alert_limits_tighten(&limits))
		left--;
	assert_int_equal(left, 0);
}

/* As many arguments as there can be: empty ones. All of them stay. */
static void test_empty_arguments(void **state)
{
	static const char empty[ALERT_ARGS_MAX];
	struct alert_fixture fixture;
	json_t *root;

	(void)state;
	fixture_plain(&fixture, ALERT_OPENED);
	fixture.process.args = (struct span){empty, sizeof(empty)};
	root = alert_parse(&fixture.alert);
	assert_int_equal(json_array_size(alert_find(root, "process.args")), ALERT_ARGS_MAX);
	assert_int_equal(json_array_size(json_object_get(root, "truncated")), 0);
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_cut_before),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_empty_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
