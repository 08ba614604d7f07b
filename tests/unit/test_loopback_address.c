/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which texts are an address of loopback and a port. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "util/loopback_address.h"

static const struct {
	const char *text;
	int family; /* 0: refused */
	uint32_t v4;
	uint16_t port;
} rows[] = {
	{"127.0.0.1:9440", AF_INET, 0x7f000001, 9440},
	{"127.255.3.2:1", AF_INET, 0x7fff0302, 1},
	{"[::1]:65535", AF_INET6, 0, 65535},
	{"127.0.0.1:65536", 0, 0, 0},
	{"127.0.0.1:0", 0, 0, 0},
	{"127.0.0.1:09", 0, 0, 0},
	{"127.0.0.1:+9", 0, 0, 0},
	{"127.0.0.1:9 ", 0, 0, 0},
	{"127.0.0.1:", 0, 0, 0},
	{"127.0.0.1:184467440737095516", 0, 0, 0},
	{"127.0.0.1", 0, 0, 0},
	{":9440", 0, 0, 0},
	{"9440", 0, 0, 0},
	{"", 0, 0, 0},
	{"0.0.0.0:9440", 0, 0, 0},
	{"128.0.0.1:9440", 0, 0, 0},
	{"127.1:9440", 0, 0, 0},
	{"127.0.0.1.2.3.4.5.6:9440", 0, 0, 0},
	{"localhost:9440", 0, 0, 0},
	{"[::]:9440", 0, 0, 0},
	{"::1:9440", 0, 0, 0},
	{"[::1]9440", 0, 0, 0},
	{"[::1]:2:9440", 0, 0, 0},
	{"[::ffff:127.0.0.1]:9440", 0, 0, 0},
};

static void rows_are_read(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct loopback_address address = {0};

		if (loopback_address_read(rows[i].text, &address) != (rows[i].family != 0))
			fail_msg("%s", rows[i].text);
		assert_int_equal(address.any.sa_family, rows[i].family);
		if (rows[i].family == AF_INET) {
			assert_int_equal(ntohl(address.v4.sin_addr.s_addr), rows[i].v4);
			assert_int_equal(ntohs(address.v4.sin_port), rows[i].port);
			assert_int_equal(address.len, sizeof(address.v4));
		}
		if (rows[i].family == AF_INET6) {
			assert_true(IN6_IS_ADDR_LOOPBACK(&address.v6.sin6_addr));
			assert_int_equal(ntohs(address.v6.sin6_port), rows[i].port);
			assert_int_equal(address.len, sizeof(address.v6));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows_are_read)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
