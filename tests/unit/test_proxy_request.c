// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/wire/proxy_request.c and socks_request.c: targets, what is kept, the tunnel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "util/span.h"
#include "wire/proxy_request.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES(text)                    \
	{                              \
		text, sizeof(text) - 1 \
	}
#define MAPPED "\0\0\0\0\0\0\0\0\0\0\xff\xff"
#define NO_ADDRESS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define V6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
#define X8 "xxxxxxxx"
#define X256                                                                                      \
	X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 X8 \
		X8 X8

/* tunnel: what follows the request, and no part of it. */
static const struct {
	const char *name;
	struct span bytes;
	const char *kind, *host, *address;
	uint16_t port;
	struct span keep, tunnel;
} requests[] = {
	{"CONNECT", BYTES("CONNECT pool.example:3333 HTTP/1.1\r\nHost: pool.example\r\n\r\n{"),
		"connect", "pool.example", NO_ADDRESS, 3333,
		BYTES("CONNECT pool.example:3333 HTTP/1.1\r\n\r\n"), BYTES("{")},
	{"no header lines", BYTES("CONNECT a:1 HTTP/1.0\r\n\r\n"), "connect", "a", NO_ADDRESS, 1,
		BYTES("CONNECT a:1 HTTP/1.0\r\n\r\n"), BYTES("")},
	{"a password in any case of header",
		BYTES("CONNECT a:65535 HTTP/1.1\r\npROXY-aUTHORIZATION: Basic "
		      "c2VjcmV0\r\n\r\n\x16"),
		"connect", "a", NO_ADDRESS, 65535, BYTES("CONNECT a:65535 HTTP/1.1\r\n\r\n"),
		BYTES("\x16")},
	{"line ends of one byte", BYTES("CONNECT a:1 HTTP/1.1\nX: secret\n\nb"), "connect", "a",
		NO_ADDRESS, 1, BYTES("CONNECT a:1 HTTP/1.1\n\n"), BYTES("b")},
	{"an empty line first", BYTES("\r\nCONNECT a:1 HTTP/1.1\r\n\r\n"), "connect", "a",
		NO_ADDRESS, 1, BYTES("CONNECT a:1 HTTP/1.1\r\n\r\n"), BYTES("")},
	{"several blanks", BYTES("CONNECT  a:1   HTTP/1.1 \r\n\r\n"), "connect", "a", NO_ADDRESS, 1,
		BYTES("CONNECT  a:1   HTTP/1.1 \r\n\r\n"), BYTES("")},
	{"IPv6", BYTES("CONNECT [2001:db8::1]:443 HTTP/1.1\r\n\r\n"), "connect", "2001:db8::1",
		NO_ADDRESS, 443, BYTES("CONNECT [2001:db8::1]:443 HTTP/1.1\r\n\r\n"), BYTES("")},
	{"mapped", BYTES("CONNECT [::ffff:1.2.3.4]:443 HTTP/1.1\r\n\r\n"), "connect",
		"::ffff:1.2.3.4", NO_ADDRESS, 443,
		BYTES("CONNECT [::ffff:1.2.3.4]:443 HTTP/1.1\r\n\r\n"), BYTES("")},
	{"IPv4, upper case, dot", BYTES("CONNECT A.Pool_1.-x.:0443 HTTP/1.1\r\n\r\n"), "connect",
		"A.Pool_1.-x.", NO_ADDRESS, 443,
		BYTES("CONNECT A.Pool_1.-x.:0443 HTTP/1.1\r\n\r\n"), BYTES("")},
	{"SOCKS4", BYTES("\x04\x01\x0d\x05\x0a\x01\x02\x03\0{"), "socks4", "",
		MAPPED "\x0a\x01\x02\x03", 3333, BYTES("\x04\x01\x0d\x05\x0a\x01\x02\x03\0"),
		BYTES("{")},
	{"SOCKS4 with a user", BYTES("\x04\x01\x0d\x05\x0a\x01\x02\x03secret\0"), "socks4", "",
		MAPPED "\x0a\x01\x02\x03", 3333, BYTES("\x04\x01\x0d\x05\x0a\x01\x02\x03\0"),
		BYTES("")},
	{"SOCKS4a with a user", BYTES("\x04\x01\x0d\x05\0\0\0\x01secret\0pool.example\0{}"),
		"socks4", "pool.example", NO_ADDRESS, 3333,
		BYTES("\x04\x01\x0d\x05\0\0\0\x01\0pool.example\0"), BYTES("{}")},
	{"SOCKS5 alone, IPv4", BYTES("\x05\x01\0\x01\x0a\x01\x02\x03\x0d\x05{"), "socks5", "",
		MAPPED "\x0a\x01\x02\x03", 3333, BYTES("\x05\x01\0\x01\x0a\x01\x02\x03\x0d\x05"),
		BYTES("{")},
	{"SOCKS5 alone, name", BYTES("\x05\x01\0\x03\x04pool\x01\xbb"), "socks5", "pool",
		NO_ADDRESS, 443, BYTES("\x05\x01\0\x03\x04pool\x01\xbb"), BYTES("")},
	{"SOCKS5 alone, name that is an address", BYTES("\x05\x01\0\x03\x03::1\x01\xbb"), "socks5",
		"::1", NO_ADDRESS, 443, BYTES("\x05\x01\0\x03\x03::1\x01\xbb"), BYTES("")},
	{"SOCKS5 alone, IPv6", BYTES("\x05\x01\0\x04" V6 "\x01\xbb"), "socks5", "", V6, 443,
		BYTES("\x05\x01\0\x04" V6 "\x01\xbb"), BYTES("")},
	{"SOCKS5, greeting", BYTES("\x05\x01\0\x05\x01\0\x03\x04pool\x01\xbb{"), "socks5", "pool",
		NO_ADDRESS, 443, BYTES("\x05\x01\0\x03\x04pool\x01\xbb"), BYTES("{")},
	{"SOCKS5, greeting with a choice", BYTES("\x05\x02\0\x02\x05\x01\0\x03\x04pool\x01\xbb"),
		"socks5", "pool", NO_ADDRESS, 443, BYTES("\x05\x01\0\x03\x04pool\x01\xbb"),
		BYTES("")},
	{"SOCKS5, user and password",
		BYTES("\x05\x03\0\x01\x02\x01\x06secret\x06secret\x05\x01\0\x03\x04pool\x01\xbb{"),
		"socks5", "pool", NO_ADDRESS, 443, BYTES("\x05\x01\0\x03\x04pool\x01\xbb"),
		BYTES("{")},
	{"SOCKS5, user without password",
		BYTES("\x05\x01\x02\x01\x06secret\0\x05\x01\0\x01\x0a\x01\x02\x03\x0d\x05"),
		"socks5", "", MAPPED "\x0a\x01\x02\x03", 3333,
		BYTES("\x05\x01\0\x01\x0a\x01\x02\x03\x0d\x05"), BYTES("")},
};

