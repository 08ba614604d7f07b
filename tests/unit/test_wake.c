/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a wake which cannot be taken is told from one that is over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "util/wake.h"

static void wakes(void **state)
{
	uint64_t written = 7, taken = 0;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	assert_int_equal(wake_take(ends[0], &taken, sizeof(taken)), 0);
	assert_int_equal(write(ends[1], &written, sizeof(written)), sizeof(written));
	assert_int_equal(wake_take(ends[0], &taken, sizeof(taken)), 1);
	assert_int_equal(taken, 7);
	assert_int_equal(write(ends[1], &written, 3), 3);
	assert_int_equal(wake_take(ends[0], &taken, sizeof(taken)), -EPROTO);
	/* Nobody can write to it any more: readable for ever. */
	close(ends[1]);
	assert_int_equal(wake_take(ends[0], &taken, sizeof(taken)), -EPROTO);
	close(ends[0]);
	assert_int_equal(wake_take(ends[0], &taken, sizeof(taken)), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(wakes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
