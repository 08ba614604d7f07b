// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules_feed.c: the forms of a feed, and what is refused in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules_feed.h"
#include "rules_fixture.h"

#define A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define B "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define B_UPPER "FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210"

static const uint8_t a[32] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45,
	0x67, 0x89, 0xab, 0xcd, 0xef};
static const uint8_t b[32] = {0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10, 0xfe, 0xdc, 0xba,
	0x98, 0x76, 0x54, 0x32, 0x10};

static void test_forms(void **state)
{
	static const struct {
		const char *name, *text;
		bool has_a, has_b;
		size_t rows;
	} rows[] = {
		{"plain", A "\n" B "\n", true, true, 2},
		{"no newline at the end", A, true, false, 1},
		{"CRLF and blanks", "  " A "\t\r\n\r\n" B_UPPER " \r\n", true, true, 2},
		{"sha256sum", A "  ./miner\n" B " *C:\\x.exe\n", true, true, 2},
		{"sha256sum, escaped name", "\\" A "  new\\nline\n", true, false, 1},
		{"with a source", "# comment\n" A " | somewhere\n", true, false, 1},
		{"CSV", "date,sha256,name\n2026,\"" A "\",\"x, y\"\n2026," B ",z\n", true, true, 2},
		{"CSV, heading in a comment",
			"# \"first_seen\", \"sha256_hash\"\n\"2026\", \"" A "\"\n", true, false, 1},
		{"CSV, upper case heading", "MD5,SHA256\nx," A "\n", true, false, 1},
		{"CSV, a named column", "# column: file hash\nsha256,file hash\n" B "," A "\n",
			true, false, 1},
		{"CSV of one column", "sha256\n" A "\n\"" B "\"\n", true, true, 2},
		{"CSV of one column, named", "# column: sha256\nsha256\n" A "\n", true, false, 1},
		{"CSV of one quoted column", "\"SHA256_hash\"\n\"" A "\"\n", true, false, 1},
		{"a comment like a heading, digests alone",
			"# columns: md5, sha1, sha256\n" A "\n" B "\n", true, true, 2},
		{"a comment like a heading, sha256sum", "# md5, sha256\n" A "  a,b\n" B " *c\n",
			true, true, 2},
		{"one word as a comment, sha256sum", "# sha256\n" A "  ./miner\n", true, false, 1},
		{"a comma in a file's name", A "  a,b\n", true, false, 1},
		{"the same twice", A "\n" A "\n", true, false, 2},
		{"empty", "", false, false, 0},
		{"comments alone", "# sha256\n", false, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rules *rules;

		print_message("%s\n", rows[i].name);
		directory_text("digests.list", rows[i].text);
		rules = directory_load_sound();
		assert_int_equal(rules_digest_listed(rules, a) != NULL, rows[i].has_a);
		assert_int_equal(rules_digest_listed(rules, b) != NULL, rows[i].has_b);
		rules_free(rules);
	}
}

static void test_refused(void **state)
{
	static const struct refusal rows[] = {
		{"digests.add.list", "abc\n", "digests.add.list:1: not a SHA-256"},
		{"digests.add.list", A "\n" A "0\n", "digests.add.list:2: not a SHA-256"},
		{"digests.add.list", "\n\n0x" A "\n", "digests.add.list:3: not a SHA-256"},
		{"digests.add.list", "name,sha256\nonly one field\n",
			"digests.add.list:2: not a SHA-256"},
		{"digests.add.list", "# name, sha256\nonly one field\n",
			"digests.add.list:2: not a SHA-256 in 64 hexadecimal digits: only one"},
		{"digests.add.list", "# name, sha256\nx," B "\n" A "\n",
			"digests.add.list:3: not a SHA-256"},
		{"digests.add.list", "name,md5\nx," A "\n", "digests.add.list:1: not a SHA-256"},
		{"digests.add.list", A "\nname,sha256\n", "digests.add.list:2: not a SHA-256"},
		{"digests.add.list", A "\001\n", "digests.add.list:1: control character 0x01"},
		{"digests.add.list", "# column: \n",
			"digests.add.list:1: not the name of a column"},
	};
	char *line = calloc(1, RULES_LINE_MAX + 80);

	(void)state;
	assert_rows_refused(rows, COUNT(rows));
	assert_non_null(line);
	memset(line, '#', RULES_LINE_MAX);
	strcpy(line + RULES_LINE_MAX, "\n" A "\n");
	directory_text("digests.add.list", line);
	rules_free(directory_load_sound());
	memset(line, '#', RULES_LINE_MAX + 1);
	strcpy(line + RULES_LINE_MAX + 1, "\n" A "\n");
	directory_text("digests.add.list", line);
	assert_refused("digests.add.list:1: line is longer than 4096 bytes");
	free(line);
}

static void test_which_list(void **state)
{
	struct rules *rules;

	(void)state;
	directory_text("digests.add.list", A "\n");
	rules = directory_load_sound();
	assert_string_equal(rules_digest_listed(rules, a), "digests.add.list");
	assert_null(rules_digest_listed(rules, b));
	rules_free(rules);
}

/* Every row is found, however the pieces fall. */
static void test_many(void **state)
{
	enum { ROWS = 5003 }; /* more than are written at a time */
	uint8_t digest[32] = {0};
	struct rules *rules;
	size_t len = 0;
	char *text = malloc(ROWS * 65 + 1);

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < ROWS; i++)
		len += (size_t)sprintf(text + len, "%08x%056x\n", i * 2654435761u, 0);
	directory_write("digests.list", text, len);
	rules = directory_load_sound();
	for (unsigned i = 0; i < ROWS; i++) {
		uint32_t word = i * 2654435761u;

		for (unsigned j = 0; j < 4; j++)
			digest[j] = (uint8_t)(word >> (24 - 8 * j));
		assert_non_null(rules_digest_listed(rules, digest));
		digest[15] = 1;
		assert_null(rules_digest_listed(rules, digest));
		digest[15] = 0;
	}
	rules_free(rules);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_forms),
		IN_DIRECTORY(test_refused),
		IN_DIRECTORY(test_which_list),
		IN_DIRECTORY(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
