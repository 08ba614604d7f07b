/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that tracecat's table covers every record, and that its JSON loses nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup_keep.h"
#include "decode.h"
#include "record_json.h"
#include "record_layout.h"
#include "trace_fixture.h"

static const unsigned known_types[] = {
	EVENT_HOST,
	EVENT_WALL,
	EVENT_TICK,
	EVENT_COUNTERS,
	EVENT_DEGRADED,
	EVENT_END,
	EVENT_EXEC,
	EVENT_FORK,
	EVENT_EXIT,
	EVENT_CONNECT,
	EVENT_CGROUP_MKDIR,
	EVENT_CGROUP_RELEASE,
	EVENT_CGROUP_ATTACH,
	EVENT_CGROUP_RENAME,
	EVENT_TASK,
	EVENT_THREAD,
	EVENT_PROCESS,
	EVENT_CGROUP,
	EVENT_CONTAINER,
	EVENT_MEMORY,
	EVENT_HUGEPAGES,
	EVENT_RULES,
	EVENT_SOCKET,
	EVENT_PAYLOAD,
	EVENT_PRELOAD,
	EVENT_HIDDEN,
	EVENT_INCIDENT,
	EVENT_FINDING,
	EVENT_TAMPER,
	EVENT_CONTENT,
};
#define TYPES (sizeof(known_types) / sizeof(known_types[0]))

/* Whatever type decode.c has a name for, the table has a layout for, and the other way round. */
static void test_types_are_those_of_the_decoder(void **state)
{
	unsigned named = 0;

	(void)state;
	for (unsigned type = 0; type <= UINT16_MAX; type++) {
		assert_int_equal(!!event_type_name(type), !!record_layout_find(type));
		named += !!event_type_name(type);
	}
	assert_int_equal(named, TYPES);
	for (size_t i = 0; i < TYPES; i++)
		assert_non_null(record_layout_find(known_types[i]));
}

static void test_fields_cover_every_byte_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < record_layouts_count; i++) {
		const struct record_layout *layout = &record_layouts[i];
		unsigned char seen[1024] = {0};
		const struct field *field;

		for (field = layout->fields; field->name; field++) {
			assert_true(field->offset + field->size <= layout->size);
			assert_int_equal(field->size % field->count, 0);
			for (unsigned k = 0; k < field->size; k++)
				seen[field->offset + k]++;
			for (const struct field *other = layout->fields; other != field; other++)
				assert_string_not_equal(other->name, field->name);
		}
		for (size_t k = 0; k < layout->size; k++) {
			if (seen[k] != 1)
				fail_msg("type %u: byte %zu is covered %u times", layout->types[0],
					k, seen[k]);
		}
	}
}

/* Returns the text of the record's object, which the caller frees. */
static char *round_trip(const void *data, size_t len)
{
	static char back[EVENT_RECORD_MAX];
	json_t *object = record_to_json(data, len), *parsed;
	const char *key = "";
	json_error_t error;
	size_t back_len = 0;
	char *text;

	assert_non_null(object);
	text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
	assert_non_null(text);
	parsed = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	assert_non_null(parsed);
	if (record_from_json(parsed, back, &back_len, &key))
		fail_msg("%s: %s", key, text);
	assert_int_equal(back_len, len);
	assert_memory_equal(back, data, len);
	json_decref(object);
	json_decref(parsed);
	return text;
}

/* Lengths of the strings that can be: noise in them all, and something behind them. */
static void tails_set(char *data, size_t len)
{
	const struct record_layout *layout =
		record_layout_find(((struct event_header *)(void *)data)->type);
	const struct field *field;

	if (!layout || len < layout->size)
		return;
	for (field = layout->fields; field->name; field++) {
		uint32_t tail = (uint32_t)(len - layout->size) / 5;

		if (field_is_tail(field))
			memcpy(data + field->offset, &tail, field->size);
	}
}

