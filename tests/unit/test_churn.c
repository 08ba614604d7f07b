/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that what comes and goes leaves nothing behind: memory is flat once the tables are full. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core_fixture.h"

#define PROCESSES 9 /* a container start takes about that many */

/* One container: its cgroup, a few processes that fork, execute, connect and end, and its removal.
 */
static void one_container(struct core *core, uint32_t number)
{
	static const uint8_t address[4] = {192, 0, 2, 1};
	__u64 record[CORE_RECORD];
	uint64_t id = 1000 + number;
	char path[128];

	snprintf(path, sizeof(path), "/docker/%064x", number);
	core_feed(core, record,
		core_make_cgroup(record, EVENT_CGROUP_MKDIR, core->now_ns, NULL, id, path));
	for (uint32_t i = 0; i < PROCESSES; i++) {
		struct core_process process = {.pid = number * PROCESSES + i + 1,
			.start_ns = core->now_ns,
			.ppid = 1,
			.session = number + 1,
			.cgroup_id = id};
		struct core_program program = {.path = "/usr/bin/worker",
			.args = "worker|--number",
			.nlink = 1,
			.inode = 7};

		core_feed(core, record, core_make_kin(record, EVENT_FORK, core->now_ns, &process));
		core_feed(core, record,
			core_make_exec(record, EVENT_EXEC, core->now_ns, &process, &program));
		core_feed(core, record,
			core_make_connect(record, core->now_ns, &process, address, 3333, 6));
		core_feed(core, record,
			core_make_thread(record, core->now_ns, &process, 50000000, 0));
		core_feed(core, record, core_make_exit(record, core->now_ns, &process, 60000000));
		core->now_ns += 1000000;
	}
	core_feed(core, record,
		core_make_cgroup(record, EVENT_CGROUP_RELEASE, core->now_ns, NULL, id, path));
	core_feed(core,
		core_make_plain(record, EVENT_TICK, core->now_ns, sizeof(struct event_tick)),
		sizeof(struct event_tick));
	core->now_ns += SECONDS(1);
}

static size_t heap(void)
{
	return mallinfo2().uordblks;
}

/* Longer than any table is full and any evidence fades: what is used then is used for good. */
static void memory_is_flat(void **state)
{
	static struct core core;
	size_t first, second;

	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip(); /* this allocator does not tell what is in use; LeakSanitizer looks at the end */
#endif
	core_open(&core);
	for (uint32_t number = 0; number < 4000; number++)
		one_container(&core, number);
	first = heap();
	for (uint32_t number = 4000; number < 8000; number++)
		one_container(&core, number);
	second = heap();
	core_close(&core);
	if (second > first + first / 100)
		fail_msg("%zu bytes after 4,000 containers, %zu after 8,000", first, second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(memory_is_flat)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
