/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that every finding is weighed, declared and of the kind its detector promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core_fixture.h"
#include "detectors/detectors.h"
#include "detectors/endpoint.h"
#include "state/state.h"
#include "util/span.h"

/*
 * Weak, so that the linker takes the real table with the pipeline and not that of the alert tests,
 * which stands in the library of what tests share.
 */
extern const struct detector *const detectors[] __attribute__((weak));
extern const unsigned detectors_count __attribute__((weak));

static struct rules *rules;
static struct state state;
static struct event event;
static __u64 record[CORE_RECORD];

static const struct core_process process = {.pid = 7, .start_ns = SECONDS(1), .session = 7};

static int load(void **unused)
{
	struct core core;

	(void)unused;
	core_open(&core); /* brings a listed pool address */
	rules = core.rules;
	pipeline_free(core.pipeline);
	return 0;
}

static int unload(void **unused)
{
	(void)unused;
	rules_free(rules);
	return 0;
}

static void names_are_unique(void **unused)
{
	(void)unused;
	assert_true(detectors_count > 5);
	for (unsigned i = 0; i < detectors_count; i++) {
		const struct detector *detector = detectors[i];

		assert_non_null(detector->name);
		assert_non_null(detector->meaning);
		assert_non_null(detector->check);
		assert_true(detector->events != 0);
		for (unsigned type = 0; type < 64; type++)
			if (detector->events & DETECTOR_ON(type))
				assert_non_null(event_type_name(type));
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(detector->name, detectors[j]->name);
	}
}

/* What a row feeds, and what it must lead to. grade NULL: nothing. */
struct row {
	const char *name;
	const struct detector *detector;
	const char *grade;
	void (*feed)(const struct row *row);
	struct core_program program;
	unsigned seconds; /* from the exec to the pass; of CPU */
	uint64_t run_ms, wait_ms;
	uint8_t address[4];
	uint16_t port, protocol;
};

static struct process *apply(size_t len)
{
	struct process *found;

	assert_int_equal(event_decode(record, len, &event), 0);
	state_apply(&state, &event, &found);
	return found;
}

static void feed_exec(const struct row *row)
{
	apply(core_make_exec(record, EVENT_EXEC, SECONDS(1), &process, &row->program));
}

static void feed_process(const struct row *row)
{
	apply(core_make_exec(record, EVENT_PROCESS, SECONDS(1), &process, &row->program));
}

static void feed_pass(const struct row *row)
{
	feed_exec(row);
	apply(core_make_kin(record, EVENT_TASK, SECONDS(1 + row->seconds), &process));
}

static void feed_cpu(const struct row *row)
{
	for (unsigned i = 1; i <= row->seconds; i++)
		apply(core_make_thread(record, SECONDS(100 + i), &process, row->run_ms * 1000000,
			row->wait_ms * 1000000));
	apply(core_make_kin(record, EVENT_TASK, SECONDS(101 + row->seconds), &process));
}

/* Idle, then seconds of use: the average of the window is high all the same. */
static void feed_burst(const struct row *row)
{
	for (unsigned i = 1; i <= 20; i++)
		apply(core_make_thread(record, SECONDS(100 + i), &process, 10000000, 0));
	for (unsigned i = 1; i <= row->seconds; i++)
		apply(core_make_thread(
			record, SECONDS(120 + i), &process, row->run_ms * 1000000, 0));
	apply(core_make_kin(record, EVENT_TASK, SECONDS(121 + row->seconds), &process));
}

/* A sample a second in each of the modes, beginning after to nearest. */
static void feed_rounding(const struct row *row)
{
	struct event_thread *thread = (struct event_thread *)record;

	strcpy(state.host.machine, "x86_64");
	for (unsigned i = 1; i <= row->seconds; i++) {
		size_t len = core_make_thread(record, SECONDS(100 + i), &process,
			row->run_ms * 1000000, row->wait_ms * 1000000);

		thread->fp_control = 0x9fc0u | (i & 3) << 13;
		apply(len);
	}
}