/* Noise in every field, pads included, in records of many lengths. */
static void test_noise_round_trips(void **state)
{
	static char data[EVENT_RECORD_MAX] __attribute__((aligned(8)));
	uint64_t seed = 41;

	(void)state;
	for (unsigned round = 0; round < 40 * (TYPES + 1); round++) {
		unsigned type =
			round % (TYPES + 1) < TYPES ? known_types[round % (TYPES + 1)] : 999;
		size_t len = sizeof(struct event_header) + round * 11 % 8000;

		record_make(data, len, type, &seed);
		if (round % 4)
			tails_set(data, len);
		free(round_trip(data, len));
	}
	for (size_t len = 1; len < sizeof(struct event_header); len++)
		free(round_trip(data, len));
	record_make(data, sizeof(data), 999, &seed);
	free(round_trip(data, sizeof(data)));
}

/* An exec record with these strings behind it; returns its length. */
static size_t exec_make(char *data, const char *name, size_t name_len, const char *argv,
	size_t argv_len, size_t trailing)
{
	struct event_exec exec = {.name_len = (__u16)name_len, .argv_len = (__u16)argv_len};
	size_t len = sizeof(exec) + name_len + argv_len + trailing;

	exec.header = (struct event_header){.type = EVENT_EXEC,
		.size = (__u32)len,
		.time_ns = UINT64_MAX,
		.cgroup_id = INT64_MAX,
		.pid = 7};
	memcpy(exec.kin.comm, "comm", 5);
	memcpy(data, &exec, sizeof(exec));
	memcpy(data + sizeof(exec), name, name_len);
	memcpy(data + sizeof(exec) + name_len, argv, argv_len);
	memset(data + len - trailing, 0xab, trailing);
	return len;
}

static void test_text_forms(void **state)
{
	static const struct {
		const char *name;
		size_t name_len;
		const char *argv;
		size_t argv_len, trailing;
		const char *contains, *lacks;
	} rows[] = {
		{"xmrig", 6, "a\0b", 4, 0, "\"name\":\"xmrig\",\"argv\":[\"a\",\"b\"]}", "hex"},
		{"xmrig", 5, "", 1, 0, "\"name\":\"xmrig\",\"name_hex\":\"786d726967\"",
			"argv_hex"},
		{"\xc3\xa9", 3, "a", 2, 0, "\"name\":\"\\u00E9\"", "hex"},
		{"\xff", 2, "a", 2, 0, "\"name\":\"\\uFFFD\",\"name_hex\":\"ff00\"", "argv_hex"},
		{"a\0b", 4, "a", 2, 0, "\"name\":\"a\",\"name_hex\":\"61006200\"", "argv_hex"},
		{"", 0, "a\0\0", 3, 0, "\"argv\":[\"a\",\"\"]", "name\":"},
		{"", 1, "ab", 2, 0, "\"argv\":[\"ab\"],\"argv_hex\":\"6162\"", "name_hex"},
		{"n", 2, "", 0, 3, "\"trailing_hex\":\"ababab\"", "argv"},
		{"n", 2, "", 0, 0, "\"time_ns\":\"18446744073709551615\"", "pad"},
		{"n", 2, "", 0, 0, "\"cgroup_id\":9223372036854775807,\"pid\":7,", "\"hex"},
		{"n", 2, "", 0, 0, "\"comm\":\"comm\"", "comm_hex"},
	};
	char data[512];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = exec_make(data, rows[i].name, rows[i].name_len, rows[i].argv,
			rows[i].argv_len, rows[i].trailing);
		char *text = round_trip(data, len);

		if (!strstr(text, rows[i].contains) || strstr(text, rows[i].lacks))
			fail_msg("row %zu: %s", i, text);
		free(text);
	}
}

