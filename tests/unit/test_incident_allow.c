// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/incident_allow.c: what is silenced, what is lowered, what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <string.h>

#include "core_fixture.h"
#include "rules_fixture.h"

#define CGROUP 77
#define UNIT "/system.slice/p2pool.service"

static const struct core_process own = {.pid = 100, .start_ns = 5, .cgroup_id = CGROUP};
static const struct core_process beside = {.pid = 101, .start_ns = 6, .cgroup_id = CGROUP};

/* The rows are in force from now on. */
static struct rules *allow(struct core *core, const char *rows)
{
	struct rules *rules;

	directory_text("allow.add.list", rows);
	rules = directory_load_sound();
	pipeline_set_rules(core->pipeline, rules);
	return rules;
}

static void test_cases(void **state)
{
	static const struct {
		const char *name, *row;
		const char *actions;
		unsigned score; /* of the alert */
		unsigned counted;
	} rows[] = {
		{"not covered", "cgroup /system.slice/other.service silence | x\n", "o", 85, 0},
		{"silenced", "cgroup " UNIT " silence | x\n", "", 0, 1},
		{"silenced from above", "cgroup /system.slice silence | x\n", "", 0, 1},
		{"lowered, still enough", "cgroup " UNIT " lower=0.8 | x\n", "o", 68, 0},
		{"lowered below medium", "cgroup " UNIT " lower=0.5 | x\n", "", 0, 1},
		{"over", "cgroup " UNIT " silence until=1970-01-01 | x\n", "o", 85, 0},
		{"by a path an image does not confirm", "image any/image * silence | x\n", "o", 85,
			0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		static struct core core;
		struct rules *rules;

		print_message("%s\n", rows[i].name);
		core_open(&core);
		core.now_ns = SECONDS(100000);
		rules = allow(&core, rows[i].row);
		core_cgroup(&core, CGROUP, UNIT);
		core_exec(&core, &own, &core_miner);
		core_container(&core, &own, CGROUP, NULL);
		core_tick(&core, false);
		core_tick(&core, false); /* counted once, however often it is looked at */
		assert_string_equal(core_actions(&core, 0), rows[i].actions);
		if (rows[i].score)
			assert_int_equal(core_last(&core)->score, rows[i].score);
		assert_int_equal(pipeline_allowed(core.pipeline, 0), rows[i].counted);
		core_close(&core);
		rules_free(rules);
	}
}

/* A miner is not hidden by an allowed program in the same workload. */
static void test_beside(void **state)
{
	static struct core core;
	struct rules *rules;

	(void)state;
	core_open(&core);
	rules = allow(&core, "image any/image /own silence | x\ncgroup /x silence | y\n");
	core_cgroup(&core, CGROUP, UNIT);
	core_exec(&core, &own, &core_shell);
	core_exec(&core, &beside, &core_miner);
	core_container(&core, &beside, CGROUP, NULL);
	assert_string_equal(core_actions(&core, 0), "o");
	core_close(&core);
	rules_free(rules);
}

/* Rows that are gone hold no more: the incident is told at the next tick. */
static void test_swap(void **state)
{
	static struct core core;
	struct rules *first, *second;

	(void)state;
	core_open(&core);
	first = allow(&core, "cgroup " UNIT " silence | x\n");
	core_cgroup(&core, CGROUP, UNIT);
	core_exec(&core, &own, &core_miner);
	core_container(&core, &own, CGROUP, NULL);
	assert_string_equal(core_actions(&core, 0), "");
	assert_int_equal(pipeline_allowed(core.pipeline, 0), 1);
	second = allow(&core, "");
	rules_free(first);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "o");
	assert_int_equal(pipeline_allowed(core.pipeline, 0), 0);
	core_close(&core);
	rules_free(second);
}

/* Whose process had ended by then stays as low as it was: nobody can be asked about it any more. */
static void test_swap_after_its_end(void **state)
{
	static struct core core;
	struct rules *first, *second;

	(void)state;
	core_open(&core);
	first = allow(&core, "cgroup " UNIT " lower=0.5 | x\n");
	core_cgroup(&core, CGROUP, UNIT);
	core_exec(&core, &own, &core_miner);
	core_container(&core, &own, CGROUP, NULL);
	core_tick(&core, false);
	core_exit(&core, &own, 0);
	directory_text("names.add.list", "unrelated-name\n");
	second = allow(&core, "cgroup " UNIT " lower=0.5 | x\n");
	rules_free(first);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "");
	core_close(&core);
	rules_free(second);
}

/* Other weights hold for what stood before. */
static void test_weights(void **state)
{
	static struct core core;
	struct rules *rules;

	(void)state;
	core_open(&core);
	core_exec(&core, &own, &core_miner);
	assert_int_equal(core_last(&core)->score, 85);
	directory_weights("strong command 0.850", "strong command 0.950");
	rules = directory_load_sound();
	pipeline_set_rules(core.pipeline, rules);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "or");
	assert_int_equal(core_last(&core)->score, 95);
	core_close(&core);
	rules_free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_cases),
		IN_DIRECTORY(test_beside),
		IN_DIRECTORY(test_swap),
		IN_DIRECTORY(test_swap_after_its_end),
		IN_DIRECTORY(test_weights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
