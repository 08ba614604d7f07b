// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/util/image_reference.c: names in full, and what is no name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/image_reference.h"
#include "util/span.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define X8 "xxxxxxxx"
#define X32 X8 X8 X8 X8
#define X128 X32 X32 X32 X32
#define HEX32 "0123456789abcdef0123456789abcdef"
#define ID HEX32 HEX32
#define DIGEST "sha256:" ID

static const struct {
	const char *text;
	int err;
	const char *name, *tag, *digest;
} references[] = {
	/* Docker's defaults */
	{"nginx", 0, "docker.io/library/nginx", "", ""},
	{"nginx:1.25", 0, "docker.io/library/nginx", "1.25", ""},
	{"nginx@" DIGEST, 0, "docker.io/library/nginx", "", DIGEST},
	{"nginx:1@" DIGEST, 0, "docker.io/library/nginx", "1", DIGEST},
	{"docker.io/nginx", 0, "docker.io/library/nginx", "", ""},
	{"docker.io/library/nginx", 0, "docker.io/library/nginx", "", ""},
	{"library/nginx", 0, "docker.io/library/nginx", "", ""},
	{"kannix/monero-miner", 0, "docker.io/kannix/monero-miner", "", ""},
	{"a/b/c", 0, "docker.io/a/b/c", "", ""},
	{"localhost", 0, "docker.io/library/localhost", "", ""},
	{"localhost:5000", 0, "docker.io/library/localhost", "5000", ""},
	/* one registry, several doors */
	{"index.docker.io/nginx", 0, "docker.io/library/nginx", "", ""},
	{"registry-1.docker.io/a/b", 0, "docker.io/a/b", "", ""},
	{"registry.hub.docker.com/library/nginx", 0, "docker.io/library/nginx", "", ""},
	{"DOCKER.IO/a/b", 0, "docker.io/a/b", "", ""},
	{"registry-1.docker.io:443/a/b", 0, "docker.io/a/b", "", ""},
	{"quay.io:443/a", 0, "quay.io/a", "", ""},
	/* a registry is told by a dot, a port, an upper-case letter, or localhost */
	{"quay.io/a", 0, "quay.io/a", "", ""},
	{"Quay.IO/a/b:C", 0, "quay.io/a/b", "C", ""},
	{"ACME/a", 0, "acme/a", "", ""},
	{"host:5000/a", 0, "host:5000/a", "", ""},
	{"host:5000/a:5000", 0, "host:5000/a", "5000", ""},
	{"localhost/a", 0, "localhost/a", "", ""},
	{"127.0.0.1:5000/a", 0, "127.0.0.1:5000/a", "", ""},
	{"[::1]/a", 0, "[::1]/a", "", ""},
	{"[2001:DB8::1]:5000/a:b", 0, "[2001:db8::1]:5000/a", "b", ""},
	{"docker.io.evil.example/a", 0, "docker.io.evil.example/a", "", ""},
	/* components */
	{"a.b-c---d/0", 0, "a.b-c---d/0", "", ""},
	{"q/a.b_c__d-e---f", 0, "docker.io/q/a.b_c__d-e---f", "", ""},
	{"q/a..b", -EINVAL, NULL, NULL, NULL},
	{"q/a___b", -EINVAL, NULL, NULL, NULL},
	{"q/a._b", -EINVAL, NULL, NULL, NULL},
	{"q/a-_b", -EINVAL, NULL, NULL, NULL},
	{"q/-a", -EINVAL, NULL, NULL, NULL},
	{"q/a-", -EINVAL, NULL, NULL, NULL},
	{"q/.", -EINVAL, NULL, NULL, NULL},
	{"q/../a", -EINVAL, NULL, NULL, NULL},
	{"q/A", -EINVAL, NULL, NULL, NULL},
	{"A", -EINVAL, NULL, NULL, NULL},
	{"q//a", -EINVAL, NULL, NULL, NULL},
	{"/a", -EINVAL, NULL, NULL, NULL},
	{"a/", -EINVAL, NULL, NULL, NULL},
	{"quay.io/", -EINVAL, NULL, NULL, NULL},
	/* hosts and ports */
	{"-q.io/a", -EINVAL, NULL, NULL, NULL},
	{"q-.io/a", -EINVAL, NULL, NULL, NULL},
	{"q..io/a", -EINVAL, NULL, NULL, NULL},
	{".io/a", -EINVAL, NULL, NULL, NULL},
	{"q.io./a", -EINVAL, NULL, NULL, NULL},
	{"q_.io/a", -EINVAL, NULL, NULL, NULL},
	{"q.io:/a", -EINVAL, NULL, NULL, NULL},
	{"q.io:x/a", -EINVAL, NULL, NULL, NULL},
	{"q.io:123456/a", -EINVAL, NULL, NULL, NULL},
	{":5000/a", -EINVAL, NULL, NULL, NULL},
	{"[]/a", -EINVAL, NULL, NULL, NULL},
	{"[::g]/a", -EINVAL, NULL, NULL, NULL},
	{"[::1.2]/a", -EINVAL, NULL, NULL, NULL},
	{"user@q.io/a", -EINVAL, NULL, NULL, NULL},
	{"https://q.io/a", -EINVAL, NULL, NULL, NULL},
	/* tags and digests */
	{"a:", -EINVAL, NULL, NULL, NULL},
	{"a:.b", -EINVAL, NULL, NULL, NULL},
	{"a:-b", -EINVAL, NULL, NULL, NULL},
	{"a:b/c", -EINVAL, NULL, NULL, NULL},
	{"a:b:c", -EINVAL, NULL, NULL, NULL},
	{"a:_B.c-d", 0, "docker.io/library/a", "_B.c-d", ""},
	{"a:" X128, 0, "docker.io/library/a", X128, ""},
	{"a:" X128 "x", -EINVAL, NULL, NULL, NULL},
	{"a@", -EINVAL, NULL, NULL, NULL},
	{"a@sha256", -EINVAL, NULL, NULL, NULL},
	{"a@sha256:", -EINVAL, NULL, NULL, NULL},
	{"a@:" ID, -EINVAL, NULL, NULL, NULL},
	{"a@sha256:0", -EINVAL, NULL, NULL, NULL},
	{"a@sha256:" HEX32 "g", -EINVAL, NULL, NULL, NULL},
	{"a@sha256:" HEX32 "F", -EINVAL, NULL, NULL, NULL},
	{"a@" DIGEST "@" DIGEST, -EINVAL, NULL, NULL, NULL},
	{"a@md5:" HEX32, 0, "docker.io/library/a", "", "md5:" HEX32},
	{"a@sha512:" ID ID, 0, "docker.io/library/a", "", "sha512:" ID ID},
	{"a@sha512:" ID ID "0", -EINVAL, NULL, NULL, NULL},
	{"a@" X32 "x:" ID, -EINVAL, NULL, NULL, NULL},
	/* an id is no name; what is one digit off is a name, for Docker too */
	{ID, -ENOENT, NULL, NULL, NULL},
	{DIGEST, -ENOENT, NULL, NULL, NULL},
	{HEX32, 0, "docker.io/library/" HEX32, "", ""},
	{"sha256:" HEX32, 0, "docker.io/library/sha256", HEX32, ""},
	/* nothing, blanks, bytes that end strings or steer terminals */
	{"", -EINVAL, NULL, NULL, NULL},
	{" ", -EINVAL, NULL, NULL, NULL},
	{"a b", -EINVAL, NULL, NULL, NULL},
	{"a\n", -EINVAL, NULL, NULL, NULL},
	{"a\x1b[0m", -EINVAL, NULL, NULL, NULL},
	{"\xc3\xa9", -EINVAL, NULL, NULL, NULL},
};