/* Exactly those bytes on the heap, so that a sanitizer sees who reads past them. The caller frees.
 */
static char *copy_of(struct span bytes, size_t len)
{
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, bytes.data, len);
	return copy;
}

static size_t join(const struct proxy_request *request, char *joined)
{
	for (unsigned i = 0; i < 2; i++) {
		if (request->keep[i].len)
			memcpy(joined, request->keep[i].data, request->keep[i].len);
		joined += request->keep[i].len;
	}
	return request->keep[0].len + request->keep[1].len;
}

static void expect_target(const struct proxy_request *got, size_t row)
{
	assert_string_equal(got->kind, requests[row].kind);
	assert_true(span_equal(got->host, span_of(requests[row].host)));
	assert_memory_equal(got->address, requests[row].address, 16);
	assert_int_equal(got->port, requests[row].port);
}

static void test_requests(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		struct span wanted = requests[i].keep;
		struct proxy_request got;
		char joined[512];
		size_t len;

		print_message("%s\n", requests[i].name);
		assert_true(proxy_request_read(requests[i].bytes, &got));
		assert_false(proxy_request_begun(requests[i].bytes));
		expect_target(&got, i);
		assert_true(span_equal(got.tunnel, requests[i].tunnel));
		len = join(&got, joined);
		assert_int_equal(len, wanted.len);
		assert_memory_equal(joined, wanted.data, len);
		assert_null(memmem(joined, len, "secret", 6));
		/* What is kept reads the same. */
		assert_true(proxy_request_read((struct span){joined, len}, &got));
		expect_target(&got, i);
		assert_int_equal(got.tunnel.len, 0);
	}
}

/* Begun up to a byte, from there on read; never refused in between. */
static void test_cut_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		struct span bytes = requests[i].bytes;
		struct proxy_request got;
		bool readable = false;

		print_message("%s\n", requests[i].name);
		for (size_t len = 0; len <= bytes.len; len++) {
			char *copy = copy_of(bytes, len);
			struct span cut = {copy, len};
			bool read = proxy_request_read(cut, &got);

			assert_int_equal(proxy_request_begun(cut), !read);
			assert_true(read || !readable);
			readable = read;
			if (read)
				expect_target(&got, i);
			free(copy);
		}
		assert_true(readable);
	}
}

