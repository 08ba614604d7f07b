/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the counting of connects and the bound of the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core_fixture.h"
#include "state/flow_table.h"

static struct flow_table *table;
static __u64 record[CORE_RECORD];
static struct event event;

/* A connect of this process to 192.0.2.host. */
static const struct event *connect_of(
	uint32_t pid, uint64_t start_ns, uint8_t host, uint16_t port, uint16_t protocol)
{
	struct core_process process = {.pid = pid, .start_ns = start_ns};
	const uint8_t address[4] = {192, 0, 2, host};
	size_t len = core_make_connect(record, 1, &process, address, port, protocol);

	assert_int_equal(event_decode(record, len, &event), 0);
	return &event;
}

static void counts_what_is_the_same(void **state)
{
	(void)state;
	table = flow_table_new();
	assert_null(flow_find(table, connect_of(1, 1, 1, 80, 6)));
	assert_int_equal(flow_add(table, connect_of(1, 1, 1, 80, 6), 10)->connects, 1);
	assert_int_equal(flow_add(table, connect_of(1, 1, 1, 80, 6), 20)->connects, 2);
	assert_int_equal(flow_find(table, connect_of(1, 1, 1, 80, 6))->first_ns, 10);
	assert_int_equal(flow_find(table, connect_of(1, 1, 1, 80, 6))->last_ns, 20);
	/* any part of the key makes another */
	assert_int_equal(flow_add(table, connect_of(2, 1, 1, 80, 6), 30)->connects, 1);
	assert_int_equal(flow_add(table, connect_of(1, 2, 1, 80, 6), 30)->connects, 1);
	assert_int_equal(flow_add(table, connect_of(1, 1, 2, 80, 6), 30)->connects, 1);
	assert_int_equal(flow_add(table, connect_of(1, 1, 1, 81, 6), 30)->connects, 1);
	assert_int_equal(flow_add(table, connect_of(1, 1, 1, 80, 17), 30)->connects, 1);
	flow_table_free(table);
	flow_table_free(NULL);
}

/* The kernel reports repeated connects as a number. */
static void repeats_count(void **state)
{
	const struct flow *flow;

	(void)state;
	table = flow_table_new();
	connect_of(1, 1, 1, 80, 6);
	((struct event_connect *)record)->repeats = 41;
	assert_int_equal(flow_add(table, &event, 10)->connects, 42);
	assert_int_equal(flow_add(table, &event, 20)->connects, 84);
	((struct event_connect *)record)->repeats = UINT64_MAX;
	flow = flow_add(table, &event, 30);
	assert_int_equal(flow->connects, INT64_MAX);
	assert_int_equal(flow_add(table, &event, 40)->connects, INT64_MAX);
	flow_table_free(table);
}

static void the_longest_unused_goes(void **state)
{
	(void)state;
	table = flow_table_new();
	for (uint32_t pid = 1; pid <= FLOW_MAX; pid++)
		flow_add(table, connect_of(pid, 1, 1, 80, 6), pid);
	flow_add(table, connect_of(1, 1, 1, 80, 6), FLOW_MAX + 1);
	flow_add(table, connect_of(FLOW_MAX + 1, 1, 1, 80, 6), FLOW_MAX + 2);
	assert_non_null(flow_find(table, connect_of(1, 1, 1, 80, 6)));
	assert_null(flow_find(table, connect_of(2, 1, 1, 80, 6)));
	assert_non_null(flow_find(table, connect_of(3, 1, 1, 80, 6)));
	flow_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_what_is_the_same),
		cmocka_unit_test(repeats_count),
		cmocka_unit_test(the_longest_unused_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
