/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the look-up in bbolt databases, good, damaged and written to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "examiner/bolt_db.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PAGE 4096
#define PAGES 20
#define META 16 /* of the meta within its page */
#define LONG_VALUE 5000
#define IMAGE "registry.example/web:1"

/* The pages of the database below; 0 and 1 are the metas. */
enum { ROOT = 3, V1, LEFT, RIGHT, TOOLS, CONTAINERS, TWO, TWO_MORE, LOOP, DEEP };

static unsigned char file[PAGES * PAGE];

static void put(size_t offset, uint64_t value, size_t len)
{
	memcpy(file + offset, &value, len); /* bbolt writes the machine's byte order */
}

static void head(size_t page, unsigned flags, unsigned count, unsigned overflow)
{
	put(page * PAGE, page, 8);
	put(page * PAGE + 8, flags, 2);
	put(page * PAGE + 10, count, 2);
	put(page * PAGE + 12, overflow, 4);
}

static void branch(size_t page, unsigned index, size_t at, const char *key, uint64_t child)
{
	size_t element = page * PAGE + 16 + 16 * index;

	put(element, page * PAGE + at - element, 4);
	put(element + 4, strlen(key), 4);
	put(element + 8, child, 8);
	memcpy(file + page * PAGE + at, key, strlen(key));
}

static void leaf(size_t start, unsigned index, size_t at, bool bucket, const char *key,
	const void *value, size_t len)
{
	size_t element = start + 16 + 16 * index;

	put(element, bucket, 4);
	put(element + 4, start + at - element, 4);
	put(element + 8, strlen(key), 4);
	put(element + 12, len, 4);
	memcpy(file + start + at, key, strlen(key));
	memcpy(file + start + at + strlen(key), value, len);
}

static void bucket(size_t page, unsigned index, size_t at, const char *key, uint64_t root)
{
	uint64_t value[2] = {root, 0};

	leaf(page * PAGE, index, at, true, key, value, sizeof(value));
}

static void add_checksum(size_t page)
{
	size_t start = page * PAGE + META;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < 56; i++)
		sum = (sum ^ file[start + i]) * UINT64_C(0x100000001b3);
	put(start + 56, sum, 8);
}

static void meta(size_t page, uint64_t root, uint64_t transaction)
{
	size_t start = page * PAGE + META;

	head(page, 4, 0, 0);
	put(start, 0xED0CDAED, 4);
	put(start + 4, 2, 4);
	put(start + 8, PAGE, 4);
	put(start + 16, root, 8);
	put(start + 40, PAGES, 8);
	put(start + 48, transaction, 8);
	add_checksum(page);
}

/* v1 holds a branch; "one" is a bucket within its parent's page, "two" has a page and one more. */
static void make(void)
{
	static char inline_bucket[256], long_value[LONG_VALUE];
	static const uint64_t short_bucket = TOOLS;
	size_t one = CONTAINERS * PAGE + 200;

	memset(file, 0, sizeof(file));
	memset(long_value, 'x', sizeof(long_value));
	meta(0, ROOT, 8);
	meta(1, LOOP, 7);
	head(ROOT, 2, 1, 0);
	bucket(ROOT, 0, 100, "v1", V1);
	head(V1, 1, 2, 0);
	branch(V1, 0, 100, "a", LEFT);
	branch(V1, 1, 110, "m", RIGHT);
	head(LEFT, 2, 2, 0);
	bucket(LEFT, 0, 100, "default", TOOLS);
	bucket(LEFT, 1, 200, "loop", LOOP);
	head(RIGHT, 2, 2, 0);
	leaf(RIGHT * PAGE, 0, 100, false, "plain", "text", 4);
	bucket(RIGHT, 1, 200, "tools", TOOLS);
	head(TOOLS, 2, 1, 0);
	bucket(TOOLS, 0, 100, "containers", CONTAINERS);
	head(CONTAINERS, 2, 2, 0);
	leaf(CONTAINERS * PAGE, 0, 200, true, "one", inline_bucket, sizeof(inline_bucket));
	one += strlen("one") + 16; /* the bucket's head: no page of its own */
	put(one + 8, 2, 2);
	put(one + 10, 2, 2);
	leaf(one, 0, 60, false, "image", IMAGE, strlen(IMAGE));
	leaf(one, 1, 100, true, "labels", &short_bucket, sizeof(short_bucket));
	bucket(CONTAINERS, 1, 600, "two", TWO);
	head(TWO, 2, 1, 1);
	leaf(TWO * PAGE, 0, 100, false, "image", long_value, sizeof(long_value));
	head(LOOP, 1, 1, 0);
	branch(LOOP, 0, 100, "", LOOP);
}

