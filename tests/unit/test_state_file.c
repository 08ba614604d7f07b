/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a state file is read as it was written, and that a damaged one is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sodium/crypto_shorthash.h>
#include <stdlib.h>
#include <string.h>

#include "core_fixture.h"
#include "state_file.h"
#include "util/span.h"

#define HEAD 80 /* bytes of a slot before its items */

static const char boot[STATE_BOOT_ID_SIZE] = "01234567-89ab-cdef-0123-456789abcdef";
static const char other_boot[STATE_BOOT_ID_SIZE] = "11234567-89ab-cdef-0123-456789abcdef";

static unsigned char *file; /* both slots */
static size_t file_len;
static struct state_slot slot;
static struct state_found found;

static int open_file(void **state)
{
	(void)state;
	file = calloc(STATE_SLOTS, STATE_SLOT_SIZE);
	slot.bytes = malloc(STATE_SLOT_SIZE);
	file_len = 0;
	return file && slot.bytes ? 0 : -1;
}

static int close_file(void **state)
{
	(void)state;
	free(file);
	free(slot.bytes);
	return 0;
}

static void put(unsigned type, size_t len)
{
	static __u64 record[CORE_RECORD];

	core_make_plain(record, type, 0, len);
	memset((char *)record + sizeof(struct event_header), (int)type,
		len - sizeof(struct event_header));
	state_slot_record(&slot, record, len);
}

static void write_slot(unsigned number, uint64_t sequence, const char *boot_id)
{
	state_slot_digest(&slot);
	state_slot_seal(&slot, sequence, boot_id);
	memcpy(file + (size_t)number * STATE_SLOT_SIZE, slot.bytes, slot.len);
	if (file_len < (size_t)number * STATE_SLOT_SIZE + slot.len)
		file_len = (size_t)number * STATE_SLOT_SIZE + slot.len;
}

/* One line that names it. */
static void write_named(unsigned number, uint64_t sequence, const char *boot_id, const char *line)
{
	state_slot_begin(&slot);
	state_slot_line(&slot, 1, SEVERITY_MEDIUM, span_of(line));
	write_slot(number, sequence, boot_id);
}

static int find(void)
{
	return state_file_find(file, file_len, boot, &found);
}

static void assert_named(const char *line)
{
	struct span items = found.items;
	struct state_item item;

	assert_true(state_file_next(&items, &item));
	assert_int_equal(item.kind, STATE_LINE);
	assert_true(span_equal(item.bytes, span_of(line)));
	assert_false(state_file_next(&items, &item));
}

static void comes_back(void **state)
{
	static const struct {
		unsigned type;
		size_t len;
	} records[] = {{EVENT_INCIDENT, 112}, {EVENT_FINDING, 301}, {EVENT_FINDING, 8192},
		{EVENT_CONTAINER, 99}};
	struct state_item item;

	(void)state;
	state_slot_begin(&slot);
	state_slot_line(&slot, UINT64_C(1700000000123456789), SEVERITY_HIGH, span_of("one\n"));
	for (size_t i = 0; i < COUNT(records); i++)
		put(records[i].type, records[i].len);
	write_slot(0, 1, boot);
	assert_int_equal(slot.left_out, 0);
	assert_int_equal(find(), 0);
	assert_int_equal(found.slot, 0);
	assert_int_equal(found.sequence, 1);
	assert_true(state_file_next(&found.items, &item));
	assert_int_equal(item.kind, STATE_LINE);
	assert_true(span_equal(item.bytes, span_of("one\n")));
	assert_int_equal(item.time_ns, UINT64_C(1700000000123456789));
	assert_int_equal(item.severity, SEVERITY_HIGH);
	for (size_t i = 0; i < COUNT(records); i++) {
		assert_true(state_file_next(&found.items, &item));
		assert_int_equal(item.kind, STATE_RECORD);
		assert_int_equal(item.bytes.len, records[i].len);
		assert_int_equal((uintptr_t)item.bytes.data % 8, 0);
		assert_int_equal(((const struct event_header *)(const void *)item.bytes.data)->type,
			records[i].type);
		assert_int_equal(item.bytes.data[records[i].len - 1], records[i].type);
	}
	assert_false(state_file_next(&found.items, &item));
}

