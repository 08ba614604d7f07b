// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/wire/dns_answer.c: names, chains, addresses; hostile and cut-off datagrams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/span.h"
#include "wire/dns_answer.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES(text)                    \
	{                              \
		text, sizeof(text) - 1 \
	}

/* Pieces of datagrams. The question's name stands at byte 12, its "example" at 17. */
#define HEADER(answers) "\x12\x34\x81\x80\0\1" answers "\0\0\0\0"
#define NAME "\4pool\7example\0"
#define ASKED_A NAME "\0\1\0\1"
#define POINTER "\xc0\x0c"
#define TTL_60 "\0\0\0\x3c"
#define TTL_300 "\0\0\1\x2c"
#define A(ttl, address) "\0\1\0\1" ttl "\0\4" address
#define AAAA(ttl, address) "\0\x1c\0\1" ttl "\0\x10" address
#define CNAME(ttl, len, name) "\0\5\0\1" ttl "\0" len name
#define EDNS "\0\0\x29\x04\xd0\0\0\0\0\0\0"
#define IP "\x0a\1\2\3"
#define IP_2 "\x0a\1\2\4"
#define V6 "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
#define MAPPED "\0\0\0\0\0\0\0\0\0\0\xff\xff"
#define L63    \
	"\x3f" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define L61    \
	"\x3d" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define T63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define T61 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
	const char *name;
	struct span datagram;
	const char *asked;
	unsigned count;
	const char *addresses[2];
	uint32_t ttls_s[2];
} answers[] = {
	{"one address", BYTES(HEADER("\0\1") ASKED_A POINTER A(TTL_300, IP)), "pool.example", 1,
		{MAPPED IP}, {300}},
	{"two", BYTES(HEADER("\0\2") ASKED_A POINTER A(TTL_300, IP) POINTER A(TTL_60, IP_2)),
		"pool.example", 2, {MAPPED IP, MAPPED IP_2}, {300, 60}},
	{"IPv6", BYTES(HEADER("\0\1") NAME "\0\x1c\0\1" POINTER AAAA(TTL_60, V6)), "pool.example",
		1, {V6}, {60}},
	{"EDNS behind",
		BYTES("\x12\x34\x81\x80\0\1\0\1\0\0\0\1" ASKED_A POINTER A(TTL_60, IP) EDNS),
		"pool.example", 1, {MAPPED IP}, {60}},
	{"mixed case",
		BYTES(HEADER("\0\1") "\4pOoL\7ExAmPlE\0\0\1\0\1"
				     "\4PoOl\7eXaMpLe\0" A(TTL_60, IP)),
		"pool.example", 1, {MAPPED IP}, {60}},
	{"a chain, the smallest time to live in it",
		BYTES(HEADER("\0\3") ASKED_A POINTER CNAME(
			TTL_300, "\4", "\1a\xc0\x11") "\1a\xc0\x11" CNAME(TTL_60, "\3",
			"\1b\0") "\1b\0" A(TTL_300, IP)),
		"pool.example", 1, {MAPPED IP}, {60}},
	{"the address's own is smaller",
		BYTES(HEADER("\0\2") ASKED_A POINTER CNAME(TTL_300, "\3", "\1b\0") "\1b\0" A(
			TTL_60, IP)),
		"pool.example", 1, {MAPPED IP}, {60}},
	{"a chain in another order",
		BYTES(HEADER("\0\3") ASKED_A "\1b\0" A(TTL_300, IP) "\1a\0" CNAME(
			TTL_300, "\3", "\1b\0") POINTER CNAME(TTL_60, "\3", "\1a\0")),
		"pool.example", 1, {MAPPED IP}, {60}},
	{"an address of somebody else",
		BYTES(HEADER("\0\2") ASKED_A "\5other\0" A(TTL_60, IP_2) POINTER A(TTL_300, IP)),
		"pool.example", 1, {MAPPED IP}, {300}},
	{"an address of an unreadable name",
		BYTES(HEADER("\0\2") ASKED_A "\2\0a\0" A(TTL_60, IP_2) POINTER A(TTL_300, IP)),
		"pool.example", 1, {MAPPED IP}, {300}},
	{"another type between",
		BYTES(HEADER("\0\2") ASKED_A POINTER "\0\x10\0\1" TTL_60
						     "\0\4\3abc" POINTER A(TTL_300, IP)),
		"pool.example", 1, {MAPPED IP}, {300}},
	{"another class between",
		BYTES(HEADER("\0\2") ASKED_A POINTER "\0\1\0\3" TTL_60
						     "\0\4" IP_2 POINTER A(TTL_300, IP)),
		"pool.example", 1, {MAPPED IP}, {300}},
	{"an address of another length",
		BYTES(HEADER("\0\2") ASKED_A POINTER "\0\1\0\1" TTL_60 "\0\3"
						     "abc" POINTER A(TTL_300, IP)),
		"pool.example", 1, {MAPPED IP}, {300}},
	{"a time to live with the high bit",
		BYTES(HEADER("\0\1") ASKED_A POINTER A("\x80\0\0\0", IP)), "pool.example", 1,
		{MAPPED IP}, {0}},
	{"more answers announced than there are",
		BYTES(HEADER("\xff\xff") ASKED_A POINTER A(TTL_60, IP)), "pool.example", 1,
		{MAPPED IP}, {60}},
	{"fewer announced",
		BYTES(HEADER("\0\1") ASKED_A POINTER A(TTL_60, IP) POINTER A(TTL_60, IP_2)),
		"pool.example", 1, {MAPPED IP}, {60}},
	{"cut off flag", BYTES("\x12\x34\x83\x80\0\1\0\1\0\0\0\0" ASKED_A POINTER A(TTL_60, IP)),
		"pool.example", 1, {MAPPED IP}, {60}},
	{"two other names: the first",
		BYTES(HEADER("\0\4") ASKED_A POINTER CNAME(TTL_60, "\3", "\1a\0") POINTER CNAME(
			TTL_60, "\3", "\1b\0") "\1a\0" A(TTL_60, IP) "\1b\0" A(TTL_60, IP_2)),
		"pool.example", 1, {MAPPED IP}, {60}},
	{"a chain that leads back",
		BYTES(HEADER("\0\2") ASKED_A POINTER CNAME(TTL_60, "\2", POINTER)
				POINTER A(TTL_60, IP)),
		"pool.example", 16, {MAPPED IP, MAPPED IP}, {60, 60}},
	{"a chain into nowhere",
		BYTES(HEADER("\0\2") ASKED_A POINTER CNAME(TTL_60, "\2", "\xc0\xff")
				POINTER A(TTL_60, IP)),
		"pool.example", 1, {MAPPED IP}, {60}},
	{"253 bytes of name",
		BYTES(HEADER("\0\1") L63 L63 L63 L61 "\0\0\1\0\1" POINTER A(TTL_60, IP)),
		T63 "." T63 "." T63 "." T61, 1, {MAPPED IP}, {60}},
	{"a byte that is a pointer's target in another name",
		BYTES(HEADER("\0\1") ASKED_A "\4pool\xc0\x11" A(TTL_60, IP)), "pool.example", 1,
		{MAPPED IP}, {60}},
};

