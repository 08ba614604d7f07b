// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/wire/tls_hello.c: real hellos, unusual ones, all of them cut off everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tls_samples.h"
#include "util/span.h"
#include "wire/tls_hello.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES_MAX 4096
#define RECORD_HEADER 5
#define VERSION_END (RECORD_HEADER + 6) /* fewer bytes of one record do not tell */

/* A hello by hand: up to the extensions' length. */
#define BODY "0303" ZEROS32 "00 0002 1301 0100"
#define ZEROS8 "0000000000000000"
#define ZEROS32 ZEROS8 ZEROS8 ZEROS8 ZEROS8
#define SNI_A "0000 0006 0004 00 0001 61"
#define SNI_B "0000 0006 0004 00 0001 62"
#define ALPN_H2 "0010 0005 0003 02 6832"
#define GREASE "1a1a 0000"
#define ECH "fe0d 0004 00112233"

struct bytes {
	char data[BYTES_MAX];
	size_t len;
};

/* Blanks between the bytes are for the eye. */
static void add_hex(struct bytes *bytes, const char *hex)
{
	unsigned byte;

	for (; *hex; hex += 2) {
		hex += strspn(hex, " ");
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		assert_true(bytes->len < BYTES_MAX);
		bytes->data[bytes->len++] = (char)byte;
	}
}

static void add_bytes(struct bytes *bytes, const struct bytes *more)
{
	assert_true(more->len <= BYTES_MAX - bytes->len);
	memcpy(bytes->data + bytes->len, more->data, more->len);
	bytes->len += more->len;
}

/* The message in records of so many bytes of it each. */
static struct bytes in_records(const struct bytes *message, size_t size)
{
	struct bytes records = {.len = 0};

	for (size_t at = 0; at < message->len; at += size) {
		size_t len = message->len - at < size ? message->len - at : size;

		add_hex(&records, "160301");
		records.data[records.len++] = (char)(len >> 8);
		records.data[records.len++] = (char)len;
		memcpy(records.data + records.len, message->data + at, len);
		records.len += len;
	}
	return records;
}

/* extensions NULL: not even their length. */
static struct bytes message_of(const char *body, const char *extensions)
{
	struct bytes message = {.len = 0}, content = {.len = 0}, block = {.len = 0};
	char number[16];

	add_hex(&content, body);
	if (extensions) {
		add_hex(&block, extensions);
		snprintf(number, sizeof(number), "%04zx", block.len);
		add_hex(&content, number);
		add_bytes(&content, &block);
	}
	snprintf(number, sizeof(number), "01%06zx", content.len);
	add_hex(&message, number);
	add_bytes(&message, &content);
	return message;
}

/* Exactly those bytes on the heap, so that a sanitizer sees who reads past them. */
static bool read_first(const struct bytes *bytes, size_t len, struct tls_hello *hello)
{
	char *copy = malloc(len ? len : 1);
	bool read, begun;

	assert_non_null(copy);
	memcpy(copy, bytes->data, len);
	read = tls_hello_read((struct span){copy, len}, hello);
	begun = tls_hello_begun((struct span){copy, len});
	free(copy);
	assert_false(read && begun);
	if (!read && len < bytes->len && len < VERSION_END)
		assert_true(begun);
	return read;
}

static void expect_text(struct span got, const char *wanted)
{
	assert_int_equal(got.len, strlen(wanted));
	assert_true(got.len == 0 || memcmp(got.data, wanted, got.len) == 0);
}

/* Names appear whole or not at all, and stay; whole comes once, and stays. */
static void expect_cut(const struct bytes *bytes, const char *sni, const char *alpn)
{
	struct tls_hello hello, before = {0};
	bool readable = false;

	for (size_t len = 0; len <= bytes->len; len++) {
		bool read = read_first(bytes, len, &hello);

		assert_true(read || !readable);
		readable = read;
		if (!read)
			continue;
		if (hello.sni.len || before.sni.len)
			expect_text(hello.sni, sni);
		if (hello.alpn.len || before.alpn.len)
			expect_text(hello.alpn, alpn);
		assert_true(hello.whole || !before.whole);
		assert_int_equal(hello.len, len);
		before = hello;
	}
	assert_true(readable);
}

static const struct {
	const char *name, *hex, *sni, *alpn;
} samples[] = {
	{"OpenSSL, to an address", tls_sample_openssl_plain, "", ""},
	{"OpenSSL, with both", tls_sample_openssl_names, "pool.example.org", "h2"},
	{"OpenSSL, TLS 1.2", tls_sample_openssl_tls12, "Pool.Example.ORG", ""},
	{"openssl s_client", tls_sample_s_client, "xmr.example.net.", "stratum"},
	{"node", tls_sample_node, "node.example.com", ""},
};

