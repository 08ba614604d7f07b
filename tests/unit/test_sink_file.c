/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a line which is sent again stands in the file once, whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alert.h"
#include "sink.h"
#include "trace_fixture.h"

static void sent_again(void **state)
{
	static const struct {
		const char *before, *line, *after;
	} rows[] = {
		{"", "{a}\n", "{a}\n"},
		{"{a}\n", "{a}\n", "{a}\n"},
		{"{a}\n", "{b}\n", "{a}\n{b}\n"},
		{"{a}\n{b}\n", "{a}\n", "{a}\n{b}\n"},
		/* the end of another line is no line */
		{"x{a}\n", "{a}\n", "x{a}\n{a}\n"},
		{"x{a}\n{a}\n", "{a}\n", "x{a}\n{a}\n"},
		/* torn by the end of who wrote it */
		{"{", "{a}\n", "{a}\n"},
		{"{a}", "{a}\n", "{a}\n"},
		{"{b}\n{a", "{a}\n", "{b}\n{a}\n"},
		{"{b}\n{c", "{a}\n", "{b}\n{c\n{a}\n"},
		{"{b}\n{abcdef", "{a}\n", "{b}\n{abcdef\n{a}\n"},
		/* one that comes after it may be the torn one */
		{"{a}\n{c", "{a}\n", "{a}\n{c"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = scratch_path("alerts");
		struct sink sink;
		char *text;
		size_t len;

		file_write(path, rows[i].before, strlen(rows[i].before));
		assert_int_equal(sink_open(path, &sink), 0);
		assert_int_equal(sink_write_again(&sink, rows[i].line, strlen(rows[i].line)), 0);
		sink_close(&sink);
		text = file_read(path, &len);
		if (len != strlen(rows[i].after) || memcmp(text, rows[i].after, len) != 0)
			fail_msg("row %zu: %.*s", i, (int)len, text);
		free(text);
	}
}

/* As many lines as a run hands on, each as long as can be, are found. */
static void as_far_back_as_need_be(void **state)
{
	const char *path = scratch_path("long");
	static char line[ALERT_LINE_MAX];
	struct sink sink;

	(void)state;
	unlink(path);
	assert_int_equal(sink_open(path, &sink), 0);
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\n';
	for (unsigned i = 0; i < 70; i++) {
		memcpy(line, &i, sizeof(i));
		line[0] = (char)('0' + i); /* no newline */
		assert_int_equal(sink_write(&sink, line, sizeof(line)), 0);
	}
	for (unsigned i = 6; i < 70; i++) {
		memcpy(line, &i, sizeof(i));
		line[0] = (char)('0' + i);
		assert_int_equal(sink_write_again(&sink, line, sizeof(line)), 0);
	}
	assert_int_equal(lseek(sink.fd, 0, SEEK_END), 70 * sizeof(line));
	sink_close(&sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sent_again),
		cmocka_unit_test(as_far_back_as_need_be),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
