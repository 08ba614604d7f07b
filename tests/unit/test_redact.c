/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which texts and keys give the same hash, and which keys are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "core_fixture.h"
#include "util/redact.h"
#include "util/span.h"

/* main.c's table is not linked here. */
const struct command commands[] = {{0}};

#define KEY_FILE_BYTES "0123456789abcdef0123456789abcdef"

static struct redactor derived(struct span bytes)
{
	struct redactor redactor;

	redactor_derive(bytes, &redactor);
	return redactor;
}

static const char *hash_of(const struct redactor *redactor, struct span text)
{
	static char hash[2][REDACTED_LEN + 1];
	static unsigned turn;

	turn = !turn;
	redact(redactor, text, hash[turn]);
	return hash[turn];
}

/* Computed with Python's hashlib: blake2b(text, digest_size=16, key=blake2b(KEY, digest_size=32)).
 */
static const struct {
	struct span text;
	const char *hash;
} rows[] = {
	{{"", 0}, "redacted:e151bb62d46d618e"},
	{{NULL, 0}, "redacted:e151bb62d46d618e"},
	{{"wallet", 6}, "redacted:295f5e262ed1a6ba"},
	{{"wallet\0", 7}, "redacted:5b4df71c476333cc"},
	{{"\xff\xfe", 2}, "redacted:22b8922b74ba3f06"},
};

static void hashes(void **state)
{
	struct redactor redactor = derived(span_of(KEY_FILE_BYTES));

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(hash_of(&redactor, rows[i].text), rows[i].hash);
}

static void other_keys_give_other_hashes(void **state)
{
	struct redactor one = derived(span_of(KEY_FILE_BYTES)),
			two = derived(span_of(KEY_FILE_BYTES "\n")), three, four;

	(void)state;
	assert_int_equal(redactor_random(&three), 0);
	assert_int_equal(redactor_random(&four), 0);
	assert_string_not_equal(hash_of(&one, span_of("wallet")), hash_of(&two, span_of("wallet")));
	assert_string_not_equal(
		hash_of(&one, span_of("wallet")), hash_of(&three, span_of("wallet")));
	assert_string_not_equal(
		hash_of(&three, span_of("wallet")), hash_of(&four, span_of("wallet")));
}

/* What the file holds, and who may write it. */
static const struct {
	const char *name;
	size_t len;
	mode_t mode;
	bool taken;
} files[] = {
	{"as short as may be", 32, 0600, true},
	{"one byte less", 31, 0600, false},
	{"empty", 0, 0600, false},
	{"as long as may be", 65536, 0400, true},
	{"one byte more", 65537, 0600, false},
	{"its group may write it", 32, 0620, false},
	{"others may", 32, 0602, false},
};

static void key_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		char path[] = "/tmp/test_redact-XXXXXX", *bytes = calloc(1, files[i].len + 1);
		struct options options = {.redact = true, .redact_key = path};
		struct redactor read = {{0}}, expected;
		int fd = mkstemp(path);
		bool taken;

		assert_true(fd >= 0);
		memset(bytes, 'k', files[i].len);
		assert_int_equal(write(fd, bytes, files[i].len), files[i].len);
		assert_int_equal(fchmod(fd, files[i].mode), 0);
		taken = redactor_load_or_say(&options, &read);
		expected = derived((struct span){bytes, files[i].len});
		unlink(path);
		close(fd);
		free(bytes);
		if (taken != files[i].taken)
			fail_msg("%s", files[i].name);
		if (taken)
			assert_memory_equal(&read, &expected, sizeof(read));
	}
}

static void no_key_file(void **state)
{
	struct options options = {.redact = true, .redact_key = "/nonexistent/key"};
	struct redactor one = {{0}}, two = {{0}};

	(void)state;
	assert_false(redactor_load_or_say(&options, &one));
	options.redact_key = NULL;
	assert_true(redactor_load_or_say(&options, &one));
	assert_true(redactor_load_or_say(&options, &two));
	assert_memory_not_equal(&one, &two, sizeof(one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes),
		cmocka_unit_test(other_keys_give_other_hashes),
		cmocka_unit_test(key_files),
		cmocka_unit_test(no_key_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