static void feed_memory(const struct row *row)
{
	struct event_memory *memory = (struct event_memory *)record;
	size_t len = sizeof(*memory);

	feed_exec(row);
	core_make_plain(record, EVENT_MEMORY, SECONDS(2), len);
	memory->header.pid = process.pid;
	memory->header.start_ns = process.start_ns;
	memory->datasets = memory->codes = 1;
	apply(len);
}

/* Something else was found before. */
static struct process *suspected(struct process *found)
{
	assert_non_null(found);
	process_pin(found);
	return found;
}

static void feed_suspect(const struct row *row)
{
	suspected(apply(core_make_exec(record, EVENT_EXEC, SECONDS(1), &process, &row->program)));
}

static void feed_suspect_memory(const struct row *row)
{
	feed_suspect(row);
	feed_memory(row);
}

/* A file whose directory has this mode: wait_ms. */
static void feed_directory(const struct row *row)
{
	size_t len = core_make_exec(record, EVENT_EXEC, SECONDS(1), &process, &row->program);

	((struct event_exec *)record)->file.directory_mode = (__u32)row->wait_ms;
	suspected(apply(len));
}

/* What the arguments are later, in pieces[1] of "at exec~later". */
static void feed_later(const struct row *row)
{
	struct core_program program = row->program;
	char args[128], *later;

	snprintf(args, sizeof(args), "%s", row->program.args);
	later = strchr(args, '~');
	*later++ = '\0';
	program.args = args;
	apply(core_make_exec(record, EVENT_EXEC, SECONDS(1), &process, &program));
	program.args = later;
	program.inode += row->seconds;
	apply(core_make_exec(record, EVENT_PROCESS, SECONDS(2), &process, &program));
}

/* comm: the row's arguments; wait_ms: record's flags. */
static void feed_comm(const struct row *row)
{
	size_t len = core_make_kin(record, EVENT_TASK, SECONDS(1), &process);
	struct event_task *task = (struct event_task *)record;

	snprintf(task->kin.comm, sizeof(task->kin.comm), "%s", row->program.args);
	task->header.flags = (__u16)row->wait_ms;
	apply(len);
}

static void feed_other_file(const struct row *row)
{
	feed_exec(row);
	for (unsigned i = 0; i < row->seconds; i++) {
		size_t len = core_make_kin(record, EVENT_TASK, SECONDS(2 + i), &process);

		((struct event_task *)record)->file.inode = 77;
		apply(len);
	}
}

static void feed_hidden(const struct row *row)
{
	struct event_hidden *hidden = (struct event_hidden *)record;

	(void)row;
	core_make_plain(record, EVENT_HIDDEN, SECONDS(2), sizeof(*hidden));
	hidden->header.pid = process.pid;
	hidden->header.start_ns = process.start_ns;
	hidden->listings = 2;
	apply(sizeof(*hidden));
}

/* The row's arguments are the text of /etc/ld.so.preload; seconds 0: nothing else was found. */
static void feed_preload(const struct row *row)
{
	struct event_preload *preload = (struct event_preload *)record;
	size_t len = strlen(row->program.args);

	core_make_plain(record, EVENT_PRELOAD, SECONDS(1), sizeof(*preload));
	preload->len = (__u32)len;
	preload->header.size += preload->len;
	memcpy(preload + 1, row->program.args, len);
	apply(sizeof(*preload) + len);
	if (row->seconds)
		feed_suspect_memory(row);
	else
		feed_memory(row);
}

static void feed_connect(const struct row *row)
{
	apply(core_make_connect(
		record, SECONDS(1), &process, row->address, row->port, row->protocol));
}

