/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which records are believed, and how their strings are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core_fixture.h"
#include "decode.h"
#include "process.h"
#include "util/span.h"

/* Every type with its fixed size and whether it must name a process. */
static const struct {
	const char *name;
	unsigned type;
	size_t size;
	bool process;
} type_rows[] = {
	{"host", EVENT_HOST, sizeof(struct event_host), false},
	{"wall", EVENT_WALL, sizeof(struct event_wall), false},
	{"tick", EVENT_TICK, sizeof(struct event_tick), false},
	{"counters", EVENT_COUNTERS, sizeof(struct event_counters), false},
	{"degraded", EVENT_DEGRADED, sizeof(struct event_degraded), false},
	{"end", EVENT_END, sizeof(struct event_end), false},
	{"rules", EVENT_RULES, sizeof(struct event_rules), false},
	{"hugepages", EVENT_HUGEPAGES, sizeof(struct event_hugepages), false},
	{"memory", EVENT_MEMORY, sizeof(struct event_memory), true},
	{"content", EVENT_CONTENT, sizeof(struct event_content), true},
	{"exec", EVENT_EXEC, sizeof(struct event_exec), true},
	{"fork", EVENT_FORK, sizeof(struct event_fork), true},
	{"exit", EVENT_EXIT, sizeof(struct event_exit), true},
	{"connect", EVENT_CONNECT, sizeof(struct event_connect), true},
	{"cgroup_mkdir", EVENT_CGROUP_MKDIR, sizeof(struct event_cgroup), false},
	{"cgroup_release", EVENT_CGROUP_RELEASE, sizeof(struct event_cgroup), false},
	{"cgroup_attach", EVENT_CGROUP_ATTACH, sizeof(struct event_cgroup), true},
	{"cgroup_rename", EVENT_CGROUP_RENAME, sizeof(struct event_cgroup), false},
	{"task", EVENT_TASK, sizeof(struct event_task), true},
	{"thread", EVENT_THREAD, sizeof(struct event_thread), true},
	{"process", EVENT_PROCESS, sizeof(struct event_exec), true},
	{"cgroup", EVENT_CGROUP, sizeof(struct event_cgroup), false},
	{"container", EVENT_CONTAINER, sizeof(struct event_container), true},
	{"socket", EVENT_SOCKET, sizeof(struct event_socket), true},
	{"payload", EVENT_PAYLOAD, sizeof(struct event_payload), false},
	{"preload", EVENT_PRELOAD, sizeof(struct event_preload), false},
	{"hidden", EVENT_HIDDEN, sizeof(struct event_hidden), true},
	{"incident", EVENT_INCIDENT, sizeof(struct event_incident), false},
	{"finding", EVENT_FINDING, sizeof(struct event_finding), true},
	{"tamper", EVENT_TAMPER, sizeof(struct event_tamper), false},
};

static __u64 record[CORE_RECORD];
static struct event event;

static struct event_header *make_plain(unsigned type, size_t len, uint32_t pid)
{
	struct event_header *header = core_make_plain(record, type, 1, len);

	header->pid = pid;
	if (type == EVENT_DEGRADED)
		((struct event_degraded *)record)->what[0] = 'x';
	if (type == EVENT_TAMPER)
		((struct event_tamper *)record)->what[0] = 'x';
	if (type == EVENT_PAYLOAD)
		((struct event_payload *)record)->payload_class = PAYLOAD_OTHER;
	if (type == EVENT_INCIDENT) {
		((struct event_incident *)record)->workload_type = WORKLOAD_CGROUP;
		((struct event_incident *)record)->phase = INCIDENT_WAS_WATCHED;
	}
	if (type == EVENT_FINDING)
		((struct event_finding *)record)->workload_type = WORKLOAD_CGROUP;
	if (type == EVENT_CONTENT) {
		((struct event_content *)record)->object = CONTENT_EXE;
		((struct event_content *)record)->result = CONTENT_DIGESTED;
	}
	return header;
}

static void sizes_of_every_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(type_rows); i++) {
		unsigned type = type_rows[i].type;
		size_t size = type_rows[i].size;

		make_plain(type, size, 1);
		assert_int_equal(core_decode_alone(record, size, &event), 0);
		make_plain(type, size + 8, 1); /* a later version's */
		assert_int_equal(core_decode_alone(record, size + 8, &event), 0);
		make_plain(type, size - 1, 1);
		assert_int_equal(core_decode_alone(record, size - 1, &event), -EINVAL);
		make_plain(type, size, 0);
		assert_int_equal(core_decode_alone(record, size, &event),
			type_rows[i].process ? -EINVAL : 0);
		/* the length told twice must agree */
		make_plain(type, size, 1)->size++;
		assert_int_equal(core_decode_alone(record, size, &event), -EINVAL);
	}
}

