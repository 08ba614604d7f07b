// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules.c: embedded, replaced and extended lists, and their digest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <endian.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rules_fixture.h"

/* Every embedded row of a list says where it comes from. */
static void test_sources(void **state)
{
	(void)state;
	for (unsigned i = 0; i < embedded_rules_count; i++) {
		char *text = embedded_text(embedded_rules[i].name);
		size_t len;

		for (const char *line = text; *line; line += len + (line[len] == '\n')) {
			len = strcspn(line, "\n");
			if (len && *line != '#' &&
				strcmp(embedded_rules[i].name, "weights.conf") != 0)
				assert_non_null(memmem(line, len, " | ", 3)
							?: memmem(line, len, "\t| ", 3));
		}
		free(text);
	}
}

/* A scanner that reads our program must not find in it what it looks for in miners. */
static void test_packed(void **state)
{
	size_t count;
	const struct rules_pattern *patterns = rules_patterns(*state, &count);

	assert_true(count > 20);
	for (unsigned i = 0; i < embedded_rules_count; i++)
		for (size_t j = 0; j < count; j++)
			assert_null(memmem(embedded_rules[i].packed, embedded_rules[i].packed_len,
				patterns[j].bytes.data, patterns[j].bytes.len));
}

static void test_bundle(void **state)
{
	struct rules *rules = NULL;
	int fd = -1;

	directory_text("names.add.list", "miner-one\n");
	directory_text("digests.add.list",
		"abababababababababababababababababababababababababababababababab\n");
	assert_int_equal(rules_bundle(directory_name(), stderr, &fd), 0);
	/* What the other process opens is what was checked, even when the files are gone. */
	directory_text("names.add.list", "miner-two\n");
	assert_int_equal(write(fd, "x", 1), -1);
	assert_int_equal(rules_open(fd, stderr, &rules), 0);
	close(fd);
	assert_true(rules_name(rules, SPAN("miner-one")));
	assert_false(rules_name(rules, SPAN("miner-two")));
	assert_memory_not_equal(rules_digest(rules), rules_digest(*state), 32);
	rules_free(rules);
}

static void test_bundle_refused(void **state)
{
	struct rules *rules = NULL;
	int fd = memfd_create("test", MFD_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(rules_open(fd, stderr, &rules), -EBADMSG);
	assert_int_equal(ftruncate(fd, 1 << 20), 0);
	assert_int_equal(rules_open(fd, stderr, &rules), -EBADMSG);
	assert_null(rules);
	close(fd);
}

static void test_replace_and_extend(void **state)
{
	struct rules *rules;

	(void)state;
	directory_text("names.list",
		"# mine alone\r\nminer-one\r\n\r\n \t\r\nminer-one | twice\nminer#two # three");
	directory_text("names.add.list", "\xc3\xa9t\xe9\nminer-one\n");
	directory_text("options.add.list",
		"--donate-level strong required\n-Z generic none\n-own-pool medium required\n");
	directory_text("schemes.add.list", "mine://\n");
	directory_text("ports.add.list", "60000-60002\n65535\n");
	directory_text("pools.add.list", "Pool.Example.COM:3333 | mine\n127.0.0.1:13333\n");
	rules = directory_load_sound();
	assert_true(rules_name(rules, SPAN("miner-one")));
	assert_true(rules_name(rules, SPAN("miner#two")));
	assert_true(rules_name(rules, SPAN("\xc3\xa9t\xe9")));
	assert_false(rules_name(rules, SPAN("three")));
	assert_false(rules_name(rules, SPAN("xmrig")));
	assert_int_equal(rules_option(rules, SPAN("-Z"), NULL), OPTION_GENERIC);
	assert_int_equal(rules_option(rules, SPAN("-own-pool"), NULL), OPTION_MEDIUM);
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

static void digest_keep(uint8_t digest[32])
{
	struct rules *rules = directory_load_sound();

	memcpy(digest, rules_digest(rules), 32);
	rules_free(rules);
}

static void test_digest(void **state)
{
	uint8_t first[32], second[32];

	digest_keep(first);
	assert_memory_equal(first, rules_digest(*state), 32);
	directory_weights("weight", "weight"); /* replaced by the same bytes */
	digest_keep(second);
	assert_memory_equal(first, second, 32);
	directory_text("pools.add.list", "");
	digest_keep(second);
	assert_memory_not_equal(first, second, 32);
	directory_text("pools.add.list", "127.0.0.1\n");
	digest_keep(first);
	assert_memory_not_equal(first, second, 32);
	directory_text("pools.add.list", "127.0.0.2\n");
	digest_keep(second);
	assert_memory_not_equal(first, second, 32);
}

/* Worked out by hand from what include/rules.h says. */
static void test_digest_definition(void **state)
{
	uint8_t expected[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state sum;

	crypto_hash_sha256_init(&sum);
	for (unsigned i = 0, round = 0; round < 2; i = (i + 1) % RULES_KINDS, round += i == 0)
		for (unsigned j = 0; j < embedded_rules_count; j++) {
			const struct embedded_file *file = &embedded_rules[j];
			uint64_t len = htole64(file->len);
			char *text;

			if (strcmp(file->name, rules_kinds[i].name) != 0 ||
				rules_kinds[i].feed != (round == 1))
				continue;
			text = embedded_text(file->name);
			crypto_hash_sha256_update(
				&sum, (const uint8_t *)file->name, strlen(file->name) + 1);
			crypto_hash_sha256_update(&sum, (const uint8_t *)&len, sizeof(len));
			crypto_hash_sha256_update(&sum, (const uint8_t *)text, file->len);
			free(text);
		}
	crypto_hash_sha256_final(&sum, expected);
	assert_memory_equal(rules_digest(*state), expected, sizeof(expected));
}

static void test_describe(void **state)
{
	struct rules *rules;
	char expected[256];
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	directory_text("names.list", "one\ntwo\n");
	directory_text("schemes.add.list", "mine://\n");
	rules = directory_load_sound();
	rules_describe(rules, out);
	fclose(out);
	snprintf(expected, sizeof(expected), "names.list: 2 rows, %s/names.list\n",
		directory_name());
	assert_non_null(strstr(text, expected));
	snprintf(expected, sizeof(expected), " rows, embedded and %s/schemes.add.list\n",
		directory_name());
	assert_non_null(strstr(text, expected));
	assert_non_null(strstr(text, "\nports.list: 44 rows, embedded\n"));
	free(text);
	rules_free(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_packed),
		IN_DIRECTORY(test_bundle),
		cmocka_unit_test(test_bundle_refused),
		IN_DIRECTORY(test_replace_and_extend),
		IN_DIRECTORY(test_digest),
		cmocka_unit_test(test_digest_definition),
		IN_DIRECTORY(test_describe),
	};

	return cmocka_run_group_tests(tests, embedded_load, embedded_free);
}
