/* SPDX-License-Identifier: Apache-2.0 */
/* Unit test of src/state/content_table.c: each file asked about once, and a bounded number of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"
#include "state/content_table.h"

static struct content_table *table;
static const struct core_process process = {.pid = 7, .start_ns = 1};

static int make(void **state)
{
	(void)state;
	table = content_table_new();
	return table ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	content_table_free(table);
	return 0;
}

static struct event_file file(uint64_t inode)
{
	return (struct event_file){.inode = inode, .dev = 1, .nlink = 1};
}

static bool ask(uint64_t inode, bool fresh, uint64_t second)
{
	const struct event_file about = file(inode);

	return content_ask(table, &about, fresh, SECONDS(second));
}

static void answer(uint64_t inode, unsigned result, const char *names, uint64_t second)
{
	static __u64 record[CORE_RECORD];
	const struct event_content says = {
		.file = file(inode), .object = CONTENT_EXE, .result = result, .sha256 = {1, 2}};
	struct event event;
	size_t len = core_make_content(record, SECONDS(second), &process, &says, "/a", names);

	assert_int_equal(event_decode(record, len, &event), 0);
	content_answer(table, &event, SECONDS(second));
}

static const struct content *find(uint64_t inode)
{
	const struct event_file about = file(inode);

	return content_find(table, &about);
}

static void asked_once(void **state)
{
	(void)state;
	assert_true(ask(1, true, 10));
	assert_false(ask(1, true, 11));
	assert_false(ask(1, false, 600));
	assert_null(find(1));
	answer(1, CONTENT_DIGESTED, "a|b", 601);
	assert_false(ask(1, true, 100000));
	assert_non_null(find(1));
	assert_int_equal(find(1)->result, CONTENT_DIGESTED);
	assert_memory_equal(find(1)->patterns.data, "a\0b\0", find(1)->patterns.len);
	assert_int_equal(find(1)->sha256[1], 2);
	/* what was read is not unread */
	answer(1, CONTENT_GAVE_UP, NULL, 700);
	assert_int_equal(find(1)->result, CONTENT_DIGESTED);
}

/* The old answer holds until there is another; and that needs to be read. */
static void asked_once_more_when_outdated(void **state)
{
	(void)state;
	assert_true(ask(1, true, 10));
	answer(1, CONTENT_DIGESTED, "a", 11);
	content_outdate(table);
	assert_memory_equal(find(1)->patterns.data, "a", find(1)->patterns.len);
	assert_true(ask(1, false, 20));
	assert_false(ask(1, false, 21));
	answer(1, CONTENT_GAVE_UP, NULL, 22);
	assert_int_equal(find(1)->result, CONTENT_DIGESTED);
	assert_false(ask(1, false, 23));
	assert_true(ask(1, false, 24));
	answer(1, CONTENT_DIGESTED, "b", 25);
	assert_memory_equal(find(1)->patterns.data, "b", find(1)->patterns.len);
	assert_false(ask(1, true, 26));
	content_outdate(table);
	assert_true(ask(1, false, 26)); /* earlier failures are forgotten */
}

/* What comes first was perhaps found before it was outdated. */
static void asked_again_when_outdated_on_its_way(void **state)
{
	(void)state;
	assert_true(ask(1, false, 10));
	content_outdate(table);
	assert_false(ask(1, false, 11));
	assert_true(ask(1, true, 12));
	answer(1, CONTENT_DIGESTED, "a", 13);
	assert_true(ask(1, false, 20));
	answer(1, CONTENT_DIGESTED, "b", 21);
	assert_false(ask(1, true, 100000));
}

static void an_identity_is_all_of_it(void **state)
{
	struct event_file other = file(1);

	(void)state;
	answer(1, CONTENT_DIGESTED, NULL, 1);
	other.nlink = 0; /* unlinked: the same file */
	assert_non_null(content_find(table, &other));
	other.size = 1;
	assert_null(content_find(table, &other));
	other = file(1);
	other.ctime_ns = 1;
	assert_null(content_find(table, &other));
	other = file(1);
	other.dev = 2;
	assert_null(content_find(table, &other));
}

static void asked_again_where_nothing_came(void **state)
{
	(void)state;
	assert_true(ask(1, false, 10));
	assert_false(ask(1, false, 609));
	assert_true(ask(1, false, 610));
}

static void asked_before_others_once_it_is_executed(void **state)
{
	(void)state;
	assert_true(ask(1, false, 10));
	assert_true(ask(1, true, 11));
	assert_false(ask(1, true, 12));
}

static void asked_ever_more_seldom_where_it_cannot_be_read(void **state)
{
	uint64_t second = 10;

	(void)state;
	assert_true(ask(1, true, second));
	for (unsigned i = 1; i <= 12; i++) {
		uint64_t wait = UINT64_C(1) << (i < 10 ? i : 10);

		answer(1, CONTENT_UNREADABLE, NULL, second);
		assert_int_equal(find(1)->result, CONTENT_UNREADABLE);
		assert_false(ask(1, true, second + wait - 1));
		second += wait;
		assert_true(ask(1, true, second));
	}
}

static void the_oldest_goes(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= CONTENT_TABLE_MAX; i++)
		answer(i, CONTENT_DIGESTED, NULL, 1);
	assert_false(ask(CONTENT_TABLE_MAX + 1, false, 2)); /* it merely runs */
	assert_non_null(find(1));
	assert_true(ask(CONTENT_TABLE_MAX + 1, true, 2));
	assert_null(find(1));
	assert_non_null(find(2));
}

#define TABLE_TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(asked_once),
		TABLE_TEST(asked_once_more_when_outdated),
		TABLE_TEST(asked_again_when_outdated_on_its_way),
		TABLE_TEST(an_identity_is_all_of_it),
		TABLE_TEST(asked_again_where_nothing_came),
		TABLE_TEST(asked_before_others_once_it_is_executed),
		TABLE_TEST(asked_ever_more_seldom_where_it_cannot_be_read),
		TABLE_TEST(the_oldest_goes),
	};

	content_table_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
