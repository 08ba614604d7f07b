/* SPDX-License-Identifier: Apache-2.0 */
/* Tests Keccak-256 against published digests and those of tests/tools/test_wallets.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core_fixture.h"
#include "util/keccak256.h"

/* Lengths around one block of 136 bytes: where the padding's two ends meet, and where they do not.
 */
static const struct {
	const char *text;
	size_t repeated;
	const char *digest;
} rows[] = {
	{"", 1, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
	{"abc", 1, "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"},
	{"a", 135, "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446"},
	{"a", 136, "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e"},
	{"a", 137, "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39"},
	{"a", 300, "5b7e0e47a96f32a88b4f14ca177982790807c40e1a105742ba0fc1babe1ef826"},
};

static void digests(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[301] = "", hex[2 * KECCAK256_SIZE + 1];
		uint8_t digest[KECCAK256_SIZE];

		for (size_t n = 0; n < rows[i].repeated; n++)
			strcat(text, rows[i].text);
		keccak256((const uint8_t *)text, strlen(text), digest);
		for (size_t n = 0; n < sizeof(digest); n++)
			snprintf(hex + 2 * n, 3, "%02x", digest[n]);
		assert_string_equal(hex, rows[i].digest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(digests)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