#define OPTION &detector_miner_option
#define NAME &detector_miner_name
#define POOL &detector_pool_endpoint
#define PORT &detector_stratum_port
#define CPU &detector_sustained_cpu
#define UNLINKED &detector_unlinked_exec
#define ROUNDING &detector_randomx_rounding
#define MEMORY &detector_randomx_memory
#define TUNING &detector_host_tuning
#define ORIGIN &detector_origin
#define MASQUERADE &detector_masquerade
#define REWRITTEN &detector_argv_rewritten
#define REPLACED &detector_exe_replaced
#define HIDDEN &detector_hidden_process
#define PRELOAD &detector_ld_preload
#define PROGRAM(path, args)            \
	{                              \
		path, args, 1, 5, 0, 0 \
	}
#define GONE(path)                    \
	{                             \
		path, "x", 0, 5, 0, 0 \
	}
#define MEMFD(path)                            \
	{                                      \
		path, "x", 0, 5, 0x01021994, 0 \
	}

static const struct row rows[] = {
	{"RandomX, 15 s", ROUNDING, "many", feed_rounding, PROGRAM("/a", "a"), 15, 1000, 0, {0}, 0,
		0},
	{"RandomX's memory", MEMORY, "fast", feed_memory, PROGRAM("/a", "a"), 0, 0, 0, {0}, 0, 0},
	{"modprobe by a shell", TUNING, "msr", feed_exec,
		PROGRAM("/bin/sh", "sh|-c|--|/sbin/modprobe msr allow_writes=on > /dev/null 2>&1"),
		0, 0, 0, {0}, 0, 0},
	{"modprobe", TUNING, "msr", feed_exec,
		PROGRAM("/sbin/modprobe", "modprobe|msr|allow_writes=on"), 0, 0, 0, {0}, 0, 0},
	{"modprobe, only to read", TUNING, NULL, feed_exec,
		PROGRAM("/sbin/modprobe", "modprobe|msr"), 0, 0, 0, {0}, 0, 0},
	{"another module's option", TUNING, NULL, feed_exec,
		PROGRAM("/sbin/modprobe", "modprobe|mtd|allow_writes=on"), 0, 0, 0, {0}, 0, 0},
	{"option", OPTION, "strong", feed_exec, PROGRAM("/a", "a|--nicehash|--rig-id|x"), 0, 0, 0,
		{0}, 0, 0},
	{"option, found running", OPTION, "likely", feed_process, PROGRAM("/a", "a|--nicehash"), 0,
		0, 0, {0}, 0, 0},
	{"name of the file", NAME, "-", feed_exec, PROGRAM("/tmp/xmrig", "x"), 0, 0, 0, {0}, 0, 0},
	{"name it was given", NAME, "-", feed_exec, PROGRAM("/tmp/x", "xmrig"), 0, 0, 0, {0}, 0, 0},
	{"name with a path", NAME, "-", feed_exec, PROGRAM("/tmp/x", "/a/xmrig"), 0, 0, 0, {0}, 0,
		0},
	{"disguise", NAME, "-", feed_process, PROGRAM("/tmp/x", "[CMAKE]"), 0, 0, 0, {0}, 0, 0},
	{"name in other letters", NAME, "-", feed_exec,
		PROGRAM("/opt/SRBMiner-MULTI", "./SRBMiner-MULTI|--disable-gpu"), 0, 0, 0, {0}, 0,
		0},
	{"part of a name", NAME, NULL, feed_exec, PROGRAM("/tmp/xmrig2", "xmrig-proxy"), 0, 0, 0,
		{0}, 0, 0},
	{"name in an argument", NAME, NULL, feed_exec, PROGRAM("/bin/grep", "grep|xmrig"), 0, 0, 0,
		{0}, 0, 0},
	{"listed pool", POOL, "-", feed_connect, PROGRAM("/a", "a"), 0, 0, 0, {198, 51, 100, 9},
		443, 6},
	{"listed pool over UDP", POOL, NULL, feed_connect, PROGRAM("/a", "a"), 0, 0, 0,
		{198, 51, 100, 9}, 443, 17},
	{"its neighbour", POOL, NULL, feed_connect, PROGRAM("/a", "a"), 0, 0, 0, {198, 51, 100, 8},
		443, 6},
	{"port", PORT, "-", feed_connect, PROGRAM("/a", "a"), 0, 0, 0, {127, 0, 0, 1}, 3333, 6},
	{"port over UDP", PORT, NULL, feed_connect, PROGRAM("/a", "a"), 0, 0, 0, {127, 0, 0, 1},
		3333, 17},
	{"port beside it", PORT, NULL, feed_connect, PROGRAM("/a", "a"), 0, 0, 0, {127, 0, 0, 1},
		3334, 6},
	{"CPU, 9 s", CPU, NULL, feed_cpu, PROGRAM("/a", "a"), 9, 1000, 0, {0}, 0, 0},
	{"CPU, 10 s", CPU, "10s", feed_cpu, PROGRAM("/a", "a"), 10, 1000, 0, {0}, 0, 0},
	{"CPU, 30 s", CPU, "30s", feed_cpu, PROGRAM("/a", "a"), 30, 1000, 0, {0}, 0, 0},
	{"CPU, 10 min", CPU, "10m", feed_cpu, PROGRAM("/a", "a"), 640, 1000, 0, {0}, 0, 0},
	{"under a quota", CPU, "10s", feed_cpu, PROGRAM("/a", "a"), 12, 100, 900, {0}, 0, 0},
	{"exactly busy", CPU, "10s", feed_cpu, PROGRAM("/a", "a"), 12, 900, 0, {0}, 0, 0},
	{"almost busy", CPU, NULL, feed_cpu, PROGRAM("/a", "a"), 12, 890, 0, {0}, 0, 0},
	{"burst of 8 s", CPU, NULL, feed_burst, PROGRAM("/a", "a"), 8, 1000, 0, {0}, 0, 0},
	{"burst of 4 s on 8 CPUs", CPU, NULL, feed_burst, PROGRAM("/a", "a"), 4, 8000, 0, {0}, 0,
		0},
	{"10 s on 8 CPUs", CPU, "10s", feed_burst, PROGRAM("/a", "a"), 11, 8000, 0, {0}, 0, 0},
	{"deleted", UNLINKED, "deleted", feed_exec, GONE("/tmp/x"), 0, 0, 0, {0}, 0, 0},
	{"memfd", UNLINKED, "-", feed_exec, MEMFD("/memfd:x"), 0, 0, 0, {0}, 0, 0},
	{"memfd, found running", UNLINKED, "-", feed_process, MEMFD("/memfd:x"), 0, 0, 0, {0}, 0,
		0},
	{"deleted, found running: an upgrade", UNLINKED, NULL, feed_process, GONE("/tmp/x"), 0, 0,
		0, {0}, 0, 0},
	{"has its file", UNLINKED, NULL, feed_exec, PROGRAM("/tmp/x", "x"), 0, 0, 0, {0}, 0, 0},
	{"file not known", UNLINKED, NULL, feed_exec, {"/tmp/x", "x", 0, 0, 0, EVENT_NO_FILE}, 0, 0,
		0, {0}, 0, 0},
	{"runc starting", UNLINKED, NULL, feed_exec, MEMFD("/memfd:runc_cloned:x"), 0, 0, 0, {0}, 0,
		0},
	{"runc after 9 s", UNLINKED, NULL, feed_pass, MEMFD("/memfd:runc_cloned:x"), 9, 0, 0, {0},
		0, 0},
	{"still called runc after 10 s", UNLINKED, "-", feed_pass, MEMFD("/memfd:runc_cloned:x"),
		10, 0, 0, {0}, 0, 0},
	{"others are not told twice", UNLINKED, NULL, feed_pass, MEMFD("/memfd:x"), 10, 0, 0, {0},
		0, 0},
	{"suspect in tmpfs", ORIGIN, "memory", feed_suspect,
		{"/dev/shm/x", "x", 1, 5, 0x01021994, 0}, 0, 0, 0, {0}, 0, 0},
	{"suspect's memfd", ORIGIN, "memory", feed_suspect, MEMFD("/memfd:x"), 0, 0, 0, {0}, 0, 0},
	{"suspect in /tmp", ORIGIN, "writable", feed_suspect, PROGRAM("/tmp/x", "x"), 0, 0, 0, {0},
		0, 0},
	{"suspect below /var/tmp", ORIGIN, "writable", feed_suspect, PROGRAM("/var/tmp/a/x", "x"),
		0, 0, 0, {0}, 0, 0},
	{"suspect in a home", ORIGIN, "home", feed_suspect, PROGRAM("/home/a/x", "x"), 0, 0, 0, {0},
		0, 0},
	{"suspect in root's", ORIGIN, "home", feed_suspect, PROGRAM("/root/x", "x"), 0, 0, 0, {0},
		0, 0},
	{"suspect of the system", ORIGIN, NULL, feed_suspect, PROGRAM("/usr/bin/x", "x"), 0, 0, 0,
		{0}, 0, 0},
	{"suspect, asked about later", ORIGIN, "home", feed_suspect_memory,
		PROGRAM("/home/a/x", "x"), 0, 0, 0, {0}, 0, 0},
	{"no suspect", ORIGIN, NULL, feed_exec, PROGRAM("/tmp/x", "x"), 0, 0, 0, {0}, 0, 0},
	{"no suspect's memory", ORIGIN, NULL, feed_memory, PROGRAM("/tmp/x", "x"), 0, 0, 0, {0}, 0,
		0},
	{"a directory like /tmp", ORIGIN, "writable", feed_directory, PROGRAM("/srv/drop/x", "x"),
		0, 0, 041777, {0}, 0, 0},
	{"/tmp as its mode says it is not", ORIGIN, NULL, feed_directory, PROGRAM("/tmp/x", "x"), 0,
		0, 040755, {0}, 0, 0},
	{"a file is no directory", ORIGIN, NULL, feed_directory, PROGRAM("/srv/x", "x"), 0, 0,
		0100777, {0}, 0, 0},
	{"a file's name begins so", ORIGIN, NULL, feed_suspect, PROGRAM("/tmpfiles/x", "x"), 0, 0,
		0, {0}, 0, 0},
	{"suspect whose file is not known", ORIGIN, NULL, feed_suspect,
		{"/tmp/x", "x", 0, 0, 0, EVENT_NO_FILE}, 0, 0, 0, {0}, 0, 0},
	{"a worker", MASQUERADE, "bracket", feed_exec, PROGRAM("/a", "[kworker/u8:3]"), 0, 0, 0,
		{0}, 0, 0},
	{"a worker with its work", MASQUERADE, "bracket", feed_exec,
		PROGRAM("/a", "[kworker/0:1-events]"), 0, 0, 0, {0}, 0, 0},
	{"kthreadd", MASQUERADE, "bracket", feed_exec, PROGRAM("/a", "[kthreadd]"), 0, 0, 0, {0}, 0,
		0},
	{"padded with blanks", MASQUERADE, "bracket", feed_exec, PROGRAM("/a", "[kswapd0]    "), 0,
		0, 0, {0}, 0, 0},
	{"a word in brackets", MASQUERADE, "bracket", feed_exec, PROGRAM("/a", "[netns]"), 0, 0, 0,
		{0}, 0, 0},
	{"the root of a plain name", MASQUERADE, "bracket", feed_exec,
		PROGRAM("/a", "[migration/3]"), 0, 0, 0, {0}, 0, 0},
	{"a worker without brackets", MASQUERADE, "name", feed_exec, PROGRAM("/a", "kworker/0:1"),
		0, 0, 0, {0}, 0, 0},
	{"swapping", MASQUERADE, "name", feed_exec, PROGRAM("/a", "kswapd0"), 0, 0, 0, {0}, 0, 0},
	{"a rescuer", MASQUERADE, "name", feed_exec, PROGRAM("/a", "kworker/R-kblockd"), 0, 0, 0,
		{0}, 0, 0},
	{"the test program", MASQUERADE, NULL, feed_exec, PROGRAM("/a", "[|x|]"), 0, 0, 0, {0}, 0,
		0},
	{"brackets around nothing", MASQUERADE, NULL, feed_exec, PROGRAM("/a", "[]"), 0, 0, 0, {0},
		0, 0},
	{"half a bracket", MASQUERADE, NULL, feed_exec, PROGRAM("/a", "[kworker/0:1"), 0, 0, 0, {0},
		0, 0},
	{"kswapd is none", MASQUERADE, NULL, feed_exec, PROGRAM("/a", "kswapd"), 0, 0, 0, {0}, 0,
		0},
	{"nor is its tool", MASQUERADE, NULL, feed_exec, PROGRAM("/a", "kswapd0d"), 0, 0, 0, {0}, 0,
		0},
	{"a watchdog", MASQUERADE, NULL, feed_exec, PROGRAM("/a", "watchdogd"), 0, 0, 0, {0}, 0, 0},
	{"a word", MASQUERADE, NULL, feed_exec, PROGRAM("/a", "netns"), 0, 0, 0, {0}, 0, 0},
	{"a container's monitor", MASQUERADE, NULL, feed_exec,
		PROGRAM("/a", "[lxc monitor] /var/lib/lxc c1"), 0, 0, 0, {0}, 0, 0},
	{"a worker of no number", MASQUERADE, NULL, feed_exec, PROGRAM("/a", "migration/x"), 0, 0,
		0, {0}, 0, 0},
	{"only its first part", MASQUERADE, NULL, feed_exec, PROGRAM("/a", "kworker/"), 0, 0, 0,
		{0}, 0, 0},
	{"an argument", MASQUERADE, NULL, feed_exec, PROGRAM("/a", "grep|[kworker/0:1]"), 0, 0, 0,
		{0}, 0, 0},
	{"a shell", MASQUERADE, NULL, feed_exec, PROGRAM("/a", "-bash"), 0, 0, 0, {0}, 0, 0},
	{"no argument", MASQUERADE, NULL, feed_exec, PROGRAM("/a", ""), 0, 0, 0, {0}, 0, 0},
	{"a worker, found running", MASQUERADE, "bracket", feed_process,
		PROGRAM("/a", "[kworker/0:1]"), 0, 0, 0, {0}, 0, 0},
	{"rewritten to a worker", MASQUERADE, "bracket", feed_later,
		PROGRAM("/a", "a|b~[kworker/0:1]"), 0, 0, 0, {0}, 0, 0},
	{"comm of a worker", MASQUERADE, "name", feed_comm, PROGRAM("/a", "kworker/u8:3"), 0, 0, 0,
		{0}, 0, 0},
	{"comm in brackets", MASQUERADE, "bracket", feed_comm, PROGRAM("/a", "[kworker/u8:3]"), 0,
		0, 0, {0}, 0, 0},
	{"comm of a program", MASQUERADE, NULL, feed_comm, PROGRAM("/a", "nginx"), 0, 0, 0, {0}, 0,
		0},
	{"the kernel's helper before its exec", MASQUERADE, NULL, feed_comm,
		PROGRAM("/a", "kworker/u8:3"), 0, 0, EVENT_NO_FILE, {0}, 0, 0},
	{"other words", REWRITTEN, "-", feed_later,
		PROGRAM("/a", "a|--secret|b~dbus-daemon|--system"), 0, 0, 0, {0}, 0, 0},
	{"wiped", REWRITTEN, "-", feed_later, PROGRAM("/a", "a|b~"), 0, 0, 0, {0}, 0, 0},
	{"the same", REWRITTEN, NULL, feed_later, PROGRAM("/a", "a|b~a|b"), 0, 0, 0, {0}, 0, 0},
	{"a server's title", REWRITTEN, NULL, feed_later,
		PROGRAM("/usr/sbin/nginx", "/usr/sbin/nginx|-g~nginx: worker process"), 0, 0, 0,
		{0}, 0, 0},
	{"a script's title", REWRITTEN, NULL, feed_later,
		PROGRAM("/usr/bin/python3", "python3|/usr/bin/gunicorn|app~gunicorn: worker [app]"),
		0, 0, 0, {0}, 0, 0},
	{"a title after the file's name", REWRITTEN, NULL, feed_later,
		PROGRAM("/usr/lib/postgres", "postmaster~postgres: walwriter"), 0, 0, 0, {0}, 0, 0},
	{"a login shell's", REWRITTEN, NULL, feed_later, PROGRAM("/bin/bash", "-bash~bash"), 0, 0,
		0, {0}, 0, 0},
	{"of another file: its exec is on its way", REWRITTEN, NULL, feed_later,
		PROGRAM("/a", "a|b~c"), 1, 0, 0, {0}, 0, 0},
	{"another file twice", REPLACED, "-", feed_other_file, PROGRAM("/a", "x"), 2, 0, 0, {0}, 0,
		0},
	{"another file once", REPLACED, NULL, feed_other_file, PROGRAM("/a", "x"), 1, 0, 0, {0}, 0,
		0},
	{"hidden", HIDDEN, "-", feed_hidden, PROGRAM("/a", "x"), 0, 0, 0, {0}, 0, 0},
	{"a library", PRELOAD, "-", feed_preload, PROGRAM("/a", "/lib/x.so"), 1, 0, 0, {0}, 0, 0},
	{"behind a comment", PRELOAD, "-", feed_preload, PROGRAM("/a", "# x\n :/lib/x.so"), 1, 0, 0,
		{0}, 0, 0},
	{"a comment alone", PRELOAD, NULL, feed_preload, PROGRAM("/a", "# /lib/x.so"), 1, 0, 0, {0},
		0, 0},
	{"blanks", PRELOAD, NULL, feed_preload, PROGRAM("/a", " \n:\t"), 1, 0, 0, {0}, 0, 0},
	{"nothing else was found", PRELOAD, NULL, feed_preload, PROGRAM("/a", "/lib/x.so"), 0, 0, 0,
		{0}, 0, 0},
};