static void lengths_and_types_that_cannot_be(void **state)
{
	(void)state;
	make_plain(EVENT_TICK, sizeof(struct event_tick), 0);
	for (size_t len = 0; len < sizeof(struct event_header); len++) {
		((struct event_header *)record)->size = (__u32)len;
		assert_int_equal(core_decode_alone(record, len, &event), -EINVAL);
	}
	make_plain(EVENT_TICK, EVENT_RECORD_MAX, 0);
	assert_int_equal(event_decode(record, EVENT_RECORD_MAX, &event), 0);
	((struct event_header *)record)->size = EVENT_RECORD_MAX + 8;
	assert_int_equal(event_decode(record, EVENT_RECORD_MAX + 8, &event), -EINVAL);
	for (unsigned type = 0; type < 300; type++) {
		if (event_type_name(type))
			continue;
		make_plain(type, sizeof(struct event_header), 1);
		assert_int_equal(
			core_decode_alone(record, sizeof(struct event_header), &event), -ENOTSUP);
	}
	make_plain(UINT16_MAX, 64, 1);
	assert_int_equal(core_decode_alone(record, 64, &event), -ENOTSUP);
}

/* The text is bounded by the record and by what anybody keeps of it. */
static void preload_text(void **state)
{
	const size_t size = sizeof(struct event_preload);
	struct event_preload *preload = (struct event_preload *)record;

	(void)state;
	make_plain(EVENT_PRELOAD, size + EVENT_PRELOAD_MAX + 1, 0);
	preload->len = EVENT_PRELOAD_MAX;
	assert_int_equal(event_decode(record, size + EVENT_PRELOAD_MAX + 1, &event), 0);
	assert_ptr_equal(event.data.data, preload + 1);
	assert_int_equal(event.data.len, EVENT_PRELOAD_MAX);
	preload->len++;
	assert_int_equal(event_decode(record, size + EVENT_PRELOAD_MAX + 1, &event), -EINVAL);
	make_plain(EVENT_PRELOAD, size + 4, 0);
	preload->len = 5;
	assert_int_equal(event_decode(record, size + 4, &event), -EINVAL);
}

static void names_of_types(void **state)
{
	unsigned named = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(type_rows); i++) {
		assert_string_equal(event_type_name(type_rows[i].type), type_rows[i].name);
		assert_int_equal(event_type_number(type_rows[i].name), type_rows[i].type);
	}
	for (unsigned type = 0; type < 300; type++)
		named += event_type_name(type) != NULL;
	assert_int_equal(named, COUNT(type_rows));
	assert_int_equal(event_type_number("execs"), 0);
	assert_int_equal(event_type_number(""), 0);
}

static const struct core_process process = {.pid = 7, .start_ns = 9};

/* A record cut anywhere is refused or read, with the length as it arrives or as it was told. */
static void every_truncation(void **state)
{
	static const struct core_program program = {
		.path = "/usr/local/bin/x", .args = "x|-o|y", .nlink = 1, .inode = 3};

	(void)state;
	for (unsigned type = EVENT_EXEC; type <= EVENT_PROCESS;
		type += EVENT_PROCESS - EVENT_EXEC) {
		size_t len = core_make_exec(record, type, 1, &process, &program);

		for (size_t cut = 0; cut < len; cut++) {
			assert_int_equal(core_decode_alone(record, cut, &event), -EINVAL);
			((struct event_header *)record)->size = (__u32)cut;
			assert_int_equal(core_decode_alone(record, cut, &event), -EINVAL);
			((struct event_header *)record)->size = (__u32)len;
		}
		assert_int_equal(core_decode_alone(record, len, &event), 0);
	}
	for (size_t cut = 0, len = core_make_cgroup(record, EVENT_CGROUP, 1, NULL, 5, "/a/b");
		cut <= len; cut++) {
		((struct event_header *)record)->size = (__u32)cut;
		assert_int_equal(core_decode_alone(record, cut, &event), cut < len ? -EINVAL : 0);
	}
}

