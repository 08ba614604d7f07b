/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a start is given up for good for what the user wrote alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "options.h"

static void told_apart(void **state)
{
	static const struct {
		int err;
		enum exit_code expected;
	} rows[] = {
		{0, EXIT_OK},
		{-EINVAL, EXIT_USAGE},
		{-ENOENT, EXIT_USAGE},
		{-EEXIST, EXIT_USAGE},
		{-EACCES, EXIT_USAGE},
		{-EPERM, EXIT_USAGE},
		{-ELOOP, EXIT_USAGE},
		{-EISDIR, EXIT_USAGE},
		{-ENOTDIR, EXIT_USAGE},
		{-EMEDIUMTYPE, EXIT_USAGE}, /* pins not on bpffs */
		{-ENOSPC, EXIT_ENVIRONMENT},
		{-EDQUOT, EXIT_ENVIRONMENT},
		{-EROFS, EXIT_ENVIRONMENT},
		{-EIO, EXIT_ENVIRONMENT},
		{-ENOMEM, EXIT_ENVIRONMENT},
		{-EMFILE, EXIT_ENVIRONMENT},
		{-ENFILE, EXIT_ENVIRONMENT},
		{-EBUSY, EXIT_ENVIRONMENT},
		{-EADDRINUSE, EXIT_ENVIRONMENT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(exit_code_of(rows[i].err), rows[i].expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