static void names_are_written_in_full(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(references); i++) {
		struct image_reference got = {.name = "untouched"};
		int err = image_reference_parse(span_of(references[i].text), &got);

		if (err != references[i].err)
			fail_msg("%s: %d", references[i].text, err);
		if (err) {
			assert_string_equal(got.name, "untouched");
			continue;
		}
		assert_string_equal(got.name, references[i].name);
		assert_int_equal(got.registry_len, strcspn(got.name, "/"));
		if (!span_equal(got.tag, span_of(references[i].tag)) ||
			!span_equal(got.digest, span_of(references[i].digest)))
			fail_msg("%s: tag or digest", references[i].text);
	}
}

/* A byte more than the longest of each is refused; the longest of all fits. */
static void lengths_are_bounded(void **unused)
{
	static const struct {
		unsigned label, labels; /* of the registry; its port is ":50000" */
		unsigned repository;
		int err;
	} rows[] = {
		{63, 3, 255, 0},
		{63, 3, 256, -EINVAL},
		{251, 1, 255, 0},
		{252, 1, 255, -EINVAL},
		{0, 0, 247, 0},
		{0, 0, 248, -EINVAL},
	};
	char text[1024], longest[IMAGE_REPOSITORY_MAX + 1];

	(void)unused;
	memset(longest, 'x', sizeof(longest));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct image_reference got;
		int len = 0;

		for (unsigned label = 0; label < rows[i].labels; label++)
			len += sprintf(text + len, "%.*s.", (int)rows[i].label, longest);
		if (len)
			len += sprintf(text + len, "x:50000/");
		sprintf(text + len, "%.*s", (int)rows[i].repository, longest);
		if (image_reference_parse(span_of(text), &got) != rows[i].err)
			fail_msg("row %zu", i);
		if (!rows[i].err)
			assert_true(strlen(got.name) < sizeof(got.name));
	}
}