/* Each part of an exec's tail at its bound and one beyond. */
static void bounds_of_the_tail(void **state)
{
	static const struct {
		const char *name;
		uint16_t lengths[4]; /* name, filename, path, argv */
		int result;
	} rows[] = {
		{"nothing", {0, 0, 0, 0}, 0},
		{"name", {256, 0, 0, 0}, 0},
		{"name beyond", {257, 0, 0, 0}, -EINVAL},
		{"filename", {0, 512, 0, 0}, 0},
		{"filename beyond", {0, 513, 0, 0}, -EINVAL},
		{"path", {0, 0, 1024, 0}, 0},
		{"path beyond", {0, 0, 1025, 0}, -EINVAL},
		{"argv", {0, 0, 0, 4096}, 0},
		{"argv beyond", {0, 0, 0, 4097}, -EINVAL},
		{"all", {256, 512, 1024, 4096}, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event_exec *exec = (struct event_exec *)record;
		size_t tail = 0;

		for (unsigned part = 0; part < 4; part++)
			tail += rows[i].lengths[part];
		make_plain(EVENT_EXEC, sizeof(*exec) + tail, 1);
		exec->name_len = rows[i].lengths[0];
		exec->filename_len = rows[i].lengths[1];
		exec->path_len = rows[i].lengths[2];
		exec->argv_len = rows[i].lengths[3];
		if (core_decode_alone(record, sizeof(*exec) + tail, &event) != rows[i].result)
			fail_msg("%s", rows[i].name);
	}
}

static void decode_exec(const char *path, size_t path_len, const char *argv, size_t argv_len)
{
	struct event_exec *exec = (struct event_exec *)record;
	size_t len = sizeof(*exec) + 2 + path_len + argv_len;
	char *tail = (char *)(exec + 1);

	make_plain(EVENT_EXEC, len, 1);
	exec->name_len = 2;
	exec->path_len = (__u16)path_len;
	exec->argv_len = (__u16)argv_len;
	memcpy(tail, "n", 2);
	memcpy(tail + 2, path, path_len);
	memcpy(tail + 2 + path_len, argv, argv_len);
	assert_int_equal(event_decode(record, len, &event), 0);
	assert_true(span_equal(event.name, span_of("n")));
}

static void joins_paths(void **state)
{
	char deep[1024];

	(void)state;
	decode_exec("x\0bin\0usr", 10, "", 0);
	assert_true(span_equal(event.path, span_of("/usr/bin/x")));
	decode_exec("x", 2, "", 0);
	assert_true(span_equal(event.path, span_of("/x")));
	decode_exec("", 0, "", 0);
	assert_int_equal(event.path.len, 0);
	/* deeper than EVENT_PATH_COMPONENTS: a miner hides in no depth */
	for (size_t i = 0; i < sizeof(deep); i += 2)
		memcpy(deep + i, "d", 2);
	decode_exec(deep, sizeof(deep), "", 0);
	assert_int_equal(event.path.len, sizeof(deep));
	assert_memory_equal(event.path.data, "/d/d", 4);
	/* the last component without its NUL */
	make_plain(EVENT_EXEC, sizeof(struct event_exec) + 3, 1);
	((struct event_exec *)record)->path_len = 3;
	memcpy((char *)record + sizeof(struct event_exec), "abc", 3);
	assert_int_equal(core_decode_alone(record, sizeof(struct event_exec) + 3, &event), -EINVAL);
}

static void argv_need_not_end_with_nul(void **state)
{
	struct span argument;

	(void)state;
	decode_exec("x", 2, "a\0bc", 4);
	assert_int_equal(event.argv.len, 4);
	assert_true(span_next_argument(&event.argv, &argument));
	assert_true(span_equal(argument, span_of("a")));
	assert_true(span_next_argument(&event.argv, &argument));
	assert_true(span_equal(argument, span_of("bc")));
	assert_false(span_next_argument(&event.argv, &argument));
}

/* Fixed arrays must hold their NUL. */
static void strings_must_end(void **state)
{
	static const struct {
		const char *name;
		unsigned type;
		size_t size, at, len;
	} rows[] = {
#define ROW(type, structure, member)                             \
	{#structure "." #member, type, sizeof(struct structure), \
		offsetof(struct structure, member), sizeof(((struct structure *)0)->member)}
		ROW(EVENT_EXEC, event_exec, kin.comm),
		ROW(EVENT_PROCESS, event_exec, kin.comm),
		ROW(EVENT_FORK, event_fork, kin.comm),
		ROW(EVENT_TASK, event_task, kin.comm),
		ROW(EVENT_CONNECT, event_connect, comm),
		ROW(EVENT_FINDING, event_finding, kin.comm),
		ROW(EVENT_HOST, event_host, hostname),
		ROW(EVENT_HOST, event_host, cluster),
		ROW(EVENT_HOST, event_host, kernel),
		ROW(EVENT_HOST, event_host, machine),
		ROW(EVENT_HOST, event_host, boot_id),
		ROW(EVENT_HOST, event_host, version),
		ROW(EVENT_DEGRADED, event_degraded, what),
		ROW(EVENT_DEGRADED, event_degraded, why),
		ROW(EVENT_TAMPER, event_tamper, what),
		ROW(EVENT_TAMPER, event_tamper, why),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		make_plain(rows[i].type, rows[i].size, 1);
		memset((char *)record + rows[i].at, 'x', rows[i].len - 1);
		if (core_decode_alone(record, rows[i].size, &event) != 0)
			fail_msg("%s: full, but ended", rows[i].name);
		((char *)record)[rows[i].at + rows[i].len - 1] = 'x';
		if (core_decode_alone(record, rows[i].size, &event) != -EINVAL)
			fail_msg("%s: without its NUL", rows[i].name);
	}
	make_plain(EVENT_DEGRADED, sizeof(struct event_degraded), 0);
	((struct event_degraded *)record)->what[0] = '\0'; /* nothing is missing? */
	assert_int_equal(core_decode_alone(record, sizeof(struct event_degraded), &event), -EINVAL);
	((struct event_degraded *)record)->what[0] = '\n';
	assert_int_equal(core_decode_alone(record, sizeof(struct event_degraded), &event), -EINVAL);
	make_plain(EVENT_TAMPER, sizeof(struct event_tamper), 0);
	((struct event_tamper *)record)->what[0] = '\0';
	assert_int_equal(core_decode_alone(record, sizeof(struct event_tamper), &event), -EINVAL);
}

static void cgroup_paths(void **state)
{
	size_t len = core_make_cgroup(record, EVENT_CGROUP, 1, NULL, 5, "/a/b");
	struct event_cgroup *cgroup = (struct event_cgroup *)record;

	(void)state;
	assert_int_equal(event_decode(record, len, &event), 0);
	assert_true(span_equal(event.path, span_of("/a/b")));
	cgroup->path_len = UINT32_MAX;
	assert_int_equal(core_decode_alone(record, len, &event), -EINVAL);
	make_plain(EVENT_CGROUP, sizeof(*cgroup) + 1025, 0);
	cgroup->path_len = 1024;
	assert_int_equal(core_decode_alone(record, sizeof(*cgroup) + 1025, &event), 0);
	cgroup->path_len = 1025;
	assert_int_equal(core_decode_alone(record, sizeof(*cgroup) + 1025, &event), -EINVAL);
}

static void container_strings(void **state)
{
	struct event_container *container = (struct event_container *)record;
	const size_t len = sizeof(*container) + CONTAINER_TEXTS * 512;

	(void)state;
	make_plain(EVENT_CONTAINER, len, 1);
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++) {
		container->lengths[i] = 512;
		memset((char *)(container + 1) + 512 * i, 'a' + (int)i, 511);
	}
	assert_int_equal(event_decode(record, len, &event), 0);
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++) {
		assert_int_equal(event.container_text[i].len, 511);
		assert_int_equal(event.container_text[i].data[0], 'a' + (int)i);
	}
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++) {
		container->lengths[i] = 513;
		container->lengths[(i + 1) % CONTAINER_TEXTS] = 0; /* so that there is room */
		assert_int_equal(core_decode_alone(record, len, &event), -EINVAL);
		container->lengths[i] = container->lengths[(i + 1) % CONTAINER_TEXTS] = 512;
	}
	assert_int_equal(core_decode_alone(record, len, &event), 0);
	container->header.size = (__u32)len - 1;
	assert_int_equal(core_decode_alone(record, len - 1, &event), -EINVAL);
}