static void which_slot_counts(void **state)
{
	static const struct {
		const char *name;
		struct {
			uint64_t sequence; /* 0: not written */
			const char *boot_id;
			bool damaged;
		} slots[2];
		int result;
		unsigned slot;
	} rows[] = {
		{"nothing", {{0}, {0}}, -ENOENT, 0},
		{"the first alone", {{1, boot, false}, {0}}, 0, 0},
		{"the second alone", {{0}, {1, boot, false}}, 0, 1},
		{"the newer", {{3, boot, false}, {2, boot, false}}, 0, 0},
		{"the newer, second", {{3, boot, false}, {4, boot, false}}, 0, 1},
		{"the newer is torn", {{3, boot, false}, {4, boot, true}}, 0, 0},
		{"the newer is torn, first", {{5, boot, true}, {4, boot, false}}, 0, 1},
		{"both torn", {{5, boot, true}, {4, boot, true}}, -EINVAL, 0},
		{"one torn, no other", {{5, boot, true}, {0}}, -EINVAL, 0},
		{"other boot", {{5, other_boot, false}, {4, other_boot, false}}, -ESTALE, 0},
		{"the newer is of another boot", {{9, other_boot, false}, {1, boot, false}}, 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		memset(file, 0, (size_t)STATE_SLOTS * STATE_SLOT_SIZE);
		file_len = 0;
		for (unsigned k = 0; k < 2; k++) {
			if (!rows[i].slots[k].sequence)
				continue;
			write_named(k, rows[i].slots[k].sequence, rows[i].slots[k].boot_id,
				k ? "second\n" : "first\n");
			file[(size_t)k * STATE_SLOT_SIZE + HEAD + 9] ^= rows[i].slots[k].damaged;
		}
		if (find() != rows[i].result)
			fail_msg("%s: %d", rows[i].name, find());
		if (rows[i].result)
			continue;
		assert_int_equal(found.slot, rows[i].slot);
		assert_named(rows[i].slot ? "second\n" : "first\n");
	}
}

/* Every bit of the newer slot matters: with any of them turned the older one counts. */
static void any_damage_is_seen(void **state)
{
	(void)state;
	write_named(0, 1, boot, "older\n");
	state_slot_begin(&slot);
	state_slot_line(&slot, UINT64_MAX, SEVERITY_CRITICAL, span_of("newer\n"));
	put(EVENT_INCIDENT, 112);
	write_slot(1, 2, boot);
	assert_int_equal(find(), 0);
	assert_int_equal(found.slot, 1);
	for (size_t at = 0; at < slot.len; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			file[STATE_SLOT_SIZE + at] ^= 1u << bit;
			assert_int_equal(find(), 0);
			if (found.slot != 0)
				fail_msg("byte %zu", at);
			file[STATE_SLOT_SIZE + at] ^= 1u << bit;
		}
	}
	assert_named("older\n");
	/* and wherever it is cut off; read from a copy of that length, for a sanitizer to see */
	for (size_t cut = 0; cut < slot.len; cut++) {
		file_len = STATE_SLOT_SIZE + cut;
		assert_int_equal(find(), 0);
		assert_int_equal(found.slot, 0);
	}
	for (size_t cut = 0; cut < HEAD + 16; cut++) {
		void *copy = malloc(cut + 1);

		memcpy(copy, file, cut);
		assert_int_equal(state_file_find(copy, cut, boot, &found), cut ? -EINVAL : -ENOENT);
		free(copy);
	}
}

/* A line's time and severity. */
#define LINE_HEAD(severity) "\1\2\3\4\5\6\7\1" severity "\0\0\0\0\0\0\0"