/* What happens to the file while it is read: so many transactions more, one at each look at TOOLS.
 */
static unsigned writes;

/* In the place of the C library's. */
ssize_t pread(int fd, void *bytes, size_t len, off_t offset)
{
	if (offset == TOOLS * PAGE && len == PAGE && writes > 0) {
		writes--;
		meta(writes % 2, ROOT, 20 - writes);
		assert_int_equal(pwrite(fd, file, 2 * PAGE, 0), 2 * PAGE);
	}
	return syscall(SYS_pread64, fd, bytes, len, offset);
}

static int look_up(const char *const *path, char *value, size_t size)
{
	int fd = memfd_create("bolt", MFD_CLOEXEC), err;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, file, sizeof(file)), sizeof(file));
	err = bolt_db_find(fd, path, value, size);
	close(fd);
	return err;
}

static const char *const image[] = {"v1", "tools", "containers", "one", "image", NULL};

static const struct {
	const char *path[7];
	int err;
} paths[] = {
	{{"v1", "tools", "containers", "one", "image"}, 0},
	{{"v1", "default", "containers", "one", "image"}, 0},
	{{"v1", "tools", "containers", "two", "image"}, -ENAMETOOLONG},
	{{"v1", "tools", "containers", "one", "imag"}, -ENOENT},
	{{"v1", "tools", "containers", "one", "images"}, -ENOENT},
	{{"v1", "tools", "containers", "three", "image"}, -ENOENT},
	{{"v1", "a", "containers", "one", "image"}, -ENOENT},
	{{"v1", "0", "containers", "one", "image"}, -ENOENT},
	{{"v1", "tools", "containers", "one"}, -ENOENT}, /* no value */
	{{"v1", "plain", "containers", "one", "image"}, -ENOENT}, /* no bucket */
	{{"v1", "tools", "containers", "one", "labels", "x"}, -EINVAL}, /* too short for one */
	{{"v1", "loop", "containers", "one", "image"}, -EFBIG},
};

static void test_paths(void **state)
{
	(void)state;
	make();
	for (size_t i = 0; i < COUNT(paths); i++) {
		char value[256] = "untouched";
		int err = look_up(paths[i].path, value, sizeof(value));

		if (err != paths[i].err)
			print_message("row %zu\n", i);
		assert_int_equal(err, paths[i].err);
		assert_string_equal(value, err == 0 ? IMAGE : "untouched");
	}
}

static void test_size(void **state)
{
	char value[sizeof(IMAGE)];

	(void)state;
	make();
	assert_int_equal(look_up(image, value, sizeof(IMAGE)), 0);
	assert_int_equal(look_up(image, value, sizeof(IMAGE) - 1), -ENAMETOOLONG);
}