static void test_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct dns_answer got;

		print_message("%s\n", answers[i].name);
		assert_true(dns_answer_read(answers[i].datagram, &got));
		assert_string_equal(got.name, answers[i].asked);
		assert_int_equal(got.count, answers[i].count);
		for (unsigned at = 0; at < 2 && at < got.count; at++) {
			assert_memory_equal(
				got.addresses[at].address, answers[i].addresses[at], 16);
			assert_int_equal(got.addresses[at].ttl_s, answers[i].ttls_s[at]);
		}
	}
}

/* The names on the way, as far as there is room: 512 bytes with the last NUL. */
static void test_aliases(void **state)
{
	static const struct {
		const char *name;
		struct span datagram, aliases;
	} rows[] = {
		{"none", BYTES(HEADER("\0\1") ASKED_A POINTER A(TTL_60, IP)), BYTES("\0")},
		{"a chain",
			BYTES(HEADER("\0\3") ASKED_A POINTER CNAME(
				TTL_300, "\4", "\1a\xc0\x11") "\1a\xc0\x11" CNAME(TTL_60, "\3",
				"\1B\0") "\1b\0" A(TTL_300, IP)),
			BYTES("a.example\0b\0\0")},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dns_answer got;

		print_message("%s\n", rows[i].name);
		assert_true(dns_answer_read(rows[i].datagram, &got));
		assert_memory_equal(got.aliases, rows[i].aliases.data, rows[i].aliases.len);
	}
}