static bool check(const struct row *row, struct finding *ret_finding)
{
	struct process_key key = process_key_of(process.pid, process.start_ns);
	struct detector_input in = {.event = &event, .rules = rules, .state = &state};

	row->feed(row);
	in.now_ns = state.now_ns;
	in.process = process_find(state.processes, &key);
	assert_non_null(in.process);
	assert_true(row->detector->events & DETECTOR_ON(event.header->type));
	memset(ret_finding, 0, sizeof(*ret_finding));
	return row->detector->check(&in, ret_finding);
}

static void check_declared(const struct row *row, const struct finding *finding)
{
	const struct detector *detector = row->detector;

	if (!rules_weight(rules, detector->name, finding->grade))
		fail_msg("%s: no weight for %s", row->name, finding->grade);
	assert_true(finding->evidence_count > 0);
	assert_true(finding->summary[0] && strlen(finding->summary) < FINDING_TEXT_MAX);
	for (unsigned at = 0; at < finding->evidence_count; at++) {
		const struct evidence *fact = &finding->evidence[at];
		bool declared = false;

		for (unsigned i = 0; i < FINDING_EVIDENCE_MAX && detector->fields[i].key; i++)
			declared |=
				strcmp(detector->fields[i].key, fact->key) == 0 &&
				(detector->fields[i].type == EVIDENCE_STRING) == fact->is_string;
		if (!declared)
			fail_msg("%s: %s is not declared", row->name, fact->key);
	}
	for (unsigned i = 0; i < FINDING_EVIDENCE_MAX && detector->fields[i].key; i++) {
		bool there = detector->fields[i].optional;

		for (unsigned at = 0; at < finding->evidence_count; at++)
			there |= strcmp(finding->evidence[at].key, detector->fields[i].key) == 0;
		if (!there)
			fail_msg("%s: %s is missing", row->name, detector->fields[i].key);
	}
}

