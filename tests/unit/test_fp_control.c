/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which control words are RandomX's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/fp_control.h"

static void modes(void **state)
{
	static const struct {
		const char *name;
		enum fp_machine machine;
		uint32_t word;
		int expected;
	} rows[] = {
		{"XMRig, to nearest", FP_X86, 0x9fc0, 0},
		{"XMRig, down", FP_X86, 0xbfc0, 1},
		{"XMRig, up", FP_X86, 0xdfc0, 2},
		{"XMRig, to zero", FP_X86, 0xffc0, 3},
		{"sticky bits", FP_X86, 0xffff, 3},
		{"not known", FP_X86, 0, -1},
		{"a process' first", FP_X86, 0x1f80, -1},
		{"fesetround down", FP_X86, 0x3f80, -1},
		{"fesetround up", FP_X86, 0x5fa1, -1},
		{"fesetround to zero", FP_X86, 0x7fbf, -1},
		{"flush to zero alone", FP_X86, 0xbf80, -1},
		{"denormals are zero alone", FP_X86, 0x3fc0, -1},
		{"an exception unmasked", FP_X86, 0xbf40, -1},
		{"invalid unmasked", FP_X86, 0xbfc0 & ~0x80u, -1},
		{"bits that do not exist", FP_X86, 0x1bfc0, -1},
		{"arm64, to nearest", FP_ARM64, 0, 0},
		{"arm64, up", FP_ARM64, 1u << 22, 1},
		{"arm64, flushed, to zero", FP_ARM64, 7u << 22, 3},
		{"another machine", FP_NONE, 0xffc0, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (fp_randomx_mode(rows[i].machine, rows[i].word) != rows[i].expected)
			fail_msg("%s: %d", rows[i].name,
				fp_randomx_mode(rows[i].machine, rows[i].word));
}

static void machines(void **state)
{
	(void)state;
	assert_int_equal(fp_machine("x86_64"), FP_X86);
	assert_int_equal(fp_machine("aarch64"), FP_ARM64);
	assert_int_equal(fp_machine("riscv64"), FP_NONE);
	assert_int_equal(fp_machine(""), FP_NONE);
}

/* The canary must be evidence against nobody. */
static void canary(void **state)
{
	(void)state;
	for (unsigned mode = 0; mode < FP_MODES; mode++) {
		uint32_t word = fp_canary_word(FP_X86, mode);

		assert_int_equal(fp_randomx_mode(FP_X86, word), -1);
		assert_true(fp_same(FP_X86, word, word | 0x21));
		assert_false(fp_same(FP_X86, word, 0x1f80));
		for (unsigned other = 0; other < mode; other++)
			assert_false(fp_same(FP_X86, word, fp_canary_word(FP_X86, other)));
	}
	assert_int_equal(fp_canary_word(FP_X86, 1), 0xbf80);
	assert_int_equal(fp_canary_word(FP_ARM64, 2), 6u << 22);
	assert_int_equal(fp_canary_word(FP_NONE, 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes),
		cmocka_unit_test(machines),
		cmocka_unit_test(canary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