/* A chain that leads back to a name of 253 bytes: one of it has room, a short one behind it too. */
static void test_aliases_without_room(void **state)
{
	static const char longest[] = T63 "." T63 "." T63 "." T61;
	static const char datagram[] = HEADER("\0\3") L63 L63 L63 L61 "\0\0\1\0\1" POINTER CNAME(
		TTL_60, "\3", "\1a\0") "\1a\0" CNAME(TTL_60, "\2", POINTER) POINTER A(TTL_60, IP);
	struct dns_answer got;
	const char *end;

	(void)state;
	assert_true(dns_answer_read((struct span){datagram, sizeof(datagram) - 1}, &got));
	assert_string_equal(got.aliases, "a");
	assert_string_equal(got.aliases + 2, longest);
	assert_string_equal(got.aliases + 2 + 254, "a");
	for (end = got.aliases; *end; end += strlen(end) + 1)
		assert_true(strcmp(end, "a") == 0 || strcmp(end, longest) == 0);
	assert_true(end < got.aliases + sizeof(got.aliases));
}

/* Addresses come as their records are whole, none of a half one. */
static void test_cut_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct span datagram = answers[i].datagram;
		unsigned before = 0;

		for (size_t len = 0; len <= datagram.len; len++) {
			/* Those bytes alone, so that a sanitizer sees who reads past them. */
			char *copy = malloc(len ? len : 1);
			struct dns_answer got = {.count = 0};

			assert_non_null(copy);
			memcpy(copy, datagram.data, len);
			if (dns_answer_read((struct span){copy, len}, &got))
				assert_string_equal(got.name, answers[i].asked);
			else
				assert_int_equal(before, 0);
			assert_true(got.count >= before);
			before = got.count;
			free(copy);
		}
		assert_int_equal(before, answers[i].count);
	}
}

static const struct {
	const char *name;
	struct span datagram;
} refused[] = {
	{"nothing", BYTES("")},
	{"a question", BYTES("\x12\x34\1\0\0\1\0\0\0\0\0\0" ASKED_A)},
	{"a question with an answer",
		BYTES("\x12\x34\1\0\0\1\0\1\0\0\0\0" ASKED_A POINTER A(TTL_60, IP))},
	{"no such name", BYTES("\x12\x34\x81\x83\0\1\0\1\0\0\0\0" ASKED_A POINTER A(TTL_60, IP))},
	{"a notification", BYTES("\x12\x34\xa1\x80\0\1\0\1\0\0\0\0" ASKED_A POINTER A(TTL_60, IP))},
	{"no question", BYTES("\x12\x34\x81\x80\0\0\0\1\0\0\0\0" NAME A(TTL_60, IP))},
	{"two questions",
		BYTES("\x12\x34\x81\x80\0\2\0\1\0\0\0\0" ASKED_A ASKED_A POINTER A(TTL_60, IP))},
	{"asked for mail", BYTES(HEADER("\0\1") NAME "\0\x0f\0\1" POINTER A(TTL_60, IP))},
	{"asked in another class", BYTES(HEADER("\0\1") NAME "\0\1\0\3" POINTER A(TTL_60, IP))},
	{"asked for the root", BYTES(HEADER("\0\1") "\0\0\1\0\1"
						    "\0" A(TTL_60, IP))},
	{"no addresses", BYTES(HEADER("\0\0") ASKED_A)},
	{"another name's", BYTES(HEADER("\0\1") ASKED_A "\5other\0" A(TTL_60, IP))},
	{"a name that points at itself",
		BYTES(HEADER("\0\1") POINTER "\0\1\0\1" POINTER A(TTL_60, IP))},
	/* Behind the record, at byte 46. */
	{"a name that points ahead", BYTES(HEADER("\0\1") ASKED_A "\xc0\x2e" A(TTL_60, IP) NAME)},
	{"a name that points into the header", BYTES("\0\0\x81\x80\0\1\0\1\0\0\0\0"
						     "\xc0\x0b"
						     "\0\1\0\1" POINTER A(TTL_60, IP))},
	{"a label of 64 bytes",
		BYTES(HEADER("\0\1") "\x40" T63 "x\0\0\1\0\1" POINTER A(TTL_60, IP))},
	{"254 bytes of name",
		BYTES(HEADER("\0\1") L63 L63 L63 L61 "\1x\0\0\1\0\1" POINTER A(TTL_60, IP))},
	{"a dot in a label", BYTES(HEADER("\0\1") "\3a.b\0\0\1\0\1" POINTER A(TTL_60, IP))},
	{"a blank", BYTES(HEADER("\0\1") "\3a b\0\0\1\0\1" POINTER A(TTL_60, IP))},
	{"a NUL", BYTES(HEADER("\0\1") "\3a\0b\0\0\1\0\1" POINTER A(TTL_60, IP))},
	{"a line end", BYTES(HEADER("\0\1") "\3a\nb\0\0\1\0\1" POINTER A(TTL_60, IP))},
	{"DEL", BYTES(HEADER("\0\1") "\2a\x7f\0\0\1\0\1" POINTER A(TTL_60, IP))},
	{"beyond ASCII", BYTES(HEADER("\0\1") "\2\xc3\xa9\0\0\1\0\1" POINTER A(TTL_60, IP))},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct dns_answer got;

		print_message("%s\n", refused[i].name);
		assert_false(dns_answer_read(refused[i].datagram, &got));
	}
}

