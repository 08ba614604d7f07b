// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules_weights.c, and of the promise that weights.conf makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "rules_fixture.h"
#include "score.h"

#define WHOLE UINT32_MAX

static void test_weights_refused(void **state)
{
	static const struct {
		const char *text, *instead;
		unsigned offset; /* lines from the change to the complaint; WHOLE: no line */
		const char *expected;
	} rows[] = {
		{"weight miner_name     -      command 0.300 600\n", "", WHOLE,
			"lacks: weight miner_name -"},
		{"set end_grace_s 2\n", "", WHOLE, "lacks: set end_grace_s"},
		{"0.850 600", "1.001 600", 0,
			"not a weight of 0 to 1 with at most six decimals: 1.001"},
		{"0.850 600", "-0.85 600", 0, "not a weight"},
		{"0.850 600", "0. 600", 0, "not a weight"},
		{"0.850 600", ".85 600", 0, "not a weight"},
		{"0.850 600", "0.8500000 600", 0, "not a weight"},
		{"0.850 600", "0.0000001 600", 0, "not a weight"},
		{"0.850 600", "85% 600", 0, "not a weight"},
		{"0.850 600", "00.85 600", 0, "not a weight"},
		{"0.850 600", "2 600", 0, "not a weight"},
		{"0.850 600", "0.850 6e2", 0, "not a half-life of 0 seconds to a year: 6e2"},
		{"0.850 600", "0.850 31536001", 0, "not a half-life"},
		{"0.850 600", "0.850", 0, "neither weight"},
		{"strong command", "strong Command", 0, "not a group"},
		{"strong command", "strong a23456789_123456789_123456789_123", 0, "not a group"},
		{"strong command", "sure command", 0,
			"no detector has this grade: miner_option sure"},
		{"strong command 0.850 600", "wallet command 0.850 600", 1, "contradicts line"},
		{"set end_grace_s 2\n", "set end_grace_s 2\nset end_grace_s 3\n", 1,
			"contradicts line"},
		{"set end_grace_s 2", "set end_grace 2", 0, "no such setting: end_grace"},
		{"set severity_high 70", "set severity_high 101", 0,
			"severity_high is not 1 to 100: 101"},
		{"set severity_high 70", "set severity_high 0", 0,
			"severity_high is not 1 to 100: 0"},
		{"set severity_high 70", "set severity_high 50", WHOLE,
			"severity_medium, severity_high, severity_critical do not ascend"},
		{"set severity_critical 90", "set severity_critical 70", WHOLE,
			"severity_medium, severity_high, severity_critical do not ascend"},
		{"set severity_high 70", "unset severity_high 70", 0, "neither weight"},
	};
	char expected[256];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned line = directory_weights(rows[i].text, rows[i].instead);

		if (rows[i].offset == WHOLE)
			snprintf(expected, sizeof(expected), "weights.conf: %s", rows[i].expected);
		else
			snprintf(expected, sizeof(expected), "weights.conf:%u: %s",
				line + rows[i].offset, rows[i].expected);
		assert_refused(expected);
	}
}

/* Rows that contradict each other still name groups. */
static void test_groups_are_bounded(void **state)
{
	char rows[64 * (RULES_GROUPS_MAX + 1)] = "";
	size_t len = 0;

	(void)state;
	for (unsigned i = 0; i <= RULES_GROUPS_MAX; i++)
		len += (size_t)snprintf(
			rows + len, sizeof(rows) - len, "weight miner_name - group%u 0.3 600\n", i);
	directory_text("weights.conf", rows);
	assert_refused("weights.conf:33: not a group, or one too many: group32");
}

/* A second row with the same numbers does no harm. */
static void test_weights_repeated(void **state)
{
	(void)state;
	directory_weights("set end_grace_s 2\n", "set end_grace_s 2\nset end_grace_s 2\n"
						 "weight miner_name - command 0.3 600\n");
	rules_free(directory_load_sound());
}

static void test_weights(void **state)
{
	const struct rules_weight *strong, *name;
	struct rules *rules;

	(void)state;
	directory_weights("0.850 600", "1 0 # sure");
	rules = directory_load_sound();
	strong = rules_weight(rules, "miner_option", "strong");
	name = rules_weight(rules, "miner_name", NULL);
	assert_int_equal(strong->weight_ppm, 1000000);
	assert_int_equal(strong->half_life_s, 0);
	assert_int_equal(name->weight_ppm, 300000);
	assert_int_equal(name->half_life_s, 600);
	assert_int_equal(name->group, strong->group);
	assert_string_equal(rules->groups[strong->group], "command");
	assert_ptr_equal(name, rules_weight(rules, "miner_name", "-"));
	assert_null(rules_weight(rules, "miner_name", "strong"));
	assert_null(rules_weight(rules, "nothing", "-"));
	assert_int_equal(rules_setting(rules, "severity_critical"), 90);
	assert_int_equal(rules_setting(rules, "answer_wait_ms"), 1000);
	rules_free(rules);
}