static const struct {
	const char *name;
	struct span bytes;
} refused[] = {
	{"another method", BYTES("GET a:1 HTTP/1.1\r\n\r\n")},
	{"small letters", BYTES("connect a:1 HTTP/1.1\r\n\r\n")},
	{"a longer method", BYTES("CONNECTED a:1 HTTP/1.1\r\n\r\n")},
	{"the method alone", BYTES("CONNECT\r\n\r\n")},
	{"no version", BYTES("CONNECT a:1\r\n\r\n")},
	{"half a version", BYTES("CONNECT a:1 HTTP/1.\r\n\r\n")},
	{"another version", BYTES("CONNECT a:1 HTTP/2.0\r\n\r\n")},
	{"version that is no number", BYTES("CONNECT a:1 HTTP/1.x\r\n\r\n")},
	{"version too long", BYTES("CONNECT a:1 HTTP/1.10\r\n\r\n")},
	{"something behind", BYTES("CONNECT a:1 HTTP/1.1 x\r\n\r\n")},
	{"no port", BYTES("CONNECT a HTTP/1.1\r\n\r\n")},
	{"an empty port", BYTES("CONNECT a: HTTP/1.1\r\n\r\n")},
	{"port 0", BYTES("CONNECT a:0 HTTP/1.1\r\n\r\n")},
	{"port 65536", BYTES("CONNECT a:65536 HTTP/1.1\r\n\r\n")},
	{"port of 6 digits", BYTES("CONNECT a:000001 HTTP/1.1\r\n\r\n")},
	{"port in hex", BYTES("CONNECT a:0x10 HTTP/1.1\r\n\r\n")},
	{"no host", BYTES("CONNECT :1 HTTP/1.1\r\n\r\n")},
	{"a user", BYTES("CONNECT u:secret@a:1 HTTP/1.1\r\n\r\n")},
	{"a path", BYTES("CONNECT http://a:1 HTTP/1.1\r\n\r\n")},
	{"a name in brackets", BYTES("CONNECT [a]:1 HTTP/1.1\r\n\r\n")},
	{"empty brackets", BYTES("CONNECT []:1 HTTP/1.1\r\n\r\n")},
	{"IPv6 without brackets", BYTES("CONNECT ::1:1 HTTP/1.1\r\n\r\n")},
	{"no address in brackets", BYTES("CONNECT [beef]:1 HTTP/1.1\r\n\r\n")},
	{"NUL in the host", BYTES("CONNECT a\0b:1 HTTP/1.1\r\n\r\n")},
	{"a host too long", BYTES("CONNECT " X256 ":1 HTTP/1.1\r\n\r\n")},
	{"SOCKS4 bind", BYTES("\x04\x02\x0d\x05\x0a\x01\x02\x03\0")},
	{"SOCKS4 port 0", BYTES("\x04\x01\0\0\x0a\x01\x02\x03\0")},
	{"SOCKS4 control byte in the user", BYTES("\x04\x01\x0d\x05\x0a\x01\x02\x03\n\0")},
	{"SOCKS4 user without end", BYTES("\x04\x01\x0d\x05\x0a\x01\x02\x03" X256)},
	{"SOCKS4a empty name", BYTES("\x04\x01\x0d\x05\0\0\0\x01\0\0")},
	{"SOCKS4a no name", BYTES("\x04\x01\x0d\x05\0\0\0\x01\0a b\0")},
	{"SOCKS5 bind", BYTES("\x05\x02\0\x01\x0a\x01\x02\x03\x0d\x05")},
	{"SOCKS5 associate", BYTES("\x05\x01\0\x05\x03\0\x01\x0a\x01\x02\x03\x0d\x05")},
	{"SOCKS5 another type of address", BYTES("\x05\x01\0\x02")},
	{"SOCKS5 no methods", BYTES("\x05\0\x05\x01\0\x01")},
	{"SOCKS5 port 0", BYTES("\x05\x01\0\x01\x0a\x01\x02\x03\0\0")},
	{"SOCKS5 empty name", BYTES("\x05\x01\0\x03\0\x01\xbb")},
	{"SOCKS5 no name", BYTES("\x05\x01\0\x03\x02\0a\x01\xbb")},
	{"SOCKS5 password that was not offered", BYTES("\x05\x02\0\x01\x01\x01u\x01p\x05\x01")},
	{"SOCKS5 IPv6, port 0",
		BYTES("\x05\x01\0\x04\x01\0\x01\x0a\x01\x02\x03\x0d\x05\0\0\0\0\0\0\0\0\0")},
	{"JSON", BYTES("{\"id\":1}")},
	{"TLS", BYTES("\x16\x03\x01\x02\0\x01")},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct proxy_request got;

		print_message("%s\n", refused[i].name);
		assert_false(proxy_request_read(refused[i].bytes, &got));
		assert_false(proxy_request_begun(refused[i].bytes));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