static void test_real_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct bytes bytes = {.len = 0};
		struct tls_hello hello;

		print_message("%s\n", samples[i].name);
		add_hex(&bytes, samples[i].hex);
		assert_true(read_first(&bytes, bytes.len, &hello));
		assert_true(hello.whole);
		expect_text(hello.sni, samples[i].sni);
		expect_text(hello.alpn, samples[i].alpn);
		expect_cut(&bytes, samples[i].sni, samples[i].alpn);
		/* What follows is not the hello's. */
		assert_int_equal(hello.len, bytes.len);
		add_hex(&bytes, "1703030005aabbccddee");
		assert_true(read_first(&bytes, bytes.len, &hello));
		assert_int_equal(hello.len, bytes.len - 10);
	}
}

/* OpenSSL pads to 517 bytes, which is more than is kept: what is cut off says nothing. */
static void test_padding_cut_off(void **state)
{
	struct bytes bytes = {.len = 0};
	struct tls_hello hello;

	(void)state;
	add_hex(&bytes, tls_sample_openssl_plain);
	assert_int_equal(bytes.len, 517);
	assert_true(read_first(&bytes, EVENT_PAYLOAD_MAX, &hello));
	assert_true(hello.whole);
	expect_text(hello.sni, "");
	expect_text(hello.alpn, "");
}

/* The same message in records of every size; a record's header costs 5 bytes of the 512. */
static void test_many_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct bytes whole = {.len = 0}, message;

		add_hex(&whole, samples[i].hex);
		message.len = whole.len - RECORD_HEADER;
		memcpy(message.data, whole.data + RECORD_HEADER, message.len);
		for (size_t size = 2; size < message.len; size++) {
			struct bytes records = in_records(&message, size);
			struct tls_hello hello;

			assert_true(read_first(&records, records.len, &hello));
			assert_true(hello.whole);
			assert_int_equal(hello.len, records.len);
			expect_text(hello.sni, samples[i].sni);
			expect_text(hello.alpn, samples[i].alpn);
			if (size == 2 || size == 7 || size == 100)
				expect_cut(&records, samples[i].sni, samples[i].alpn);
		}
	}
}

static const struct {
	const char *name;
	const char *extensions; /* NULL: none, not even their length */
	bool read;
	const char *sni, *alpn;
} unusual[] = {
	{"no extensions", NULL, true, "", ""},
	{"an empty block of them", "", true, "", ""},
	{"name first", SNI_A ALPN_H2, true, "a", "h2"},
	{"name last", GREASE ALPN_H2 GREASE SNI_A, true, "a", "h2"},
	{"two names: the first", SNI_A SNI_B, true, "a", ""},
	{"outer name of an encrypted hello", ECH SNI_A, true, "a", ""},
	{"another type of name", "0000 0006 0004 01 0001 61", true, "", ""},
	{"a host behind another type", "0000 000a 0008 01 0001 62 00 0001 61", true, "a", ""},
	{"an empty list of names", "0000 0002 0000", true, "", ""},
	{"an empty name", "0000 0005 0003 00 0000" GREASE, true, "", ""},
	{"no list of names", "0000 0000" ALPN_H2, true, "", "h2"},
	{"a list longer than its extension", "0000 0006 0005 00 0001 61", true, "", ""},
	{"a name longer than its list", "0000 0006 0004 00 0002 61", true, "", ""},
	{"no protocols", "0010 0000" SNI_A, true, "a", ""},
	{"two protocols: the first", "0010 0007 0005 02 6832 01 78", true, "", "h2"},
	{"an extension longer than the block", "002b 0005 00", false, "", ""},
	{"half an extension's head", "002b 00", false, "", ""},
};

static void test_unusual_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(unusual); i++) {
		struct bytes message = message_of(BODY, unusual[i].extensions);
		struct bytes bytes = in_records(&message, message.len);
		struct tls_hello hello;
		bool read;

		print_message("%s\n", unusual[i].name);
		read = read_first(&bytes, bytes.len, &hello);
		assert_int_equal(read, unusual[i].read);
		if (!read)
			continue;
		assert_true(hello.whole);
		expect_text(hello.sni, unusual[i].sni);
		expect_text(hello.alpn, unusual[i].alpn);
		expect_cut(&bytes, unusual[i].sni, unusual[i].alpn);
	}
}

