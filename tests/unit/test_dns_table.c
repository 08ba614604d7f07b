/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how long a name holds for an address, and the bound of the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core_fixture.h"
#include "state/dns_table.h"

#define ASKED SECONDS(1000)
#define GRACE 60
#define HERE 4026531840 /* a network namespace */

static struct dns_table *table;

static void answer(
	const char *name, uint32_t address, uint32_t ttl_s, uint32_t pid, uint64_t now_ns)
{
	struct dns_answer said = {.count = 1};

	snprintf(said.name, sizeof(said.name), "%s", name);
	memcpy(said.addresses[0].address, &address, sizeof(address));
	said.addresses[0].ttl_s = ttl_s;
	dns_table_add(table, &said, HERE, (struct process_key){.pid = pid}, now_ns);
}

static const struct dns_entry *find(uint32_t address, uint64_t now_ns)
{
	uint8_t key[16] = {0};

	memcpy(key, &address, sizeof(address));
	return dns_table_find(table, key, HERE, now_ns);
}

static int make(void **state)
{
	(void)state;
	table = dns_table_new();
	return table ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	dns_table_free(table);
	dns_table_free(NULL);
	return 0;
}

static void names_expire(void **state)
{
	static const struct {
		uint32_t ttl_s;
		uint64_t seconds; /* it holds */
	} rows[] = {
		{0, 1 + GRACE},
		{1, 1 + GRACE},
		{300, 300 + GRACE},
		{86400, 86400 + GRACE},
		{86401, 86400 + GRACE},
		{UINT32_MAX, 86400 + GRACE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		answer("pool.example", 1, rows[i].ttl_s, 7, ASKED);
		assert_non_null(find(1, ASKED + SECONDS(rows[i].seconds) - 1));
		assert_null(find(1, ASKED + SECONDS(rows[i].seconds)));
	}
}

static void the_last_answer_holds(void **state)
{
	(void)state;
	assert_null(find(1, ASKED));
	answer("pool.example", 1, 300, 7, ASKED);
	answer("web.example", 1, 300, 8, ASKED);
	answer("pool.example", 2, 300, 7, ASKED);
	assert_string_equal(find(1, ASKED)->name, "web.example");
	assert_int_equal(find(1, ASKED)->asked_by.pid, 8);
	assert_string_equal(find(2, ASKED)->name, "pool.example");
	assert_int_equal(find(2, ASKED)->asked_by.pid, 7);
}

static void aliases_go_with_their_answer(void **state)
{
	static const char aliases[] = "b.example\0c.example\0";
	struct dns_answer said = {.name = "a.example", .count = 2};

	(void)state;
	memcpy(said.aliases, aliases, sizeof(aliases));
	said.addresses[0].address[0] = 1;
	said.addresses[1].address[0] = 2;
	dns_table_add(table, &said, HERE, (struct process_key){0}, ASKED);
	answer("web.example", 1, 300, 8, ASKED);
	assert_string_equal(find(1, ASKED)->aliases, "");
	assert_memory_equal(find(2, ASKED)->aliases, aliases, sizeof(aliases));
}

static void every_address_of_an_answer(void **state)
{
	struct dns_answer said = {.name = "a.example", .count = DNS_ADDRESSES_MAX};

	(void)state;
	for (uint8_t i = 0; i < DNS_ADDRESSES_MAX; i++)
		said.addresses[i].address[0] = (uint8_t)(i + 1);
	dns_table_add(table, &said, HERE, (struct process_key){0}, ASKED);
	for (uint32_t i = 0; i < DNS_ADDRESSES_MAX; i++)
		assert_non_null(find(i + 1, ASKED));
	assert_null(find(DNS_ADDRESSES_MAX + 1, ASKED));
}

static void the_oldest_goes(void **state)
{
	(void)state;
	for (uint32_t address = 1; address <= DNS_TABLE_MAX; address++)
		answer("a.example", address, 300, 7, ASKED);
	answer("a.example", 1, 300, 7, ASKED); /* asked again: the youngest now */
	answer("a.example", DNS_TABLE_MAX + 1, 300, 7, ASKED);
	assert_non_null(find(1, ASKED));
	assert_null(find(2, ASKED));
	assert_non_null(find(3, ASKED));
}

static void names_hold_where_they_were_asked_for(void **state)
{
	static const uint8_t address[16] = {1};
	struct dns_answer said = {.name = "everywhere.example", .count = 1};

	(void)state;
	memcpy(said.addresses[0].address, address, sizeof(address));
	said.addresses[0].ttl_s = 300;
	answer("pool.example", 1, 300, 7, ASKED);
	assert_null(dns_table_find(table, address, HERE + 1, ASKED));
	assert_null(dns_table_find(table, address, 0, ASKED));
	dns_table_add(table, &said, 0, (struct process_key){0}, ASKED);
	assert_string_equal(find(1, ASKED)->name, "pool.example");
	assert_string_equal(
		dns_table_find(table, address, HERE + 1, ASKED)->name, "everywhere.example");
}

#define TABLE_TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(names_expire),
		TABLE_TEST(the_last_answer_holds),
		TABLE_TEST(aliases_go_with_their_answer),
		TABLE_TEST(every_address_of_an_answer),
		TABLE_TEST(the_oldest_goes),
		TABLE_TEST(names_hold_where_they_were_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