/* Their rows stand in test_container_detectors.c, test_wire_detectors.c and
 * test_content_detectors.c. */
static bool has_own_test(const struct detector *detector)
{
	return detector == &detector_miner_image || detector == &detector_untrusted_image ||
	       detector == &detector_privileged_container || detector == &detector_dropped_exec ||
	       detector == &detector_stratum_handshake || detector == &detector_wallet ||
	       detector == &detector_pool_name || detector == &detector_donate_host ||
	       detector == &detector_stratum_proxy || detector == &detector_quiet_tls_flow ||
	       detector == &detector_known_digest || detector == &detector_miner_content ||
	       detector == &detector_unread_file;
}

static void findings(void **unused)
{
	bool seen[64] = {false};

	(void)unused;
	assert_true(detectors_count <= COUNT(seen));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct finding finding;
		bool found;

		state_init(&state);
		found = check(&rows[i], &finding);
		if (found != (rows[i].grade != NULL) ||
			(found && strcmp(finding.grade, rows[i].grade) != 0))
			fail_msg("%s: %s", rows[i].name, found ? finding.grade : "nothing");
		if (found)
			check_declared(&rows[i], &finding);
		for (unsigned j = 0; j < detectors_count; j++)
			seen[j] |= found && detectors[j] == rows[i].detector;
		state_done(&state);
	}
	for (unsigned j = 0; j < detectors_count; j++)
		if (!seen[j] && !has_own_test(detectors[j]))
			fail_msg("%s has no row here that finds something", detectors[j]->name);
}