/* Each name of a long chain costs a pass: it ends. So does a name made of pointers alone. */
static void test_long_ways(void **state)
{
	char datagram[2048];
	struct dns_answer got;
	size_t len;

	(void)state;
	for (unsigned names = 16; names <= 17; names++) {
		len = sizeof(HEADER("\0\x20") "\1a\0\0\1\0\1") - 1;
		memcpy(datagram, HEADER("\0\x20") "\1a\0\0\1\0\1", len);
		for (unsigned i = 0; i < names; i++) {
			memcpy(datagram + len, "\1a\0" CNAME(TTL_60, "\3", "\1b\0"), 16);
			datagram[len + 1] = (char)('a' + i);
			datagram[len + 14] = (char)('b' + i);
			len += 16;
		}
		memcpy(datagram + len, "\1a\0" A(TTL_60, IP), 17);
		datagram[len + 1] = (char)('a' + names);
		len += 17;
		assert_int_equal(dns_answer_read((struct span){datagram, len}, &got), names == 16);
	}
	for (unsigned pointers = 31; pointers <= 32; pointers++) {
		/* The record's owner is the last of the pointers, each to the one before. */
		len = sizeof(HEADER("\0\2") ASKED_A "\0\0\x10\0\1" TTL_60) - 1;
		memcpy(datagram, HEADER("\0\2") ASKED_A "\0\0\x10\0\1" TTL_60, len);
		datagram[len++] = 0;
		datagram[len++] = (char)(2 * pointers);
		for (unsigned i = 0; i < pointers; i++) {
			size_t to = i ? len - 2 : 12;

			datagram[len++] = (char)0xc0;
			datagram[len++] = (char)to;
		}
		datagram[len] = (char)0xc0;
		datagram[len + 1] = (char)(len - 2);
		memcpy(datagram + len + 2, A(TTL_60, IP), 14);
		len += 16;
		assert_int_equal(
			dns_answer_read((struct span){datagram, len}, &got), pointers == 31);
	}
}

/* No more than there is room for. */
static void test_many_addresses(void **state)
{
	char datagram[512];
	size_t len = sizeof(HEADER("\0\x14") ASKED_A) - 1;
	struct dns_answer got;

	(void)state;
	memcpy(datagram, HEADER("\0\x14") ASKED_A, len);
	for (unsigned i = 0; i < 20; i++) {
		memcpy(datagram + len, POINTER A(TTL_60, IP), 16);
		datagram[len + 15] = (char)i;
		len += 16;
	}
	assert_true(dns_answer_read((struct span){datagram, len}, &got));
	assert_int_equal(got.count, DNS_ADDRESSES_MAX);
	assert_int_equal(got.addresses[15].address[15], 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_aliases_without_room),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long_ways),
		cmocka_unit_test(test_many_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