static void a_nul_is_no_end(void **unused)
{
	struct image_reference got;
	char prefix[IMAGE_NAME_SIZE];

	(void)unused;
	assert_int_equal(image_reference_parse((struct span){"a\0b", 3}, &got), -EINVAL);
	assert_int_equal(image_reference_parse((struct span){"q.io/\0", 6}, &got), -EINVAL);
	assert_int_equal(image_reference_parse((struct span){"a:\0", 3}, &got), -EINVAL);
	assert_int_equal(image_reference_parse((struct span){NULL, 0}, &got), -EINVAL);
	assert_int_equal(image_prefix_parse((struct span){"q.io\0", 5}, prefix), -EINVAL);
	assert_int_equal(image_prefix_parse((struct span){NULL, 0}, prefix), -EINVAL);
}

static const struct {
	const char *text;
	const char *prefix; /* NULL: refused */
} prefixes[] = {
	{"quay.io", "quay.io"},
	{"Quay.io:443", "quay.io"},
	{"quay.io/team", "quay.io/team"},
	{"quay.io/team/app", "quay.io/team/app"},
	{"host:5000", "host:5000"},
	{"[::1]:5000/x", "[::1]:5000/x"},
	{"localhost", "localhost"},
	{"docker.io", "docker.io"},
	{"index.docker.io", "docker.io"},
	{"docker.io/library", "docker.io/library"},
	{"registry.hub.docker.com/library/nginx", "docker.io/library/nginx"},
	{"team", NULL}, /* a user of docker.io, who would have to be named as such */
	{"team/app", NULL},
	{"quay.io/", NULL},
	{"quay.io//team", NULL},
	{"quay.io/Team", NULL},
	{"quay.io/app:1", NULL},
	{"quay.io/*", NULL},
	{"*.quay.io", NULL},
	{"https://quay.io", NULL},
	{"", NULL},
};

static void prefixes_name_their_registry(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		char got[IMAGE_NAME_SIZE] = "untouched";
		int err = image_prefix_parse(span_of(prefixes[i].text), got);

		if (err != (prefixes[i].prefix ? 0 : -EINVAL))
			fail_msg("%s: %d", prefixes[i].text, err);
		assert_string_equal(got, prefixes[i].prefix ? prefixes[i].prefix : "untouched");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_written_in_full),
		cmocka_unit_test(lengths_are_bounded),
		cmocka_unit_test(a_nul_is_no_end),
		cmocka_unit_test(prefixes_name_their_registry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
