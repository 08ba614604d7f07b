/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what of a ring buffer a reader reads, and what the next one finds after its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sources/ring_reader.h"

#define SIZE 4096u

/*
 * As the kernel lays one out, but in a file: what follows the bytes is no second copy of them, so
 * that a record over the end stands there alone, where it is read.
 */
static int map;
static size_t page;
static unsigned char *bytes;
static unsigned long written;
static struct ring_reader *reader;

static unsigned long *given_up(void)
{
	return (unsigned long *)bytes;
}

/* One record of len bytes, each of them `fill`; flags: of its head. Returns where its head is. */
static uint32_t *add(uint32_t len, unsigned char fill, uint32_t flags)
{
	unsigned char *at = bytes + 2 * page + written % SIZE;
	uint32_t head = len | flags;

	memcpy(at, &head, sizeof(head));
	memset(at + BPF_RINGBUF_HDR_SZ, fill, len);
	written += (BPF_RINGBUF_HDR_SZ + len + 7) / 8 * 8;
	memcpy(bytes + page, &written, sizeof(written));
	return (uint32_t *)at;
}

static void reads(uint32_t len, unsigned char fill)
{
	void *record;
	size_t found;

	assert_true(ring_reader_next(reader, &record, &found));
	assert_int_equal(found, len);
	for (size_t i = 0; i < found; i++)
		assert_int_equal(((unsigned char *)record)[i], fill);
}

static void reads_nothing(void)
{
	void *record;
	size_t len;

	assert_false(ring_reader_next(reader, &record, &len));
}

/* As SIGKILL does it. */
static void read_by_the_next_one(void)
{
	ring_reader_free(reader);
	assert_int_equal(ring_reader_open(map, SIZE, &reader), 0);
}

static int set_up(void **state)
{
	(void)state;
	page = (size_t)sysconf(_SC_PAGESIZE);
	map = memfd_create("ring", MFD_CLOEXEC);
	assert_true(map >= 0);
	assert_int_equal(ftruncate(map, (off_t)(2 * page + 2 * SIZE)), 0);
	bytes = mmap(NULL, 2 * page + 2 * SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
	assert_true(bytes != MAP_FAILED);
	written = 0;
	assert_int_equal(ring_reader_open(map, SIZE, &reader), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ring_reader_free(reader);
	munmap(bytes, 2 * page + 2 * SIZE);
	close(map);
	return 0;
}

static void in_turn(void **state)
{
	(void)state;
	reads_nothing();
	add(1, 'a', 0);
	add(8, 'b', 0);
	add(40, 'c', BPF_RINGBUF_DISCARD_BIT);
	add(17, 'd', 0);
	reads(1, 'a');
	reads(8, 'b');
	reads(17, 'd');
	reads_nothing();
	assert_int_equal(ring_reader_held(reader), written);
	ring_reader_give_up(reader);
	assert_int_equal(ring_reader_held(reader), 0);
	assert_int_equal(*given_up(), written);
}

/* Those behind it are whole, and wait: the order is theirs. */
static void still_being_written(void **state)
{
	uint32_t *head;

	(void)state;
	add(8, 'a', 0);
	head = add(24, 'b', BPF_RINGBUF_BUSY_BIT);
	add(8, 'c', 0);
	reads(8, 'a');
	reads_nothing();
	ring_reader_give_up(reader);
	assert_int_equal(*given_up(), 16);
	*head &= ~BPF_RINGBUF_BUSY_BIT;
	reads(24, 'b');
	reads(8, 'c');
	reads_nothing();
}

/* What was read and not given up is read again by whoever comes after, and nothing else is. */
static void killed(void **state)
{
	(void)state;
	add(8, 'a', 0);
	add(8, 'b', 0);
	add(8, 'c', 0);
	reads(8, 'a');
	ring_reader_give_up(reader);
	reads(8, 'b');
	read_by_the_next_one();
	assert_int_equal(ring_reader_held(reader), 0);
	reads(8, 'b');
	reads(8, 'c');
	reads_nothing();
	read_by_the_next_one();
	reads(8, 'b');
	reads(8, 'c');
	ring_reader_give_up(reader);
	read_by_the_next_one();
	reads_nothing();
}

static void around_the_end(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3 * SIZE / 40; i++) {
		add(32, (unsigned char)i, 0);
		reads(32, (unsigned char)i);
		ring_reader_give_up(reader);
	}
	assert_true(written > 2 * SIZE);
	assert_int_equal(*given_up(), written);
}

static void no_ring(void **state)
{
	struct ring_reader *none = NULL;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_true(ring_reader_open(ends[0], SIZE, &none) < 0);
	assert_null(none);
	close(ends[0]);
	close(ends[1]);
	ring_reader_free(NULL);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(in_turn),
		TEST(still_being_written),
		TEST(killed),
		TEST(around_the_end),
		TEST(no_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
