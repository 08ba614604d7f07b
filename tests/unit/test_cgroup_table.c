/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is known of cgroups, and the bounds of the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core_fixture.h"
#include "state/cgroup_table.h"
#include "util/span.h"

static struct cgroup_table *table;

static int make(void **state)
{
	(void)state;
	table = cgroup_table_new();
	return table ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	cgroup_table_free(table);
	return 0;
}

static bool is(uint64_t id, const char *path)
{
	return span_equal(cgroup_path_of(table, id), span_of(path));
}

static void learns_renames_releases(void **state)
{
	(void)state;
	assert_true(is(5, ""));
	cgroup_learn(table, 5, span_of("/a"), 0);
	cgroup_learn(table, 6, span_of("/b"), 0);
	assert_true(is(5, "/a") && is(6, "/b"));
	cgroup_learn(table, 5, span_of("/c"), 0);
	assert_true(is(5, "/c") && is(6, "/b"));
	cgroup_release(table, 5);
	cgroup_release(table, 5);
	cgroup_release(table, 99);
	assert_true(is(5, "/c")); /* alerts may still name it */
	cgroup_learn(table, 5, span_of("/d"), 0); /* the id is used again */
	assert_true(is(5, "/d"));
}

static void the_released_go_first(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= CGROUP_RELEASED_MAX + 1; i++) {
		cgroup_learn(table, i, span_of("/x"), 0);
		cgroup_release(table, i);
	}
	assert_true(is(1, "")); /* the oldest of them */
	assert_true(is(2, "/x"));
	for (unsigned i = 0; i < CGROUP_MAX; i++)
		cgroup_learn(table, 100000 + i, span_of("/y"), 0);
	assert_true(is(CGROUP_RELEASED_MAX + 1, ""));
	assert_true(is(100000, "/y")); /* all that is left is alive */
	cgroup_learn(table, 9, span_of("/z"), 0);
	assert_true(is(100000, "") && is(100001, "/y") && is(9, "/z"));
}

static void the_empty_go_before_the_used(void **state)
{
	static const struct process_key process = {.pid = 7};

	(void)state;
	for (unsigned i = 1; i <= CGROUP_MAX; i++)
		cgroup_learn(table, i, span_of("/x"), 0);
	assert_int_equal(cgroup_evicted(table), 0);
	cgroup_seen(table, 3, &process, SECONDS(10)); /* long ago */
	for (unsigned i = 1; i <= 40; i++)
		if (i != 3 && i != 5)
			cgroup_seen(table, i, &process, SECONDS(20));
	cgroup_learn(table, 100000, span_of("/y"), 0);
	assert_true(is(3, "") && is(1, "/x") && is(5, "/x"));
	cgroup_learn(table, 100001, span_of("/y"), 0);
	assert_true(is(5, "") && is(1, "/x"));
	cgroup_learn(table, 100002, span_of("/y"), 0);
	assert_true(is(41, "") && is(1, "/x") && is(40, "/x"));
	assert_int_equal(cgroup_evicted(table), 3);
	/* what was released is no loss */
	cgroup_release(table, 1);
	cgroup_learn(table, 100003, span_of("/y"), 0);
	assert_true(is(1, "") && is(2, "/x"));
	assert_int_equal(cgroup_evicted(table), 3);
}

static void all_used_the_table_stays_bounded(void **state)
{
	static const struct process_key process = {.pid = 7};
	unsigned left = 0;

	(void)state;
	for (unsigned i = 1; i <= CGROUP_MAX + 100; i++) {
		cgroup_learn(table, i, span_of("/x"), 0);
		cgroup_seen(table, i, &process, SECONDS(20));
	}
	for (unsigned i = 1; i <= CGROUP_MAX + 100; i++)
		left += is(i, "/x");
	assert_int_equal(left, CGROUP_MAX);
	assert_int_equal(cgroup_evicted(table), 100);
	assert_true(is(CGROUP_MAX + 100, "/x"));
}

#define OUTER "1b3319ed9c1d4cca681f9c102da9b015555785b6240c4e4619f11b535cabdc07"
#define INNER "5694f82f44168cc048e014ae14d1b0c8ef673bec49f329dc169911ea638f63c2"

/* The container's id and its parent's, "" where there is none; NULL: in no container. */
static void assert_container(uint64_t id, const char *container_id, const char *parent_id)
{
	const struct container *container = cgroup_container(table, id);

	if (!container_id) {
		assert_null(container);
		return;
	}
	assert_non_null(container);
	assert_string_equal(container->text[CONTAINER_TEXT_ID], container_id);
	assert_string_equal(container->parent_id, parent_id);
}

static void a_rename_makes_another_container(void **state)
{
	(void)state;
	cgroup_learn(table, 5, span_of("/docker/" OUTER), 0);
	cgroup_learn(table, 6, span_of("/docker/" OUTER "/init"), 0);
	assert_container(5, OUTER, "");
	assert_ptr_equal(cgroup_container(table, 5), cgroup_container(table, 6));
	cgroup_learn(table, 5, span_of("/docker/" INNER), 0);
	assert_container(5, INNER, "");
	assert_container(
		6, OUTER, ""); /* until it is told again, as the pass after a rename does */
	cgroup_learn(table, 6, span_of("/docker/" INNER "/init"), 0);
	assert_ptr_equal(cgroup_container(table, 5), cgroup_container(table, 6));
	cgroup_learn(table, 5, span_of("/plain"), 0);
	assert_container(5, NULL, NULL);
	assert_container(6, INNER, "");
}

static void the_inner_container_counts(void **state)
{
	(void)state;
	cgroup_learn(table, 5, span_of("/docker/" OUTER), 0);
	cgroup_learn(table, 6, span_of("/docker/" OUTER "/docker"), 0);
	cgroup_learn(table, 7, span_of("/docker/" OUTER "/docker/" INNER), 0);
	cgroup_learn(table, 8, span_of("/docker/" INNER), 0);
	assert_container(5, OUTER, "");
	assert_container(6, OUTER, "");
	assert_container(7, INNER, OUTER);
	/* The same id outside is another container. */
	assert_container(8, INNER, "");
	assert_ptr_not_equal(cgroup_container(table, 7), cgroup_container(table, 8));
}

static void a_release_forgets_the_container(void **state)
{
	(void)state;
	cgroup_learn(table, 5, span_of("/docker/" OUTER), 7);
	cgroup_release(table, 5);
	assert_container(5, OUTER, ""); /* alerts may still name it */
	for (unsigned i = 0; i < CGROUP_RELEASED_MAX; i++) {
		assert_container(5, OUTER, "");
		cgroup_learn(table, 100 + i, span_of("/x"), 0);
		cgroup_release(table, 100 + i);
	}
	assert_container(5, NULL, NULL);
	/* Made again, it is a new one: nothing is left of the old. */
	cgroup_learn(table, 6, span_of("/docker/" OUTER), 9);
	assert_int_equal(cgroup_container(table, 6)->made_ns, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(learns_renames_releases, make, drop),
		cmocka_unit_test_setup_teardown(the_released_go_first, make, drop),
		cmocka_unit_test_setup_teardown(the_empty_go_before_the_used, make, drop),
		cmocka_unit_test_setup_teardown(all_used_the_table_stays_bounded, make, drop),
		cmocka_unit_test_setup_teardown(a_rename_makes_another_container, make, drop),
		cmocka_unit_test_setup_teardown(the_inner_container_counts, make, drop),
		cmocka_unit_test_setup_teardown(a_release_forgets_the_container, make, drop),
	};

	cgroup_table_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