static void test_name_that_is_no_text(void **state)
{
	struct bytes message = message_of(BODY, "0000 0008 0006 00 0003 00ff0a");
	struct bytes bytes = in_records(&message, message.len);
	struct tls_hello hello;

	(void)state;
	assert_true(read_first(&bytes, bytes.len, &hello));
	assert_int_equal(hello.sni.len, 3);
	assert_memory_equal(hello.sni.data, "\0\xff\n", 3);
}

/* Two bytes short: what is absent is absent only if none of ours was being said. */
static void test_last_extension_cut_off(void **state)
{
	static const struct {
		const char *extensions;
		bool whole;
	} rows[] = {
		{SNI_A ALPN_H2, false}, {ALPN_H2 SNI_A, false}, {SNI_A ALPN_H2 ECH, true},
		{ECH, true}, {SNI_A "002b 0001 00", false}, /* its length is not there */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes message = message_of(BODY, rows[i].extensions);
		struct bytes bytes = in_records(&message, message.len);
		struct tls_hello hello;

		assert_true(read_first(&bytes, bytes.len - 2, &hello));
		assert_int_equal(hello.whole, rows[i].whole);
	}
}

/* Another message in the same record is none of the hello's. */
static void test_message_behind(void **state)
{
	struct bytes message = message_of(BODY, SNI_A), records;
	size_t len = message.len;
	struct tls_hello hello;

	(void)state;
	add_hex(&message, "0100000403030000");
	records = in_records(&message, message.len);
	assert_true(read_first(&records, records.len, &hello));
	assert_true(hello.whole);
	assert_int_equal(hello.len, RECORD_HEADER + len);
	expect_text(hello.sni, "a");
}

/* A key share of 1216 bytes (X25519MLKEM768): only what comes before it is in the first 512. */
static void test_large_key_share(void **state)
{
	static const struct {
		const char *before, *after, *sni, *alpn;
	} rows[] = {
		{GREASE, SNI_A ALPN_H2, "", ""},
		{SNI_A, ALPN_H2, "a", ""},
		{ALPN_H2 SNI_A, GREASE, "a", "h2"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char extensions[3000] = "", share[2 * 1216 + 1];
		struct bytes message, bytes;
		struct tls_hello hello;

		memset(share, 'a', sizeof(share) - 1);
		share[sizeof(share) - 1] = '\0';
		snprintf(extensions, sizeof(extensions), "%s0033%04x%04x11ec04c0%s%s",
			rows[i].before, 1216 + 6, 1216 + 4, share, rows[i].after);
		message = message_of(BODY, extensions);
		bytes = in_records(&message, message.len);
		assert_true(read_first(&bytes, EVENT_PAYLOAD_MAX, &hello));
		assert_false(hello.whole);
		expect_text(hello.sni, rows[i].sni);
		expect_text(hello.alpn, rows[i].alpn);
		assert_int_equal(hello.len, EVENT_PAYLOAD_MAX);
	}
}

static const struct {
	const char *name, *hex;
	bool begun;
} refused[] = {
	{"nothing", "", true},
	{"text", "474554202f20", false},
	{"another record", "17030300050100000303", false},
	{"another version", "16040000050100000303", false},
	{"an empty record", "1603010000", false},
	{"a record too long", "1603014001 0100", false},
	{"ServerHello", "1603030006 020000020303", false},
	{"SSL 2.0's hello", "802e0103010015000000100100", false},
	{"a hello that ends in its version", "1603010005 0100000103", false},
	{"an empty hello", "1603010004 01000000", false},
	{"a hello of another version", "1603010006 010000fe0500", false},
	{"a hello that ends in its random", "160301000a 01000006030300000000", false},
	{"a session id too long", "160301002b 010000f00303" ZEROS32 "21", false},
	{"too short to tell", "16030100ff 0100", true},
	{"another record inside", "1603010002 0100 1503010002 0100", false},
	{"bytes behind the extensions",
		"1603010030 0100002c 0303" ZEROS32 "00 0002 1301 0100 0000 00", false},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct bytes bytes = {.len = 0};
		struct tls_hello hello;

		print_message("%s\n", refused[i].name);
		add_hex(&bytes, refused[i].hex);
		assert_false(tls_hello_read((struct span){bytes.data, bytes.len}, &hello));
		assert_int_equal(
			tls_hello_begun((struct span){bytes.data, bytes.len}), refused[i].begun);
	}
	assert_true(tls_hello_begun((struct span){0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_ones),
		cmocka_unit_test(test_padding_cut_off),
		cmocka_unit_test(test_many_records),
		cmocka_unit_test(test_unusual_ones),
		cmocka_unit_test(test_name_that_is_no_text),
		cmocka_unit_test(test_last_extension_cut_off),
		cmocka_unit_test(test_message_behind),
		cmocka_unit_test(test_large_key_share),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
