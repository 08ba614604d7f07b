/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the bytes the JSON writer makes, and that it stays inside its buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "util/json_writer.h"
#include "util/span.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES(literal)                       \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

static const struct {
	const char *name;
	struct span input;
	const char *expected; /* of json_put_text under the key "k" */
} strings[] = {
	{"empty", {NULL, 0}, "{\"k\":\"\"}"},
	{"plain", BYTES("abc"), "{\"k\":\"abc\"}"},
	{"quote and backslash", BYTES("a\"b\\c"), "{\"k\":\"a\\\"b\\\\c\"}"},
	{"newline", BYTES("a\nb"), "{\"k\":\"a\\u000ab\"}"},
	{"NUL", BYTES("a\0b"), "{\"k\":\"a\\u0000b\"}"},
	{"escape sequence", BYTES("\x1b[2J"), "{\"k\":\"\\u001b[2J\"}"},
	{"delete", BYTES("\x7f"), "{\"k\":\"\\u007f\"}"},
	{"C1 control", BYTES("\xc2\x9b"), "{\"k\":\"\\u009b\"}"},
	{"line separator", BYTES("\xe2\x80\xa8"), "{\"k\":\"\\u2028\"}"},
	{"right-to-left override", BYTES("\xe2\x80\xae"), "{\"k\":\"\\u202e\"}"},
	{"isolate", BYTES("\xe2\x81\xa6"), "{\"k\":\"\\u2066\"}"},
	{"umlaut", BYTES("\xc3\xa4"), "{\"k\":\"\xc3\xa4\"}"},
	{"four bytes", BYTES("\xf0\x9f\x98\x80"), "{\"k\":\"\xf0\x9f\x98\x80\"}"},
	{"U+FFFD itself has no twin", BYTES("\xef\xbf\xbd"), "{\"k\":\"\xef\xbf\xbd\"}"},
	{"invalid byte", BYTES("a\xff"), "{\"k\":\"a\xef\xbf\xbd\",\"k_hex\":\"61ff\"}"},
	{"one mark a byte", BYTES("\xe2\x82"),
		"{\"k\":\"\xef\xbf\xbd\xef\xbf\xbd\",\"k_hex\":\"e282\"}"},
	{"surrogate", BYTES("\xed\xa0\x80"),
		"{\"k\":\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\",\"k_hex\":\"eda080\"}"},
	{"invalid and control", BYTES("\x01\xff"),
		"{\"k\":\"\\u0001\xef\xbf\xbd\",\"k_hex\":\"01ff\"}"},
};

static void test_strings(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(strings); i++) {
		struct json_writer json;
		char buffer[128];

		json_init(&json, buffer, sizeof(buffer));
		json_object_begin(&json, NULL);
		json_put_text(&json, "k", strings[i].input);
		json_object_end(&json);
		if (json.full ||
			!span_equal((struct span){buffer, json.len}, span_of(strings[i].expected)))
			fail_msg("%s: %.*s", strings[i].name, (int)json.len, buffer);
	}
}

static void write_example(struct json_writer *json)
{
	json_object_begin(json, NULL);
	json_put_integer(json, "least", INT64_MIN);
	json_put_unsigned(json, "most", UINT64_MAX);
	json_put_decimal(json, "small", 7);
	json_put_decimal(json, "weight", 850);
	json_put_decimal(json, "long", UINT64_MAX);
	json_put_bool(json, "yes", true);
	json_put_bool(json, "no", false);
	json_array_begin(json, "list");
	json_put_word(json, NULL, "a");
	json_object_begin(json, NULL);
	json_object_end(json);
	json_array_begin(json, NULL);
	json_put_unsigned(json, NULL, 1);
	json_put_unsigned(json, NULL, 2);
	json_array_end(json);
	json_array_end(json);
	json_put_hex(json, "hex", (struct span){"\x00\xab", 2});
	json_object_end(json);
	json_put_newline(json);
}

static const char example[] =
	"{\"least\":-9223372036854775808,\"most\":9223372036854775807,\"small\":0.007,"
	"\"weight\":0.850,\"long\":18446744073709551.615,\"yes\":true,\"no\":false,"
	"\"list\":[\"a\",{},[1,2]],\"hex\":\"00ab\"}\n";

static void test_shape(void **state)
{
	struct json_writer json;
	char buffer[sizeof(example)];

	(void)state;
	json_init(&json, buffer, sizeof(buffer));
	write_example(&json);
	assert_false(json.full);
	assert_int_equal(json.len, strlen(example));
	assert_memory_equal(buffer, example, json.len);
}

/* Whatever the size, full says the truth and not one byte beyond is touched. */
static void test_bounds(void **state)
{
	(void)state;
	for (size_t size = 0; size <= strlen(example) + 1; size++) {
		struct json_writer json;
		char buffer[sizeof(example) + 8];

		memset(buffer, '#', sizeof(buffer));
		json_init(&json, buffer, size);
		write_example(&json);
		assert_int_equal(json.full, size < strlen(example));
		assert_true(json.len <= size);
		for (size_t i = size; i < sizeof(buffer); i++)
			assert_int_equal(buffer[i], '#');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
