/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which mappings have RandomX's sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core_fixture.h"
#include "examiner/memory_shape.h"

#define MIB (UINT64_C(1) << 20)

struct line {
	uint64_t size;
	const char *rights, *rest;
};

#define ANONYMOUS "00000000 00:00 0 "

static void shapes(void **state)
{
	static const struct {
		const char *name;
		struct line lines[4]; /* ends with size 0 */
		unsigned datasets, caches, scratchpads, codes, huge_mib;
	} rows[] = {
		{"nothing", {{0}}, 0, 0, 0, 0, 0},
		{"dataset", {{2080 * MIB, "rw-p", ANONYMOUS}}, 1, 0, 0, 0, 0},
		{"a page less", {{2080 * MIB - 4096, "rw-p", ANONYMOUS}}, 0, 0, 0, 0, 0},
		{"dataset and cache joined", {{2338 * MIB, "rw-p", ANONYMOUS}}, 1, 0, 0, 0, 0},
		{"a large heap", {{4096 * MIB, "rw-p", ANONYMOUS}}, 0, 0, 0, 0, 0},
		{"dataset in three pages",
			{{3072 * MIB, "rw-p", "0 00:0f 77 /anon_hugepage (deleted)"}}, 1, 0, 0, 0,
			3072},
		{"cache", {{256 * MIB, "rw-p", ANONYMOUS}}, 0, 1, 0, 0, 0},
		{"cache and scratchpads joined", {{260 * MIB, "rw-p", ANONYMOUS}}, 0, 1, 0, 0, 0},
		{"a file of that size", {{256 * MIB, "rw-p", "0 fd:00 5 /data"}}, 0, 0, 0, 0, 0},
		{"only reserved", {{256 * MIB, "---p", ANONYMOUS}}, 0, 0, 0, 0, 0},
		{"scratchpads", {{2 * MIB, "rw-p", ANONYMOUS}, {8 * MIB, "rw-p", ANONYMOUS}}, 0, 0,
			5, 0, 0},
		{"a stack above its guard",
			{{4096, "---p", ANONYMOUS}, {8 * MIB, "rw-p", ANONYMOUS}}, 0, 0, 0, 0, 0},
		{"odd size", {{2 * MIB + 4096, "rw-p", ANONYMOUS}}, 0, 0, 0, 0, 0},
		{"made code", {{65536, "r-xp", ANONYMOUS}, {131072, "rwxp", ANONYMOUS}}, 0, 0, 0, 2,
			0},
		{"a runtime's code", {{2 * MIB, "r-xp", ANONYMOUS}}, 0, 0, 0, 0, 0},
		{"vdso", {{8192, "r-xp", ANONYMOUS "[vdso]"}}, 0, 0, 0, 0, 0},
		{"the first stack", {{2 * MIB, "rw-p", ANONYMOUS "[stack]"}}, 0, 0, 0, 0, 0},
		{"heap", {{256 * MIB, "rw-p", ANONYMOUS "[heap]"}}, 0, 1, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event_memory memory = {0};
		char text[1024];
		uint64_t at = 0x7f0000000000;
		size_t len = 0;

		text[0] = '\0';
		for (const struct line *line = rows[i].lines; line->size; line++) {
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%llx-%llx %s %s\n",
				(unsigned long long)at, (unsigned long long)(at + line->size),
				line->rights, line->rest);
			at += line->size;
		}
		memory_shape_read(text, &memory);
		if (memory.datasets != rows[i].datasets || memory.caches != rows[i].caches ||
			memory.scratchpads != rows[i].scratchpads ||
			memory.codes != rows[i].codes ||
			memory.huge_bytes != rows[i].huge_mib * MIB)
			fail_msg("%s: %u datasets, %u caches, %u scratchpads, %u codes",
				rows[i].name, memory.datasets, memory.caches, memory.scratchpads,
				memory.codes);
	}
}

static void hostile(void **state)
{
	static const char *const texts[] = {"\n\n", "x", "1-2 rw-p 0 0:0 0", "2-1 rw-p 0 0:0 0\n",
		"ffffffffffffffff-0 rwxp 0 0:0 0\n", "-\n", "1-2\n",
		"0-99999999999999999999 rwxp 0 0:0 0\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct event_memory memory = {0};

		memory_shape_read(texts[i], &memory);
		assert_int_equal(memory.datasets + memory.caches + memory.scratchpads, 0);
	}
}

/* A name of any length, of any bytes, is no more than a name. */
static void long_names(void **state)
{
	static char text[9000];
	struct event_memory memory = {0};
	int len = snprintf(text, sizeof(text), "1000-2000 r-xp 0 fd:00 5 /");

	(void)state;
	memset(text + len, 'a', 8000);
	strcpy(text + len + 8000, "\n10000000-20000000 rw-p 00000000 00:00 0 \n");
	memory_shape_read(text, &memory);
	assert_int_equal(memory.caches, 1);
	assert_int_equal(memory.codes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(hostile),
		cmocka_unit_test(long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
