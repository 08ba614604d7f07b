// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules*.c: the look-ups, and what a --rules directory may and may not do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules_embedded.h"
#include "rules_private.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WHOLE UINT32_MAX
#define SPAN(literal) ((struct span){literal, sizeof(literal) - 1})

static struct rules *embedded;

static int embedded_load(void **state)
{
	(void)state;
	return rules_load(NULL, stderr, &embedded);
}

static int embedded_free(void **state)
{
	(void)state;
	rules_free(embedded);
	return 0;
}

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
		{SPAN("--coin"), OPTION_MEDIUM, true},
		{SPAN("--http-enabled"), OPTION_GENERIC, false},
		{SPAN("-o"), OPTION_GENERIC, true},
		{SPAN("-a"), OPTION_GENERIC, true},
		{SPAN("-k"), OPTION_GENERIC, false},
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

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool takes_value = false;

		assert_int_equal(
			rules_option(embedded, rows[i].element, &takes_value), rows[i].class);
		assert_int_equal(takes_value, rows[i].takes_value);
		assert_int_equal(rules_option(embedded, rows[i].element, NULL), rows[i].class);
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

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(rules_scheme(embedded, rows[i].element), rows[i].expected);
}

static void test_name(void **state)
{
	static const struct {
		struct span name;
		bool expected;
	} rows[] = {
		{SPAN("xmrig"), true},
		{SPAN("[CMAKE]"), true},
		{SPAN("XMRIG"), false},
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

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(rules_name(embedded, rows[i].name), rows[i].expected);
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
		{28079, false},
		{28080, true},
		{28081, true},
		{28082, true},
		{28083, false},
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

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(rules_port(embedded, rows[i].port), rows[i].expected);
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
		{SPAN("supportxmr.com:3333"), NULL},
		{SPAN("supportxmr.com\0"), NULL},
		{SPAN("supportxmr.com\0.example"), NULL},
		{SPAN("."), NULL},
		{SPAN(".."), NULL},
		{SPAN(""), NULL},
		{{NULL, 0}, NULL},
		{{huge, sizeof(huge)}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = rules_pool_host(embedded, rows[i].host);

		if (rows[i].expected) {
			assert_non_null(text);
			assert_string_equal(text, rows[i].expected);
		} else {
			assert_null(text);
		}
	}
}

/* A directory of the test's own, and what loading it says. */
static char directory[64];
static char *told;

static int directory_make(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/minerwatch-rules-XXXXXX");
	return mkdtemp(directory) ? 0 : -1;
}

static int directory_remove(void **state)
{
	char command[128];

	(void)state;
	free(told);
	told = NULL;
	snprintf(command, sizeof(command), "rm -rf -- %s", directory);
	return system(command);
}

static void path_of(const char *name, char path[256])
{
	snprintf(path, 256, "%s/%s", directory, name);
}

static void file_write(const char *name, const char *data, size_t len)
{
	char path[256];
	int fd;

	path_of(name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	assert_int_equal(fchmod(fd, 0644), 0);
	close(fd);
}

static void file_text(const char *name, const char *text)
{
	file_write(name, text, strlen(text));
}

static int load(struct rules **ret_rules)
{
	size_t len;
	FILE *out;
	int err;

	free(told);
	out = open_memstream(&told, &len);
	assert_non_null(out);
	err = rules_load(directory, out, ret_rules);
	fclose(out);
	return err;
}

static struct rules *load_sound(void)
{
	struct rules *rules = NULL;

	if (load(&rules) || *told)
		fail_msg("rules refused: %s", told);
	return rules;
}

/* expected: "NAME:LINE: reason" or its beginning, after the directory. */
static void assert_refused(const char *expected)
{
	struct rules *rules = NULL;
	char line[512];

	assert_int_equal(load(&rules), -EINVAL);
	assert_null(rules);
	snprintf(line, sizeof(line), "%s/%s", directory, expected);
	if (!strstr(told, line))
		fail_msg("\"%s\" is not in: %s", line, told);
}

static const char *pool_at(const struct rules *rules, const char *address, uint16_t port)
{
	uint8_t bytes[16] = {[10] = 0xff, [11] = 0xff};

	if (inet_pton(AF_INET, address, bytes + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, address, bytes), 1);
	return rules_pool_address(rules, bytes, port);
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
	file_text("pools.list", "192.0.2.7 | a source\n198.51.100.1:3333\n203.0.113.64/29\n"
				"203.0.113.66\n203.0.113.67\n203.0.113.67:7\n10.128.0.0/9:3333\n"
				"2001:DB8::7\n[2001:db8:1::/48]:3333\n[::1]:4444\n::/64\n"
				"::ffff:172.31.0.1\n233.252.0.9/32\n");
	rules = load_sound();
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

static void test_replace_and_extend(void **state)
{
	struct rules *rules;

	(void)state;
	file_text("names.list",
		"# mine alone\r\nminer-one\r\n\r\n \t\r\nminer-one | twice\nminer#two # three");
	file_text("names.add.list", "\xc3\xa9t\xe9\nminer-one\n");
	file_text("options.add.list",
		"--donate-level strong required\n-Z generic none\n-pool medium required\n");
	file_text("schemes.add.list", "mine://\n");
	file_text("ports.add.list", "60000-60002\n65535\n");
	file_text("pools.add.list", "Pool.Example.COM:3333 | mine\n127.0.0.1:13333\n");
	rules = load_sound();
	assert_true(rules_name(rules, SPAN("miner-one")));
	assert_true(rules_name(rules, SPAN("miner#two")));
	assert_true(rules_name(rules, SPAN("\xc3\xa9t\xe9")));
	assert_false(rules_name(rules, SPAN("three")));
	assert_false(rules_name(rules, SPAN("xmrig")));
	assert_int_equal(rules_option(rules, SPAN("-Z"), NULL), OPTION_GENERIC);
	assert_int_equal(rules_option(rules, SPAN("-pool"), NULL), OPTION_MEDIUM);
	assert_int_equal(rules_option(rules, SPAN("--donate-level"), NULL), OPTION_STRONG);
	assert_true(rules_scheme(rules, SPAN("mine://x")));
	assert_true(rules_scheme(rules, SPAN("stratum+tcp://x")));
	assert_true(
		rules_port(rules, 60001) && rules_port(rules, 65535) && rules_port(rules, 3333));
	assert_string_equal(
		rules_pool_host(rules, SPAN("eu.pool.example.com")), "pool.example.com");
	assert_string_equal(rules_pool_host(rules, SPAN("supportxmr.com")), "supportxmr.com");
	assert_string_equal(pool_at(rules, "127.0.0.1", 13333), "127.0.0.1:13333");
	rules_free(rules);
}

/* The embedded weights.conf with some text exchanged for another; returns the line that changed. */
static unsigned weights_write(const char *line, const char *instead)
{
	for (unsigned i = 0; i < embedded_rules_count; i++) {
		const char *data = (const char *)embedded_rules[i].data;
		const char *at = strstr(data, line);
		unsigned number = 1;
		char *copy;

		if (strcmp(embedded_rules[i].name, "weights.conf") != 0)
			continue;
		assert_non_null(at);
		assert_true(asprintf(&copy, "%.*s%s%s", (int)(at - data), data, instead,
				    at + strlen(line)) > 0);
		file_text("weights.conf", copy);
		free(copy);
		for (const char *c = data; c < at; c++)
			number += *c == '\n';
		return number;
	}
	fail();
	return 0;
}

static void test_rows_refused(void **state)
{
	static const struct {
		const char *name, *text, *expected;
	} rows[] = {
		{"names.add.list", "ok\na/b\n", "names.add.list:2: not a file name"},
		{"names.add.list", "two words\n", "names.add.list:1: 2 fields instead of 1"},
		{"names.add.list", "a b c d e f g\n", "names.add.list:1: more than 6 fields"},
		{"names.add.list", "a |\n", "names.add.list:1: \"|\" stands alone"},
		{"names.add.list", "a |b c\n", "names.add.list:1: \"|\" stands alone"},
		{"names.add.list", "| b\n", "names.add.list:1: a source without"},
		{"names.add.list", "a\033[2J\n",
			"names.add.list:1: control character 0x1b in byte 2"},
		{"names.add.list", "a\r\rb\n", "names.add.list:1: control character 0x0d"},
		{"names.add.list", "a\177\n", "names.add.list:1: control character 0x7f"},
		{"options.add.list", "--x strong\n", "options.add.list:1: 2 fields instead of 3"},
		{"options.add.list", "--x huge none\n",
			"options.add.list:1: not generic, medium or strong: huge"},
		{"options.add.list", "--x strong two\n",
			"options.add.list:1: not none, required or optional: two"},
		{"options.add.list", "--x=y strong none\n",
			"options.add.list:1: not an option: --x=y"},
		{"options.add.list", "x strong none\n", "options.add.list:1: not an option"},
		{"options.add.list", "-- strong none\n", "options.add.list:1: not an option"},
		{"options.add.list", "---x strong none\n", "options.add.list:1: not an option"},
		{"options.add.list", "\n-o strong required\n",
			"options.add.list:2: -o contradicts line"},
		{"options.add.list", "-o generic none\n",
			"options.add.list:1: -o contradicts line"},
		{"options.add.list", "-Z generic none\n-Z medium none\n",
			"options.add.list:2: -Z contradicts line 1 of options.add.list"},
		{"schemes.add.list", "Stratum://\n", "schemes.add.list:1: not a scheme"},
		{"schemes.add.list", "://\n", "schemes.add.list:1: not a scheme"},
		{"schemes.add.list", "stratum:/\n", "schemes.add.list:1: not a scheme"},
		{"schemes.add.list", "stratum://x\n", "schemes.add.list:1: not a scheme"},
		{"schemes.add.list", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa://\n",
			"schemes.add.list:1: not a scheme"},
		{"ports.add.list", "0\n", "ports.add.list:1: not a port"},
		{"ports.add.list", "65536\n", "ports.add.list:1: not a port"},
		{"ports.add.list", "-1\n", "ports.add.list:1: not a port"},
		{"ports.add.list", "5-4\n", "ports.add.list:1: not a port"},
		{"ports.add.list", "5-\n", "ports.add.list:1: not a port"},
		{"ports.add.list", "0x50\n", "ports.add.list:1: not a port"},
		{"ports.add.list", "18446744073709551617\n", "ports.add.list:1: not a port"},
		{"pools.add.list", "10.0.0.256\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "10.0.0.1/8\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "10.0.0.0/33\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "0.0.0.0/0:3333\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "::/0\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "10.0.0.1:0\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "10.0.0.1:65536\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "10.0.0.1:\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "[10.0.0.1]:3333\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "[::1\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "[::1]3333\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "com\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "*.example.com\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "a..example\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", ".example.com\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "1.2.3.4.5\n", "pools.add.list:1: not HOST nor ADDRESS"},
		{"pools.add.list", "stratum+tcp://pool.example:3333\n",
			"pools.add.list:1: not HOST nor ADDRESS"},
		{"weights.add.list", "", "weights.add.list: is not the name"},
		{"weights.conf.add", "", "weights.conf.add: is not the name"},
		{"pool.list", "", "pool.list: is not the name"},
		{".pools.list.swp", "", ".pools.list.swp: is not the name"},
		{"a\nb", "", "a?b: is not the name"},
	};
	char path[256];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		file_text(rows[i].name, rows[i].text);
		assert_refused(rows[i].expected);
		path_of(rows[i].name, path);
		unlink(path);
	}
}

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
		unsigned line = weights_write(rows[i].text, rows[i].instead);

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
	file_text("weights.conf", rows);
	assert_refused("weights.conf:33: not a group, or one too many: group32");
}

/* A second row with the same numbers does no harm. */
static void test_weights_repeated(void **state)
{
	(void)state;
	weights_write("set end_grace_s 2\n", "set end_grace_s 2\nset end_grace_s 2\n"
					     "weight miner_name - command 0.3 600\n");
	rules_free(load_sound());
}

static void test_weights(void **state)
{
	const struct rules_weight *strong, *name;
	struct rules *rules;

	(void)state;
	weights_write("0.850 600", "1 0 # sure");
	rules = load_sound();
	strong = rules_weight(rules, "miner_option", "strong");
	name = rules_weight(rules, "miner_name", NULL);
	assert_int_equal(strong->weight_ppm, 1000000);
	assert_int_equal(strong->half_life_s, 0);
	assert_int_equal(name->weight_ppm, 300000);
	assert_int_equal(name->half_life_s, 600);
	assert_int_equal(name->group, strong->group);
	assert_string_equal(rules_group_name(rules, strong->group), "command");
	assert_ptr_equal(name, rules_weight(rules, "miner_name", "-"));
	assert_null(rules_weight(rules, "miner_name", "strong"));
	assert_null(rules_weight(rules, "nothing", "-"));
	assert_null(rules_group_name(rules, 4));
	assert_int_equal(rules_setting(rules, "severity_critical"), 90);
	assert_int_equal(rules_setting(rules, "answer_wait_ms"), 1000);
	rules_free(rules);
}

/* The promise in weights.conf: the weakest evidence never alerts, however long it lasts. */
static void test_weak_evidence_stays_below_medium(void **state)
{
	uint64_t port = rules_weight(embedded, "stratum_port", "-")->weight_ppm;
	uint64_t cpu = 0;

	(void)state;
	for (unsigned i = 0; i < rules_required_count; i++) {
		const struct rules_required *row = &rules_required[i];
		const struct rules_weight *weight =
			rules_weight(embedded, row->detector, row->grade);

		assert_non_null(weight);
		if (strcmp(row->detector, "sustained_cpu") == 0 && weight->weight_ppm > cpu)
			cpu = weight->weight_ppm;
	}
	assert_true(cpu > 0);
	assert_true(100 - 100 * (1000000 - port) * (1000000 - cpu) / 1000000000000 <
		    rules_setting(embedded, "severity_medium"));
}

/* Every embedded row of a list says where it comes from. */
static void test_sources(void **state)
{
	(void)state;
	for (unsigned i = 0; i < embedded_rules_count; i++) {
		const char *line = (const char *)embedded_rules[i].data;
		size_t len;

		if (strcmp(embedded_rules[i].name, "weights.conf") == 0)
			continue;
		for (; *line; line += len + (line[len] == '\n')) {
			len = strcspn(line, "\n");
			if (len && *line != '#')
				assert_non_null(memmem(line, len, " | ", 3)
							?: memmem(line, len, "\t| ", 3));
		}
	}
}

static void test_file_kinds(void **state)
{
	char path[256], other[256];

	(void)state;
	path_of("pools.list", path);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_refused("pools.list: is not a regular file");
	unlink(path);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_refused("pools.list: is not a regular file");
	rmdir(path);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_refused("pools.list: cannot open: a link leads out of the directory");
	unlink(path);
	assert_int_equal(symlink("../../etc/passwd", path), 0);
	assert_refused("pools.list: cannot open: a link leads out of the directory");
	unlink(path);
	assert_int_equal(symlink("..data/nothing", path), 0);
	assert_refused("pools.list: cannot open: No such file");
	unlink(path);
	file_text("pools.list", "");
	assert_int_equal(chmod(path, 0664), 0);
	assert_refused("pools.list: can be written by its group or by others");
	assert_int_equal(chmod(path, 0646), 0);
	assert_refused("pools.list: can be written by its group or by others");
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(truncate(path, (64 << 20) + 1), 0);
	assert_refused("pools.list: is larger than 64 MiB");
	unlink(path);
	path_of("ports.list", other);
	file_text("ports.list", "x\n");
	file_text("pools.list", "y\n");
	assert_refused("ports.list:1: not a port");
	assert_refused("pools.list:1: not HOST");
}

static void test_owner(void **state)
{
	char path[256];

	(void)state;
	if (getuid() != 0) {
		print_message("skipped: only root can give a file away\n");
		skip();
	}
	file_text("pools.list", "");
	path_of("pools.list", path);
	assert_int_equal(chown(path, 65534, 0), 0);
	assert_refused("pools.list: belongs neither to root");
}

static void test_lines(void **state)
{
	static const char nul[] = "ok\nbad\0row\n";
	char *line = malloc((1 << 20) + 1);

	(void)state;
	assert_non_null(line);
	memset(line, 'a', 1 << 20);
	line[1 << 20] = '\n';
	file_write("names.list", line, (1 << 20) + 1);
	assert_refused("names.list:1: line is longer than 4096 bytes");
	memset(line, '#', 4097);
	file_write("names.list", line, 4097);
	assert_refused("names.list:1: line is longer than 4096 bytes");
	file_write("names.list", line, 4096);
	rules_free(load_sound());
	file_write("names.list", nul, sizeof(nul) - 1);
	assert_refused("names.list:2: control character 0x00 in byte 4");
	free(line);
}

static void test_problems_are_capped(void **state)
{
	char text[3 * 150 + 1];
	struct rules *rules = NULL;
	unsigned lines = 0;

	(void)state;
	for (unsigned i = 0; i < 150; i++)
		memcpy(text + 3 * i, "a/\n", 4);
	file_text("names.list", text);
	assert_int_equal(load(&rules), -EINVAL);
	for (const char *c = told; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 101);
	assert_non_null(strstr(told, "names.list:100: "));
	assert_non_null(strstr(told, "\n50 more problems\n"));
}

/* As the kubelet lays out a ConfigMap. */
static void config_map_make(void)
{
	char path[256];

	path_of("..2026_01_31", path);
	assert_int_equal(mkdir(path, 0755), 0);
	file_text("..2026_01_31/pools.add.list", "127.0.0.1:13333\n");
	path_of("..data", path);
	assert_int_equal(symlink("..2026_01_31", path), 0);
	path_of("pools.add.list", path);
	assert_int_equal(symlink("..data/pools.add.list", path), 0);
	assert_int_equal(chmod(directory, 0777), 0);
}

static void test_config_map(void **state)
{
	struct rules *rules;

	(void)state;
	config_map_make();
	rules = load_sound();
	assert_non_null(pool_at(rules, "127.0.0.1", 13333));
	rules_free(rules);
}

/* Where the kernel or a filter refuses openat2, plain files load and links do not. */
static int load_without_openat2(unsigned error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {COUNT(code), code};
	struct rules *rules = NULL;
	FILE *out = fopen("/dev/null", "we");
	int err;

	if (!out || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return 99;
	err = rules_load(directory, out, &rules);
	rules_free(rules);
	fclose(out);
	return -err;
}

static int child_load(unsigned error)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(load_without_openat2(error));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_without_openat2(void **state)
{
	char path[256], target[256];

	(void)state;
	file_text("pools.list", "127.0.0.1\n");
	assert_int_equal(child_load(ENOSYS), 0);
	assert_int_equal(child_load(EPERM), 0);
	/* Sound but for the link: the link alone is what is refused. */
	file_text("..pools", "127.0.0.1\n");
	path_of("pools.list", path);
	path_of("..pools", target);
	unlink(path);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(child_load(ENOSYS), EINVAL);
	assert_int_equal(child_load(EPERM), EINVAL);
}

static void test_directory(void **state)
{
	struct rules *rules = NULL;

	(void)state;
	rmdir(directory);
	assert_int_equal(load(&rules), -ENOENT);
	assert_non_null(strstr(told, "cannot open"));
	close(open(directory, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(load(&rules), -ENOTDIR);
	assert_null(rules);
}

static void digest_keep(uint8_t digest[32])
{
	struct rules *rules = load_sound();

	memcpy(digest, rules_digest(rules), 32);
	rules_free(rules);
}

static void test_digest(void **state)
{
	uint8_t first[32], second[32];

	(void)state;
	digest_keep(first);
	assert_memory_equal(first, rules_digest(embedded), 32);
	weights_write("weight", "weight"); /* replaced by the same bytes */
	digest_keep(second);
	assert_memory_equal(first, second, 32);
	file_text("pools.add.list", "");
	digest_keep(second);
	assert_memory_not_equal(first, second, 32);
	file_text("pools.add.list", "127.0.0.1\n");
	digest_keep(first);
	assert_memory_not_equal(first, second, 32);
	file_text("pools.add.list", "127.0.0.2\n");
	digest_keep(second);
	assert_memory_not_equal(first, second, 32);
}

/* Worked out by hand from what include/rules.h says. */
static void test_digest_definition(void **state)
{
	uint8_t expected[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state sum;

	(void)state;
	crypto_hash_sha256_init(&sum);
	for (unsigned i = 0; i < RULES_KINDS; i++)
		for (unsigned j = 0; j < embedded_rules_count; j++) {
			const struct embedded_file *file = &embedded_rules[j];
			uint64_t len = htole64(file->len);

			if (strcmp(file->name, rules_kinds[i].name) != 0)
				continue;
			crypto_hash_sha256_update(
				&sum, (const uint8_t *)file->name, strlen(file->name) + 1);
			crypto_hash_sha256_update(&sum, (const uint8_t *)&len, sizeof(len));
			crypto_hash_sha256_update(&sum, file->data, file->len);
		}
	crypto_hash_sha256_final(&sum, expected);
	assert_memory_equal(rules_digest(embedded), expected, sizeof(expected));
}

static void test_describe(void **state)
{
	struct rules *rules;
	char expected[256];
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	file_text("names.list", "one\ntwo\n");
	file_text("schemes.add.list", "mine://\n");
	rules = load_sound();
	rules_describe(rules, out);
	fclose(out);
	snprintf(expected, sizeof(expected), "names.list: 2 rows, %s/names.list\n", directory);
	assert_non_null(strstr(text, expected));
	snprintf(
		expected, sizeof(expected), " rows, embedded and %s/schemes.add.list\n", directory);
	assert_non_null(strstr(text, expected));
	assert_non_null(strstr(text, "\nports.list: 55 rows, embedded\n"));
	free(text);
	rules_free(rules);
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, directory_make, directory_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_option),
		cmocka_unit_test(test_scheme),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_port),
		cmocka_unit_test(test_pool_host),
		cmocka_unit_test(test_weak_evidence_stays_below_medium),
		cmocka_unit_test(test_sources),
		IN_DIRECTORY(test_pool_address),
		IN_DIRECTORY(test_replace_and_extend),
		IN_DIRECTORY(test_rows_refused),
		IN_DIRECTORY(test_weights_refused),
		IN_DIRECTORY(test_groups_are_bounded),
		IN_DIRECTORY(test_weights_repeated),
		IN_DIRECTORY(test_weights),
		IN_DIRECTORY(test_file_kinds),
		IN_DIRECTORY(test_owner),
		IN_DIRECTORY(test_lines),
		IN_DIRECTORY(test_problems_are_capped),
		IN_DIRECTORY(test_config_map),
		IN_DIRECTORY(test_without_openat2),
		IN_DIRECTORY(test_directory),
		IN_DIRECTORY(test_digest),
		cmocka_unit_test(test_digest_definition),
		IN_DIRECTORY(test_describe),
	};

	memset(huge, 'a', sizeof(huge));
	return cmocka_run_group_tests(tests, embedded_load, embedded_free);
}