static void test_lines_that_are_no_record(void **state)
{
	static const struct {
		const char *line, *key; /* NULL: it is one */
		size_t len;
	} rows[] = {
		{"{\"type\":\"end\",\"reason\":2}", NULL, sizeof(struct event_end)},
		{"{\"type\":\"end\",\"size\":3}", NULL, sizeof(struct event_end)},
		{"{\"type\":7,\"reason\":2}", NULL, sizeof(struct event_end)},
		{"{\"type\":999,\"hex\":\"00ff\"}", NULL, 2},
		{"{\"type\":\"cgroup_mkdir\",\"path\":\"/a\"}", NULL,
			sizeof(struct event_cgroup) + 3},
		{"{}", "type", 0},
		{"{\"type\":\"nothing\"}", "type", 0},
		{"{\"type\":999}", "type", 0},
		{"{\"hex\":\"0\"}", "hex", 0},
		{"{\"hex\":\"0G\"}", "hex", 0},
		{"{\"hex\":\"\"}", "hex", 0},
		{"{\"hex\":7}", "hex", 0},
		{"{\"hex\":\"00\",\"pid\":1}", "pid", 0},
		{"{\"type\":\"end\",\"raeson\":2}", "raeson", 0},
		{"{\"type\":\"end\",\"reason\":4294967296}", "reason", 0},
		{"{\"type\":\"end\",\"reason\":-1}", "reason", 0},
		{"{\"type\":\"end\",\"reason\":\"x\"}", "reason", 0},
		{"{\"type\":\"end\",\"time_ns\":\"18446744073709551616\"}", "time_ns", 0},
		{"{\"type\":\"end\",\"trailing_hex\":\"x\"}", "trailing_hex", 0},
		{"{\"type\":\"exit\",\"exit_code\":2147483648}", "exit_code", 0},
		{"{\"type\":\"fork\",\"comm\":\"12345678901234567\"}", "comm", 0},
		{"{\"type\":\"fork\",\"comm\":\"a\",\"comm_hex\":\"61\"}", "comm", 0},
		{"{\"type\":\"fork\",\"comm_hex\":\"61\"}", "comm_hex", 0},
		{"{\"type\":\"connect\",\"source\":\"1.2.3.4\"}", "source", 0},
		{"{\"type\":\"exec\",\"argv\":\"a\"}", "argv", 0},
		{"{\"type\":\"exec\",\"argv\":[1]}", "argv", 0},
		{"{\"type\":\"counters\",\"dropped\":[1,2,3]}", "dropped", 0},
	};
	char data[EVENT_RECORD_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *object = json_loads(rows[i].line, 0, NULL);
		const char *key = NULL;
		size_t len = 0;
		int err;

		assert_non_null(object);
		err = record_from_json(object, data, &len, &key);
		if (err != (rows[i].key ? -EINVAL : 0) || len != rows[i].len)
			fail_msg("%s: %d, %zu bytes, %s", rows[i].line, err, len, key);
		if (rows[i].key)
			assert_string_equal(key, rows[i].key);
		json_decref(object);
	}
}

/* Strings and hex that would reach beyond the longest record. */
static void test_too_long_for_a_record(void **state)
{
	static const char *const keys[] = {"name", "hex", "trailing_hex"};
	char long_text[2 * EVENT_RECORD_MAX + 3], data[EVENT_RECORD_MAX];

	(void)state;
	memset(long_text, '0', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		json_t *object = json_pack("{s:s, s:s}", "type", "exec", keys[i], long_text);
		const char *key = NULL;
		size_t len;

		assert_int_equal(record_from_json(object, data, &len, &key), -EINVAL);
		assert_string_equal(key, keys[i]);
		json_decref(object);
	}
}

static void test_cgroup_keeps(void **state)
{
	(void)state;
	for (unsigned type = 0; type < 64; type++) {
		struct event_header header = {.type = (__u16)type, .cgroup_id = 5};
		bool none = type == EVENT_HOST || type == EVENT_WALL || type == EVENT_TICK ||
			    type == EVENT_COUNTERS || type == EVENT_DEGRADED ||
			    type == EVENT_TAMPER || type == EVENT_END;

		assert_true(cgroup_keeps(5, &header, sizeof(header)));
		assert_int_equal(cgroup_keeps(6, &header, sizeof(header)), none);
		assert_false(cgroup_keeps(5, &header, sizeof(header) - 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types_are_those_of_the_decoder),
		cmocka_unit_test(test_fields_cover_every_byte_once),
		cmocka_unit_test(test_noise_round_trips),
		cmocka_unit_test(test_text_forms),
		cmocka_unit_test(test_lines_that_are_no_record),
		cmocka_unit_test(test_too_long_for_a_record),
		cmocka_unit_test(test_cgroup_keeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