static void payloads(void **state)
{
	static const struct {
		const char *name;
		unsigned class, direction, len, tail;
		int result;
	} rows[] = {
		{"no class", PAYLOAD_NONE, PAYLOAD_SENT, 0, 0, -EINVAL},
		{"first class", PAYLOAD_STRATUM, PAYLOAD_SENT, 3, 3, 0},
		{"last class", PAYLOAD_DNS, PAYLOAD_RECEIVED, 3, 3, 0},
		{"no such class", PAYLOAD_DNS + 1, PAYLOAD_SENT, 0, 0, -EINVAL},
		{"none below", PAYLOAD_OTHER_JSON - 1, PAYLOAD_SENT, 0, 0, -EINVAL},
		{"other", PAYLOAD_OTHER_JSON, PAYLOAD_SENT, 0, 0, 0},
		{"other, with bytes", PAYLOAD_OTHER_JSON, PAYLOAD_SENT, 1, 1, -EINVAL},
		{"none above", PAYLOAD_OTHER + 1, PAYLOAD_SENT, 0, 0, -EINVAL},
		{"no such direction", PAYLOAD_TLS, PAYLOAD_RECEIVED + 1, 0, 0, -EINVAL},
		{"longest", PAYLOAD_TLS, PAYLOAD_SENT, 512, 512, 0},
		{"too long", PAYLOAD_TLS, PAYLOAD_SENT, 513, 513, -EINVAL},
		{"longer than the record", PAYLOAD_TLS, PAYLOAD_SENT, 4, 3, -EINVAL},
		{"a later version's", PAYLOAD_TLS, PAYLOAD_SENT, 3, 11, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event_payload *payload = (struct event_payload *)record;
		size_t len = sizeof(*payload) + rows[i].tail;

		make_plain(EVENT_PAYLOAD, len, 0);
		payload->payload_class = (__u8)rows[i].class;
		payload->direction = (__u8)rows[i].direction;
		payload->data_len = (__u16)rows[i].len;
		if (core_decode_alone(record, len, &event) != rows[i].result)
			fail_msg("%s", rows[i].name);
		if (rows[i].result)
			continue;
		assert_int_equal(event_decode(record, len, &event), 0);
		assert_int_equal(event.data.len, rows[i].len);
		assert_ptr_equal(event.data.data, payload + 1);
	}
	/* what a record had must not stay for the next one */
	make_plain(EVENT_TICK, sizeof(struct event_tick), 0);
	assert_int_equal(event_decode(record, sizeof(struct event_tick), &event), 0);
	assert_int_equal(event.data.len, 0);
}

/* The bytes of a segment are not looked at yet, whoever's they are: no trace holds one. */
static void contents(void **state)
{
	static const struct {
		const char *name;
		unsigned object, result;
		__u16 path_len, patterns_len;
		const char *tail; /* 8 bytes, or none */
		int err;
		size_t filename;
	} rows[] = {
		{"path and two names", CONTENT_EXE, CONTENT_DIGESTED, 4, 4, "/ab\0x\0y\0", 0, 3},
		{"neither", CONTENT_MEMORY, CONTENT_CHANGED, 0, 0, "", 0, 0},
		{"no object", 0, CONTENT_DIGESTED, 0, 0, "", -EINVAL, 0},
		{"too many objects", CONTENT_MEMORY + 1, CONTENT_DIGESTED, 0, 0, "", -EINVAL, 0},
		{"no result", CONTENT_EXE, 0, 0, 0, "", -EINVAL, 0},
		{"too many results", CONTENT_EXE, CONTENT_CHANGED + 1, 0, 0, "", -EINVAL, 0},
		{"a name without end", CONTENT_EXE, 1, 4, 3, "/ab\0x\0y\0", -EINVAL, 0},
		{"an empty name", CONTENT_EXE, 1, 4, 3, "/ab\0x\0\0", -EINVAL, 0},
		{"more than there is", CONTENT_EXE, 1, 12, 5, "/ab\0\0\0\0", -EINVAL, 0},
		{"a path too long", CONTENT_EXE, 1, EVENT_FILENAME_MAX + 1, 0, "/ab\0\0\0\0",
			-EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event_content *content = (struct event_content *)record;
		size_t len = sizeof(*content) + 16;

		print_message("%s\n", rows[i].name);
		make_plain(EVENT_CONTENT, len, 1);
		content->object = rows[i].object;
		content->result = rows[i].result;
		content->path_len = rows[i].path_len;
		content->patterns_len = rows[i].patterns_len;
		memcpy(content + 1, rows[i].tail, strlen(rows[i].tail) > 2 ? 8 : 1);
		assert_int_equal(event_decode(record, len, &event), rows[i].err);
		if (rows[i].err)
			continue;
		assert_int_equal(event.filename.len, rows[i].filename);
		assert_int_equal(event.patterns.len, rows[i].patterns_len);
	}
}

static void segments_are_no_events(void **state)
{
	(void)state;
	make_plain(EVENT_SEGMENT, sizeof(struct event_payload), 1);
	assert_int_equal(core_decode_alone(record, sizeof(struct event_payload), &event), -ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_of_every_type),
		cmocka_unit_test(lengths_and_types_that_cannot_be),
		cmocka_unit_test(preload_text),
		cmocka_unit_test(names_of_types),
		cmocka_unit_test(every_truncation),
		cmocka_unit_test(bounds_of_the_tail),
		cmocka_unit_test(joins_paths),
		cmocka_unit_test(argv_need_not_end_with_nul),
		cmocka_unit_test(strings_must_end),
		cmocka_unit_test(cgroup_paths),
		cmocka_unit_test(container_strings),
		cmocka_unit_test(payloads),
		cmocka_unit_test(contents),
		cmocka_unit_test(segments_are_no_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