static void connects_are_counted_and_written(void **unused)
{
	static const struct {
		uint8_t address[16];
		const char *text;
	} addresses[] = {
		{{[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}, "192.0.2.1:3333"},
		{{0x20, 0x01, 0x0d, 0xb8, [15] = 1}, "[2001:db8::1]:3333"},
	};
	const struct row row = {
		.detector = PORT, .feed = feed_connect, .port = 3333, .protocol = 6};
	struct finding finding;

	(void)unused;
	state_init(&state);
	assert_true(check(&row, &finding));
	assert_true(check(&row, &finding));
	assert_int_equal(finding.evidence[2].number, 2);
	state_done(&state);
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct event_connect connect = {.destination_port = 3333};
		char text[64];

		memcpy(connect.destination, addresses[i].address, 16);
		endpoint_text(&connect, text);
		assert_string_equal(text, addresses[i].text);
	}
}

static void evidence_is_bounded(void **unused)
{
	struct finding finding = {0};
	char text[FINDING_TEXT_MAX + 1];

	(void)unused;
	memset(text, 'x', sizeof(text));
	finding_add_string(&finding, "a", (struct span){text, FINDING_TEXT_MAX});
	finding_add_string(&finding, "b", (struct span){text, FINDING_TEXT_MAX + 1});
	finding_add_string(&finding, "c", (struct span){NULL, 0});
	assert_false(finding.evidence[0].cut);
	assert_true(finding.evidence[1].cut);
	assert_int_equal(finding.evidence[1].len, FINDING_TEXT_MAX);
	assert_int_equal(finding.evidence[2].len, 0);
	for (unsigned i = 0; i < FINDING_EVIDENCE_MAX; i++)
		finding_add_integer(&finding, "d", i);
	finding_add_string(&finding, "e", span_of("late"));
	assert_int_equal(finding.evidence_count, FINDING_EVIDENCE_MAX);
	assert_int_equal(
		finding.evidence[FINDING_EVIDENCE_MAX - 1].number, FINDING_EVIDENCE_MAX - 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(findings),
		cmocka_unit_test(connects_are_counted_and_written),
		cmocka_unit_test(evidence_is_bounded),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
