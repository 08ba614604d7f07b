// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules_match.c: what the look-ups say of the embedded lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <string.h>

#include "rules_fixture.h"

static char huge[1 << 20];

static void test_option(void **state)
{
	static const struct {
		struct span element;
		enum option_class class;
		bool takes_value;
	} rows[] = {
		{SPAN("--donate-level"), OPTION_STRONG, true},
		{SPAN("--donate-level=1"), OPTION_STRONG, false},
		{SPAN("--donate-level="), OPTION_STRONG, false},
		{SPAN("--donate-level=1=2"), OPTION_STRONG, false},
		{SPAN("--donate"), OPTION_NONE, false},
		{SPAN("--donate-levels"), OPTION_NONE, false},
		{SPAN("--Donate-level"), OPTION_NONE, false},
		{SPAN("-donate-level"), OPTION_NONE, false},
		{SPAN("donate-level"), OPTION_NONE, false},
		{SPAN("x--donate-level"), OPTION_NONE, false},
		{SPAN("--nicehash"), OPTION_STRONG, false},
		{SPAN("--nicehash=1"), OPTION_NONE, false},
		{SPAN("--wrmsr"), OPTION_STRONG, false},
		{SPAN("--wrmsr=6"), OPTION_STRONG, false},
		{SPAN("--coin"), OPTION_WEAK, true},
		{SPAN("--av"), OPTION_MEDIUM, true},
		{SPAN("--http-enabled"), OPTION_GENERIC, false},
		{SPAN("-o"), OPTION_GENERIC, true},
		{SPAN("-a"), OPTION_GENERIC, true},
		{SPAN("-k"), OPTION_GENERIC, false},
		{SPAN("--farm-recheck"), OPTION_STRONG, true},
		{SPAN("--noNVIDIA"), OPTION_STRONG, false},
		{SPAN("--nonvidia"), OPTION_NONE, false},
		{SPAN("--send-stales"), OPTION_STRONG, false},
		{SPAN("--send-stales=true"), OPTION_STRONG, false},
		{SPAN("--eth_stratum_mode=nicehash"), OPTION_STRONG, false},
		{SPAN("-epool"), OPTION_STRONG, true},
		{SPAN("-wal"), OPTION_MEDIUM, true},
		{SPAN("--start-mining"), OPTION_MEDIUM, true}, /* monerod has it */
		{SPAN("--pool"), OPTION_GENERIC, true},
		{SPAN("-P"), OPTION_GENERIC, true},
		{SPAN("--wallet"), OPTION_NONE, false},
		{SPAN("--disable-gpu"), OPTION_NONE, false},
		{SPAN("--tstart"), OPTION_NONE, false},
		{SPAN("-o=x"), OPTION_NONE, false},
		{SPAN("-opool.example:3333"), OPTION_NONE, false},
		{SPAN("-Z"), OPTION_NONE, false},
		{SPAN("-"), OPTION_NONE, false},
		{SPAN("--"), OPTION_NONE, false},
		{SPAN("--=x"), OPTION_NONE, false},
		{SPAN("="), OPTION_NONE, false},
		{SPAN(""), OPTION_NONE, false},
		{SPAN("--donate-level\0"), OPTION_NONE, false},
		{SPAN("--donate\0-level"), OPTION_NONE, false},
		{{NULL, 0}, OPTION_NONE, false},
		{{huge, sizeof(huge)}, OPTION_NONE, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		bool takes_value = false;

		assert_int_equal(
			rules_option(*state, rows[i].element, &takes_value), rows[i].class);
		assert_int_equal(takes_value, rows[i].takes_value);
		assert_int_equal(rules_option(*state, rows[i].element, NULL), rows[i].class);
	}
}

static void test_scheme(void **state)
{
	static const struct {
		struct span element;
		bool expected;
	} rows[] = {
		{SPAN("stratum+tcp://pool.example:3333"), true},
		{SPAN("stratum+tcp://"), true},
		{SPAN("Stratum+SSL://x"), true},
		{SPAN("stratum://x"), true},
		{SPAN("stratum3+tls12://x"), true},
		{SPAN("ethproxy+tcp://x"), true},
		{SPAN("stratum4+tcp://x"), false},
		{SPAN("getwork://x"), false},
		{SPAN("stratum+tcp:/"), false},
		{SPAN("stratum+tcp:/x/"), false},
		{SPAN("xstratum+tcp://x"), false},
		{SPAN("--url=stratum+tcp://x"), false},
		{SPAN("http://stratum+tcp://x"), false},
		{SPAN("socks5://x"), false},
		{SPAN("://"), false},
		{SPAN(""), false},
		{{NULL, 0}, false},
		{SPAN("stratum\0+tcp://x"), false},
		{{huge, sizeof(huge)}, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(rules_scheme(*state, rows[i].element), rows[i].expected);
}

static void test_name(void **state)
{
	static const struct {
		struct span name;
		bool expected;
	} rows[] = {
		{SPAN("xmrig"), true},
		{SPAN("[CMAKE]"), true},
		{SPAN("XMRig"), true},
		{SPAN("[cmake]"), true},
		{SPAN("SRBMiner-MULTI"), true},
		{SPAN("lolMiner"), true},
		{SPAN("PhoenixMiner"), true},
		{SPAN("wildrig-multi"), true},
		{SPAN("xmrig-notls"), true},
		{SPAN("xmrig-proxy"), false}, /* serves miners */
		{SPAN("cpuminer-avx2"), true},
		{SPAN("CPUMiner-aes-sse42"), true},
		{SPAN("cpuminer-"), false},
		{SPAN("cpuminer_avx2"), false},
		{SPAN("xcpuminer-avx2"), false},
		{SPAN("xmr-stak-rx"), true},
		{SPAN("xmrig2"), false},
		{SPAN("xmri"), false},
		{SPAN("/usr/bin/xmrig"), false},
		{SPAN("xmrig\0"), false},
		{SPAN("trace"), false},
		{SPAN("networkmanager"), false},
		{SPAN(""), false},
		{{NULL, 0}, false},
		{{huge, sizeof(huge)}, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(rules_name(*state, rows[i].name), rows[i].expected);
}

static void test_port(void **state)
{
	static const struct {
		uint16_t port;
		bool expected;
	} rows[] = {
		{3333, true},
		{3332, false},
		{3334, false},
		{18080, false}, /* nodes' */
		{18081, false},
		{28080, false},
		{37888, false},
		{10001, true},
		{18192, true},
		{20001, true},
		{28192, true},
		{10003, false},
		{443, false},
		{8080, false},
		{8888, false},
		{0, false},
		{65535, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(rules_port(*state, rows[i].port), rows[i].expected);
}

static void test_port_range(void **state)
{
	struct rules *rules;

	(void)state;
	directory_text("ports.list", "7\n10-12 | a source\n65535\n");
	rules = directory_load_sound();
	for (unsigned port = 0; port <= UINT16_MAX; port++)
		assert_int_equal(rules_port(rules, (uint16_t)port),
			port == 7 || (port >= 10 && port <= 12) || port == 65535);
	rules_free(rules);
}

static void test_pool_host(void **state)
{
	static const struct {
		struct span host;
		const char *expected;
	} rows[] = {
		{SPAN("supportxmr.com"), "supportxmr.com"},
		{SPAN("a.supportxmr.com"), "supportxmr.com"},
		{SPAN("b.a.SupportXMR.com."), "supportxmr.com"},
		{SPAN("notsupportxmr.com"), NULL},
		{SPAN("supportxmr.com.example"), NULL},
		{SPAN("supportxmr.comx"), NULL},
		{SPAN("upportxmr.com"), NULL},
		{SPAN("com"), NULL},
		{SPAN("zpool.cache"), NULL},
		{SPAN("zpool.ca"), NULL}, /* a public web site; mine.zpool.ca is the pool */
		{SPAN("mine.zpool.ca"), "mine.zpool.ca"},
		{SPAN("mine.zpool.cache"), NULL},
		{SPAN("randomxmonero.auto.nicehash.com"), "auto.nicehash.com"},
		{SPAN("api2.nicehash.com"), NULL},
		{SPAN("kp.unmineable.com"), "kp.unmineable.com"},
		{SPAN("unmineable.com"), NULL},
		{SPAN("api.unmineable.com"), NULL},
		{SPAN("supportxmr.com:3333"), NULL},
		{SPAN("supportxmr.com\0"), NULL},
		{SPAN("supportxmr.com\0.example"), NULL},
		{SPAN("."), NULL},
		{SPAN(".."), NULL},
		{SPAN(""), NULL},
		{{NULL, 0}, NULL},
		{{huge, sizeof(huge)}, NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = rules_pool_host(*state, rows[i].host);

		if (rows[i].expected) {
			assert_non_null(text);
			assert_string_equal(text, rows[i].expected);
		} else {
			assert_null(text);
		}
	}
}

static void test_donate_host(void **state)
{
	static const struct {
		struct span host;
		const char *expected;
	} rows[] = {
		{SPAN("donate.v2.xmrig.com"), "donate.v2.xmrig.com"},
		{SPAN("eu.Donate.v2.XMRig.com."), "donate.v2.xmrig.com"},
		{SPAN("donate2.v2.xmrig.com"), NULL},
		{SPAN("xmrig.com"), NULL},
		{SPAN("supportxmr.com"), NULL},
		{SPAN(""), NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = rules_donate_host(*state, rows[i].host);

		assert_int_equal(text != NULL, rows[i].expected != NULL);
		if (text)
			assert_string_equal(text, rows[i].expected);
	}
}

static void test_pool_address(void **state)
{
	static const struct {
		const char *address;
		uint16_t port;
		const char *expected;
	} rows[] = {
		{"192.0.2.7", 3333, "192.0.2.7"},
		{"192.0.2.7", 1, "192.0.2.7"},
		{"192.0.2.7", 0, "192.0.2.7"},
		{"::ffff:192.0.2.7", 3333, "192.0.2.7"},
		{"::192.0.2.7", 3333, "::/64"}, /* not the mapped form */
		{"192.0.2.8", 3333, NULL},
		{"198.51.100.1", 3333, "198.51.100.1:3333"},
		{"198.51.100.1", 3334, NULL},
		{"198.51.100.1", 0, NULL},
		{"203.0.113.64", 9, "203.0.113.64/29"},
		{"203.0.113.71", 9, "203.0.113.64/29"},
		{"203.0.113.63", 9, NULL},
		{"203.0.113.72", 9, NULL},
		{"203.0.113.66", 9, "203.0.113.66"}, /* the narrower row */
		{"203.0.113.67", 7, "203.0.113.67:7"}, /* the row that names the port */
		{"203.0.113.67", 8, "203.0.113.67"},
		{"10.200.0.1", 3333, "10.128.0.0/9:3333"},
		{"10.127.0.1", 3333, NULL},
		{"2001:db8::7", 5, "2001:DB8::7"},
		{"2001:db8:1::1", 3333, "[2001:db8:1::/48]:3333"},
		{"2001:db8:1::1", 3334, NULL},
		{"2001:db8:2::1", 3333, NULL},
		{"::1", 4444, "[::1]:4444"},
		{"::2", 4444, "::/64"},
		{"172.16.0.1", 4444, NULL}, /* ::/64 is not all of IPv4 */
		{"172.31.0.1", 4444, "::ffff:172.31.0.1"},
		{"233.252.0.9", 4444, "233.252.0.9/32"},
	};
	struct rules *rules;

	(void)state;
	directory_text("pools.list",
		"192.0.2.7 | a source\n198.51.100.1:3333\n203.0.113.64/29\n"
		"203.0.113.66\n203.0.113.67\n203.0.113.67:7\n10.128.0.0/9:3333\n"
		"2001:DB8::7\n[2001:db8:1::/48]:3333\n[::1]:4444\n::/64\n"
		"::ffff:172.31.0.1\n233.252.0.9/32\n");
	rules = directory_load_sound();
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = pool_at(rules, rows[i].address, rows[i].port);

		if (!rows[i].expected)
			assert_null(text);
		else if (!text || strcmp(text, rows[i].expected) != 0)
			fail_msg("%s: %s", rows[i].address, text ? text : "nothing");
	}
	assert_null(rules_pool_host(rules, SPAN("supportxmr.com")));
	rules_free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_option),
		cmocka_unit_test(test_scheme),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_port),
		IN_DIRECTORY(test_port_range),
		cmocka_unit_test(test_pool_host),
		cmocka_unit_test(test_donate_host),
		IN_DIRECTORY(test_pool_address),
	};

	memset(huge, 'a', sizeof(huge));
	return cmocka_run_group_tests(tests, embedded_load, embedded_free);
}
