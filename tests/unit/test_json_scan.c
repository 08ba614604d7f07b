/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how JSON is walked over: well-formed, broken, cut off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core_fixture.h"
#include "util/span.h"
#include "wire/json_scan.h"

static char walked[4096];

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *format, ...)
{
	size_t len = strlen(walked);
	va_list args;

	va_start(args, format);
	vsnprintf(walked + len, sizeof(walked) - len, format, args);
	va_end(args);
}

/* Every value as "place=value", the place as "key/2/key", separated by blanks. */
static const char *walk(struct span bytes)
{
	struct json_scan scan;
	struct json_item item;

	walked[0] = '\0';
	json_scan_init(&scan, bytes);
	while (json_scan_next(&scan, &item)) {
		note("%s", walked[0] ? " " : "");
		for (unsigned i = 0; i < item.depth; i++) {
			const struct json_level *level = &scan.levels[i];

			note("%s", i ? "/" : "");
			if (level->array)
				note("%u", level->index);
			else
				note("%.*s", (int)level->key.len, level->key.data);
		}
		if (item.kind == JSON_OBJECT || item.kind == JSON_ARRAY)
			note("=%c", item.kind == JSON_OBJECT ? '{' : '[');
		else
			note("=%s%.*s%s", item.kind == JSON_STRING ? "'" : "", (int)item.text.len,
				item.text.data, item.cut ? "~" : "");
	}
	return walked;
}

static const struct {
	const char *name, *text, *walked;
} rows[] = {
	{"nothing", "", ""},
	{"blanks", " \r\n\t", ""},
	{"object", "{\"a\":1,\"b\":\"x\"}", "={ a=1 b='x"},
	{"spaces", "\n { \"a\" : 1 ,\r\n\t\"b\" : \"x\" } ", "={ a=1 b='x"},
	{"array", "[1,[2,\"x\"],{}]", "=[ 0=1 1=[ 1/0=2 1/1='x 2={"},
	{"nested", "{\"a\":{\"b\":[{\"c\":1}]},\"d\":2}", "={ a={ a/b=[ a/b/0={ a/b/0/c=1 d=2"},
	{"two lines", "{\"a\":1}\n{\"b\":2}\n", "={ a=1 ={ b=2"},
	{"one line, two values", "{\"a\":1}{\"b\":2}", "={ a=1 ={ b=2"},
	{"words", "[null,true,-1e999999999999999999,x]",
		"=[ 0=null 1=true 2=-1e999999999999999999 3=x"},
	{"escapes stay", "{\"a\\\"b\":\"c\\\\\",\"d\":\"\\u0065\"}", "={ a\\\"b='c\\\\ d='\\u0065"},
	{"empty strings", "{\"\":\"\"}", "={ ='"},
	{"the same key again", "{\"a\":1,\"a\":2}", "={ a=1 a=2"},
	/* what no parser need take */
	{"trailing commas", "{\"a\":[1,],}", "={ a=[ a/0=1"},
	{"no commas", "{\"a\" 1}", "={ a=1"},
	{"bare key", "{a:1}", "={ a=1"},
	{"closed by the other bracket", "{\"a\":[1},\"b\":2}", "={ a=[ a/0=1 b=2"},
	{"closed once too often", "{\"a\":1}}\n{\"b\":2}", "={ a=1 ={ b=2"},
	{"text before", "hello {\"a\":1}\n{\"b\":2}", "={ b=2"},
	{"text behind", "{\"a\":1} hello {\"c\":3}\n{\"b\":2}", "={ a=1 ={ b=2"},
	{"a line break in a string", "{\"a\":\"x\n{\"b\":2}", "={ a='x~ ={ b=2"},
	{"a line break behind a backslash", "{\"a\":\"x\\\n{\"b\":2}", "={ a='x\\~ ={ b=2"},
	{"a line break in a key", "{\"a\n{\"b\":2}", "={ ={ b=2"},
	{"left open before a key", "{\n{\"b\":2}", "={ ={ b=2"},
	{"left open behind a value", "{\"a\":1,\n{\"b\":2}", "={ a=1 ={ b=2"},
	/* one left open where a value should be cannot be told from one spread over lines */
	{"left open before a value", "{\"a\":\n{\"b\":2}", "={ a={ a/b=2"},
	/* cut off */
	{"in a string", "{\"a\":\"x", "={ a='x~"},
	{"in an escape", "{\"a\":\"x\\", "={ a='x\\~"},
	{"behind the quote", "{\"a\":\"", "={ a='~"},
	{"in a key", "{\"a", "={"},
	{"in a word", "{\"a\":12", "={ a=12~"},
	{"behind the colon", "{\"a\":", "={"},
	/* deep */
	{"eight", "[[[[[[[[1,\"x\"]]]]]]]]",
		"=[ 0=[ 0/0=[ 0/0/0=[ 0/0/0/0=[ 0/0/0/0/0=[ 0/0/0/0/0/0=[ 0/0/0/0/0/0/0=[ "
		"0/0/0/0/0/0/0/0=1 0/0/0/0/0/0/0/1='x"},
	{"the ninth is walked over", "{\"a\":[[[[[[[[{\"b\":1},\"x\",2]]]]]]]],\"c\":3}",
		"={ a=[ a/0=[ a/0/0=[ a/0/0/0=[ a/0/0/0/0=[ a/0/0/0/0/0=[ a/0/0/0/0/0/0=[ "
		"a/0/0/0/0/0/0/0=[ c=3"},
};

static void walks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(walk(span_of(rows[i].text)), rows[i].walked) != 0)
			fail_msg("%s: %s", rows[i].name, walked);
}

static const struct {
	const char *text, *word;
	bool text_is, key_is;
} words[] = {
	{"login", "login", true, true},
	{"LogIn", "login", false, true},
	{"login", "logins", false, false},
	{"logins", "login", false, false},
	{"", "login", false, false},
	{"", "", true, true},
	{"lo\\u0067in", "login", true, true},
	{"l\\u006Fg\\u0069n", "login", true, true},
	{"lo\\u0047in", "login", false, true},
	{"\\u006c\\u006f\\u0067\\u0069\\u006e", "login", true, true},
	{"lo\\u1067in", "login", false, false},
	{"lo\\u006gin", "login", false, false},
	{"lo\\u00", "login", false, false},
	{"logi\\", "login", false, false},
	{"logi\\n", "login", false, false},
	{"rx\\/0", "rx/0", true, true},
	{"a\\\"b\\\\", "a\"b\\", true, true},
	{"lo\xc3\xa7in", "login", false, false},
};

static void compares(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		if (json_text_is(span_of(words[i].text), words[i].word) != words[i].text_is)
			fail_msg("text %s", words[i].text);
		if (json_key_is(span_of(words[i].text), words[i].word) != words[i].key_is)
			fail_msg("key %s", words[i].text);
	}
	assert_false(json_text_is((struct span){"login\0", 6}, "login"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(walks), cmocka_unit_test(compares)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