/* Bytes of the good file are replaced; the metas' checksums stay as they were. */
static const struct {
	const char *name;
	size_t offset;
	uint64_t value;
	size_t len;
	int err;
} damages[] = {
	{"newer meta torn: the older one counts", META + 48, 9, 8, -EFBIG},
	{"page is another", TOOLS *PAGE, 99, 8, -EINVAL},
	{"page is no leaf", TOOLS *PAGE + 8, 8, 2, -EINVAL},
	{"page without elements", TOOLS *PAGE + 10, 0, 2, -ENOENT},
	{"more elements than fit", TOOLS *PAGE + 10, 0xffff, 2, -EINVAL},
	{"branch without elements", V1 *PAGE + 10, 0, 2, -EINVAL},
	{"branch with more than fit", V1 *PAGE + 10, 0xffff, 2, -EINVAL},
	{"branch's key outside", V1 *PAGE + 16 + 16, 0xffffffff, 4, -EINVAL},
	{"branch's key too long", V1 *PAGE + 16 + 20, 0xffffffff, 4, -EINVAL},
	{"key outside", TOOLS *PAGE + 20, 0xffffffff, 4, -EINVAL},
	{"key too long", TOOLS *PAGE + 24, 0xffffffff, 4, -EINVAL},
	{"value too long", TOOLS *PAGE + 28, 0xffffffff, 4, -EINVAL},
	{"value one byte beyond the node", TOOLS *PAGE + 28, PAGE - 110 + 1, 4, -EINVAL},
	{"child beyond the end", V1 *PAGE + 16 + 24, PAGES, 8, -EINVAL},
	{"child far beyond the end", V1 *PAGE + 16 + 24, UINT64_MAX / PAGE, 8, -EINVAL},
	{"node too long", TOOLS *PAGE + 12, BOLT_NODE_MAX / PAGE, 4, -EFBIG},
	{"node longer than the file", TOOLS *PAGE + 12, PAGES, 4, -EINVAL},
};

static void test_damages(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(damages); i++) {
		char value[256];
		int err;

		make();
		put(damages[i].offset, damages[i].value, damages[i].len);
		err = look_up(image, value, sizeof(value));
		if (err != damages[i].err)
			print_message("%s\n", damages[i].name);
		assert_int_equal(err, damages[i].err);
	}
}

/* One after the other: each leaves less of the metas. */
static void test_metas(void **state)
{
	char value[256];

	(void)state;
	make();
	meta(1, ROOT, 9);
	put(META, 0, 4);
	assert_int_equal(look_up(image, value, sizeof(value)), 0);
	meta(0, LOOP, 8);
	assert_int_equal(look_up(image, value, sizeof(value)), 0);
	meta(2, LOOP, 50); /* a value may look like this */
	assert_int_equal(look_up(image, value, sizeof(value)), 0);
	meta(0, LOOP, 10);
	assert_int_equal(look_up(image, value, sizeof(value)), -EFBIG);
	meta(0, 0, 10);
	assert_int_equal(look_up(image, value, sizeof(value)), -EINVAL);
	put(META, 0, 4);
	put(PAGE + META, 0, 4);
	assert_int_equal(look_up(image, value, sizeof(value)), -EINVAL);
	meta(1, ROOT, 9);
	assert_int_equal(look_up(image, value, sizeof(value)), 0);
	put(PAGE + META + 4, 3, 4); /* version */
	add_checksum(1);
	assert_int_equal(look_up(image, value, sizeof(value)), -EINVAL);
}

/* A tree as deep as is followed, and one deeper. */
static void test_depth(void **state)
{
	char value[256];

	(void)state;
	for (unsigned levels = 7; levels <= 8; levels++) {
		make();
		bucket(ROOT, 0, 100, "v1", DEEP);
		for (unsigned i = 0; i < levels; i++) {
			head(DEEP + i, 1, 1, 0);
			branch(DEEP + i, 0, 100, "", i + 1 < levels ? DEEP + i + 1 : RIGHT);
		}
		assert_int_equal(look_up(image, value, sizeof(value)), levels == 7 ? 0 : -EFBIG);
	}
}

/* Read again where another transaction came between; not for ever. */
static void test_written(void **state)
{
	static const struct {
		unsigned writes;
		int err;
	} rows[] = {{0, 0}, {1, 0}, {2, 0}, {3, -EAGAIN}, {9, -EAGAIN}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char value[256] = "";

		make();
		writes = rows[i].writes;
		assert_int_equal(look_up(image, value, sizeof(value)), rows[i].err);
		assert_string_equal(value, rows[i].err ? "" : IMAGE);
		writes = 0;
	}
}

static void test_empty(void **state)
{
	char value[8];
	int fd = memfd_create("bolt", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(bolt_db_find(fd, image, value, sizeof(value)), -EINVAL);
	close(fd);
	assert_int_equal(bolt_db_find(-1, image, value, sizeof(value)), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_damages),
		cmocka_unit_test(test_metas),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