/* Sealed by somebody who can: nothing but what a run hands on is taken. */
static void items_that_cannot_be(void **state)
{
	static const struct {
		const char *name;
		uint32_t head[2]; /* kind, length */
		char bytes[25];
		size_t len; /* of all */
		int result;
	} rows[] = {
		{"a line", {STATE_LINE, 18}, LINE_HEAD("\1") "x\n", 32, 0},
		{"no items", {0, 0}, "", 0, 0},
		{"half a head", {STATE_LINE, 2}, "", 4, -EINVAL},
		{"longer than there is", {STATE_LINE, 25}, LINE_HEAD("\1") "x\nxxxxx\n", 32,
			-EINVAL},
		{"as long as can be told", {STATE_LINE, UINT32_MAX}, LINE_HEAD("\1") "x\n", 32,
			-EINVAL},
		{"no end of line", {STATE_LINE, 18}, LINE_HEAD("\1") "xx", 32, -EINVAL},
		{"an empty line", {STATE_LINE, 16}, LINE_HEAD("\1"), 24, -EINVAL},
		{"a line without its head", {STATE_LINE, 2}, "x\n", 16, -EINVAL},
		{"a line with half its head", {STATE_LINE, 15}, "12345678\1\0\0\0\0\0\n", 24,
			-EINVAL},
		{"nothing of a line", {STATE_LINE, 0}, "", 8, -EINVAL},
		{"the highest severity", {STATE_LINE, 18}, LINE_HEAD("\3") "x\n", 32, 0},
		{"no such severity", {STATE_LINE, 18}, LINE_HEAD("\4") "x\n", 32, -EINVAL},
		{"no such kind", {3, 18}, LINE_HEAD("\1") "x\n", 32, -EINVAL},
		{"a record of eight bytes", {STATE_RECORD, 8}, "12345678", 16, -EINVAL},
	};

	void *copy;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		state_slot_begin(&slot);
		memcpy(slot.bytes + slot.len, rows[i].head, 8);
		memcpy(slot.bytes + slot.len + 8, rows[i].bytes, 24);
		slot.len += rows[i].len;
		file_len = 0;
		write_slot(0, 1, boot);
		copy = malloc(file_len); /* so that a sanitizer sees any read beyond */
		memcpy(copy, file, file_len);
		if (state_file_find(copy, file_len, boot, &found) != rows[i].result)
			fail_msg("%s", rows[i].name);
		free(copy);
	}
	for (unsigned type = 0; type < 64; type++) {
		bool good =
			type == EVENT_INCIDENT || type == EVENT_FINDING || type == EVENT_CONTAINER;

		state_slot_begin(&slot);
		put(type, 64);
		write_slot(0, 1, boot);
		if (find() != (good ? 0 : -EINVAL))
			fail_msg("type %u", type);
	}
	state_slot_begin(&slot);
	put(EVENT_FINDING, EVENT_RECORD_MAX);
	((uint32_t *)(void *)(slot.bytes + HEAD))[1] = EVENT_RECORD_MAX + 8;
	slot.len += 8;
	write_slot(0, 1, boot);
	assert_int_equal(find(), -EINVAL);
}

/* Sealed anew by hand: a whole slot of a later version. */
static void another_version(void **state)
{
	static const unsigned char no_key[crypto_shorthash_KEYBYTES];

	(void)state;
	write_named(0, 1, boot, "x\n");
	file[8]++; /* behind the magic */
	crypto_shorthash(file + HEAD - 8, file, HEAD - 8, no_key);
	assert_int_equal(find(), -EPROTO);
	file[8]--;
	file[0] ^= 1;
	crypto_shorthash(file + HEAD - 8, file, HEAD - 8, no_key);
	assert_int_equal(find(), -EINVAL);
	file[0] ^= 1;
	memset(file + 24, 'x', STATE_BOOT_ID_SIZE); /* without its NUL */
	crypto_shorthash(file + HEAD - 8, file, HEAD - 8, no_key);
	assert_int_equal(find(), -EINVAL);
}

static void what_does_not_fit(void **state)
{
	unsigned incidents = 0, findings = 0;
	struct state_item item;
	size_t before;

	(void)state;
	state_slot_begin(&slot);
	for (unsigned i = 0; i < 300; i++) {
		put(EVENT_INCIDENT, 112);
		put(EVENT_FINDING, EVENT_RECORD_MAX);
		put(EVENT_FINDING, EVENT_RECORD_MAX);
	}
	before = slot.len;
	assert_int_equal(slot.left_out, 300 - 253); /* 4 MiB / 16,520 bytes */
	/* Smaller ones find a place yet. */
	put(EVENT_INCIDENT, 112);
	assert_int_equal(slot.len, before + 120);
	assert_true(slot.len <= STATE_SLOT_SIZE);
	write_slot(1, 1, boot);
	assert_int_equal(find(), 0);
	while (state_file_next(&found.items, &item)) {
		const struct event_header *header = (const void *)item.bytes.data;

		incidents += header->type == EVENT_INCIDENT;
		findings += header->type == EVENT_FINDING;
	}
	/* Whole or not at all. */
	assert_int_equal(incidents, 253 + 1);
	assert_int_equal(findings, 253 * 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(comes_back, open_file, close_file),
		cmocka_unit_test_setup_teardown(which_slot_counts, open_file, close_file),
		cmocka_unit_test_setup_teardown(any_damage_is_seen, open_file, close_file),
		cmocka_unit_test_setup_teardown(items_that_cannot_be, open_file, close_file),
		cmocka_unit_test_setup_teardown(another_version, open_file, close_file),
		cmocka_unit_test_setup_teardown(what_does_not_fit, open_file, close_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