/* Adds all grades of these detectors, or the one of "detector/grade". Returns the count. */
static unsigned add_parts(const struct rules *rules, const char *names, struct score_part *parts)
{
	unsigned count = 0;
	char name[128];

	for (unsigned i = 0; i < rules_required_count; i++) {
		const struct rules_required *row = &rules_required[i];
		const struct rules_weight *weight = rules_weight(rules, row->detector, row->grade);

		assert_non_null(weight);
		snprintf(name, sizeof(name), " %s ", row->detector);
		if (!strstr(names, name))
			snprintf(name, sizeof(name), " %s/%s ", row->detector, row->grade);
		if (strstr(names, name))
			parts[count++] = (struct score_part){
				.group = weight->group, .weight_ppm = weight->weight_ppm};
	}
	return count;
}

/*
 * The promise in weights.conf: the weakest evidence never alerts, however much of it there is. It
 * is what an honest SHA-256 load with a quiet TLS connection shows.
 */
static void test_weak_evidence_stays_below_medium(void **state)
{
	static const char names[] = " stratum_port stratum_proxy quiet_tls_flow pool_name/web "
				    "sustained_cpu untrusted_image privileged_container "
				    "unlinked_exec/deleted dropped_exec randomx_memory/light "
				    "origin argv_rewritten ld_preload unread_file ";
	struct score_part parts[RULES_WEIGHTS_MAX];
	unsigned count = add_parts(*state, names, parts);

	assert_int_equal(count, 25);
	assert_in_range(
		score_combine(parts, count, 0), 1, rules_setting(*state, "severity_medium") - 1);
}

/* What honest tools do to a host, and a busy CPU: benchmarks run where registers were opened. */
static void test_tuning_and_cpu_stay_below_medium(void **state)
{
	struct score_part parts[RULES_WEIGHTS_MAX];
	unsigned count = add_parts(*state, " host_tuning sustained_cpu ", parts);

	assert_int_equal(count, 6);
	assert_in_range(
		score_combine(parts, count, 0), 1, rules_setting(*state, "severity_medium") - 1);
}

/* Where a connection leads is said once: a port, a name and an address of one pool are one thing.
 */
static void test_network_is_one_group(void **state)
{
	static const char *const members[] = {"pool_endpoint", "stratum_port", "pool_name",
		"donate_host", "stratum_proxy", "quiet_tls_flow"};
	const struct rules_weight *port = rules_weight(*state, "stratum_port", "-");

	for (unsigned i = 0; i < rules_required_count; i++) {
		const struct rules_required *row = &rules_required[i];
		const struct rules_weight *weight = rules_weight(*state, row->detector, row->grade);

		for (size_t j = 0; j < COUNT(members); j++)
			if (strcmp(row->detector, members[j]) == 0)
				assert_int_equal(weight->group, port->group);
	}
	/* weak ones weigh no more than a port; without SNI more than with */
	assert_true(rules_weight(*state, "stratum_proxy", "-")->weight_ppm <= 100000);
	assert_true(rules_weight(*state, "quiet_tls_flow", "nosni")->weight_ppm <= 100000);
	assert_true(rules_weight(*state, "quiet_tls_flow", "sni")->weight_ppm <
		    rules_weight(*state, "quiet_tls_flow", "nosni")->weight_ppm);
}

/* What a container is and was allowed, where a file lies, what servers and whole hosts do: one
 * thing, and a little only. */
static void test_context_is_one_group(void **state)
{
	const struct rules_weight *image = rules_weight(*state, "untrusted_image", "-");
	unsigned members = 0;

	assert_string_equal(((const struct rules *)*state)->groups[image->group], "context");
	for (unsigned i = 0; i < rules_required_count; i++) {
		const struct rules_required *row = &rules_required[i];
		const struct rules_weight *weight = rules_weight(*state, row->detector, row->grade);
		bool context = weight->group == image->group;

		members += context;
		assert_true(!context || weight->weight_ppm <= 70000);
	}
	assert_int_equal(members, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_weights_refused),
		IN_DIRECTORY(test_groups_are_bounded),
		IN_DIRECTORY(test_weights_repeated),
		IN_DIRECTORY(test_weights),
		cmocka_unit_test(test_weak_evidence_stays_below_medium),
		cmocka_unit_test(test_tuning_and_cpu_stay_below_medium),
		cmocka_unit_test(test_network_is_one_group),
		cmocka_unit_test(test_context_is_one_group),
	};

	return cmocka_run_group_tests(tests, embedded_load, embedded_free);
}
