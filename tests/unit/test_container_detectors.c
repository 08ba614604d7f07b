// SPDX-License-Identifier: Apache-2.0
/* Unit test of the detectors that look at containers, and of what their findings may lead to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core_fixture.h"
#include "detectors/detectors.h"
#include "rules_fixture.h"
#include "state/state.h"
#include "util/span.h"

#define ID "4f00000000000000000000000000000000000000000000000000000000000001"
#define PATH "/system.slice/docker-" ID ".scope"
#define CGROUP 77
#define START 1000 /* s of boot time: when the container's cgroup is made */
#define WALL 1700000000 /* s: wall clock minus boot clock */
#define OVERLAY 0x794c7630
#define TMPFS 0x01021994
#define EXT4 0xef53
#define MINER "kannix/monero-miner:latest"

static const struct core_process process = {
	.pid = 7, .start_ns = SECONDS(START), .session = 7, .cgroup_id = CGROUP};
static struct rules *rules;
static struct state state;
static struct event event;
static __u64 record[CORE_RECORD];

/* Rules that trust a registry. */
static int load(void **unused)
{
	directory_make(unused);
	directory_text("trusted_registries.add.list", "trusted.example\n");
	rules = directory_load_sound();
	return directory_remove(unused);
}

static int unload(void **unused)
{
	(void)unused;
	rules_free(rules);
	return 0;
}

static struct process *apply(size_t len)
{
	struct process *found;

	assert_int_equal(event_decode(record, len, &event), 0);
	state_apply(&state, &event, &found);
	return found;
}

static bool check(const struct detector *detector, struct finding *ret_finding)
{
	struct process_key key = process_key_of(process.pid, process.start_ns);
	struct detector_input in = {
		.event = &event, .rules = rules, .state = &state, .now_ns = state.now_ns};

	in.process = process_find(state.processes, &key);
	assert_non_null(in.process);
	assert_true(detector->events & DETECTOR_ON(event.header->type));
	memset(ret_finding, 0, sizeof(*ret_finding));
	return detector->check(&in, ret_finding);
}

static const struct evidence *fact_of(const struct finding *finding, const char *key)
{
	for (unsigned i = 0; i < finding->evidence_count; i++)
		if (strcmp(finding->evidence[i].key, key) == 0)
			return &finding->evidence[i];
	return NULL;
}

static void check_declared(
	const char *row, const struct detector *detector, const struct finding *finding)
{
	if (!rules_weight(rules, detector->name, finding->grade))
		fail_msg("%s: no weight for %s", row, finding->grade);
	assert_true(finding->evidence_count > 0);
	assert_in_range(strlen(finding->summary), 1, FINDING_TEXT_MAX - 1);
	for (unsigned at = 0; at < finding->evidence_count; at++) {
		const struct evidence *fact = &finding->evidence[at];
		bool declared = false;

		for (unsigned i = 0; i < FINDING_EVIDENCE_MAX && detector->fields[i].key; i++)
			declared |=
				strcmp(detector->fields[i].key, fact->key) == 0 &&
				(detector->fields[i].type == EVIDENCE_STRING) == fact->is_string;
		if (!declared)
			fail_msg("%s: %s is not declared", row, fact->key);
	}
}

static void expect_fact(
	const char *row, const struct finding *finding, const char *key, const char *text)
{
	const struct evidence *fact = fact_of(finding, key);

	if (!fact != !text ||
		(fact && !span_equal((struct span){fact->text, fact->len}, span_of(text))))
		fail_msg("%s: %s is not %s", row, key, text ? text : "absent");
}

/* A CONTAINER record about the process' cgroup. */
static size_t make_container(uint64_t time_ns, uint32_t flags, uint64_t created_ns,
	const char *const texts[CONTAINER_TEXTS])
{
	struct event_container *container =
		core_make_plain(record, EVENT_CONTAINER, time_ns, sizeof(*container));
	char *next = (char *)(container + 1);

	container->header.pid = process.pid;
	container->header.start_ns = process.start_ns;
	container->header.cgroup_id = CGROUP;
	container->flags = flags;
	container->created_ns = created_ns;
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++) {
		size_t len = texts[i] ? strlen(texts[i]) + 1 : 0;

		container->lengths[i] = (__u16)len;
		if (len)
			memcpy(next, texts[i], len);
		next += len;
	}
	container->header.size = (__u32)(next - (char *)record);
	return container->header.size;
}

#define OK CONTAINER_VERIFIED
#define MINER_IMAGE &detector_miner_image
#define UNTRUSTED &detector_untrusted_image
#define PRIVILEGED &detector_privileged_container

static const struct container_row {
	const char *name;
	const struct detector *detector;
	const char *grade; /* NULL: nothing */
	const char *image;
	uint32_t flags;
	const char *key, *text; /* a fact that must be there, or with text NULL must not */
} container_rows[] = {
	{"miner", MINER_IMAGE, "-", MINER, OK, "rule", "docker.io/kannix/monero-miner"},
	{"miner, as named", MINER_IMAGE, "-", "index.docker.io/" MINER, OK, "image",
		"index.docker.io/" MINER},
	{"miner, unconfirmed", MINER_IMAGE, NULL, MINER, 0, NULL, NULL},
	{"miner in another registry", MINER_IMAGE, NULL, "other.example/" MINER, OK, NULL, NULL},
	{"ordinary image", MINER_IMAGE, NULL, "nginx", OK, NULL, NULL},
	{"no image known", MINER_IMAGE, NULL, "", OK, NULL, NULL},
	{"from elsewhere", UNTRUSTED, "-", "Other.example:5000/a:b", OK, "registry",
		"other.example:5000"},
	{"from elsewhere, by default", UNTRUSTED, "-", "nginx", OK, "registry", "docker.io"},
	{"no reference at all", UNTRUSTED, "-", "my image", OK, "registry", NULL},
	{"from elsewhere, unconfirmed", UNTRUSTED, NULL, "other.example/a", 0, NULL, NULL},
	{"trusted", UNTRUSTED, NULL, "trusted.example/a:b", OK, NULL, NULL},
	{"no image known to trust", UNTRUSTED, NULL, "", OK, NULL, NULL},
	{"an id", UNTRUSTED, NULL, "sha256:" ID, OK, NULL, NULL},
	{"privileged", PRIVILEGED, "privileged", "", OK | CONTAINER_PRIVILEGED, "privileges",
		"privileged"},
	{"everything", PRIVILEGED, "privileged", "", OK | UINT32_MAX, "privileges",
		"privileged host_pid sensitive_mount added_capabilities host_network host_ipc"},
	{"host's processes", PRIVILEGED, "host", "", OK | CONTAINER_HOST_PID, "mounts", "/ /dev"},
	{"host's files", PRIVILEGED, "host", "", OK | CONTAINER_SENSITIVE_MOUNT, "privileges",
		"sensitive_mount"},
	{"heaviest grade", PRIVILEGED, "host", "",
		OK | CONTAINER_ADDED_CAPABILITIES | CONTAINER_SENSITIVE_MOUNT, NULL, NULL},
	{"capabilities", PRIVILEGED, "some", "", OK | CONTAINER_ADDED_CAPABILITIES, "capabilities",
		"SYS_ADMIN BPF"},
	{"host's network", PRIVILEGED, "some", "", OK | CONTAINER_HOST_NETWORK, NULL, NULL},
	{"host's IPC", PRIVILEGED, "some", "", OK | CONTAINER_HOST_IPC, NULL, NULL},
	{"unfiltered, as Kubernetes has it", PRIVILEGED, NULL, "", OK | CONTAINER_NO_SECCOMP, NULL,
		NULL},
	{"nothing given", PRIVILEGED, NULL, "", OK | CONTAINER_CUT, NULL, NULL},
	{"privileged, unconfirmed", PRIVILEGED, NULL, "", CONTAINER_PRIVILEGED, NULL, NULL},
};

/* Names that stand in the state without a runtime's word are nobody's either. */
static void name_unconfirmed(const struct container_row *row)
{
	struct container *container = cgroup_container(state.cgroups, CGROUP);

	if (container->flags & CONTAINER_VERIFIED)
		return;
	free(container->text[CONTAINER_TEXT_IMAGE]);
	container->text[CONTAINER_TEXT_IMAGE] = strdup(row->image);
}

static void containers(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(container_rows); i++) {
		const struct container_row *row = &container_rows[i];
		const char *const texts[CONTAINER_TEXTS] = {[CONTAINER_TEXT_ID] = ID,
			[CONTAINER_TEXT_IMAGE] = row->image,
			[CONTAINER_TEXT_CAPABILITIES] = "SYS_ADMIN BPF",
			[CONTAINER_TEXT_MOUNTS] = "/ /dev"};
		struct finding finding;
		bool found;

		state_init(&state);
		apply(core_make_cgroup(
			record, EVENT_CGROUP_MKDIR, SECONDS(START), NULL, CGROUP, PATH));
		apply(core_make_exec(
			record, EVENT_EXEC, SECONDS(START + 1), &process, &core_shell));
		apply(make_container(SECONDS(START + 2), row->flags, 0, texts));
		name_unconfirmed(row);
		found = check(row->detector, &finding);
		if (found != (row->grade != NULL) ||
			(found && strcmp(finding.grade, row->grade) != 0))
			fail_msg("%s: %s", row->name, found ? finding.grade : "nothing");
		if (found)
			check_declared(row->name, row->detector, &finding);
		if (row->key)
			expect_fact(row->name, &finding, row->key, row->text);
		state_done(&state);
	}
}

/* A container's word says nothing of a process that is in none, or in one that was not asked. */
static void elsewhere(void **unused)
{
	static const char *const paths[] = {
		"/user.slice", "/system.slice/docker-5" ID ".scope", PATH "/docker/" ID};
	const char *const texts[CONTAINER_TEXTS] = {
		[CONTAINER_TEXT_ID] = ID, [CONTAINER_TEXT_IMAGE] = MINER};
	struct core_process moved = process;
	struct finding finding;

	(void)unused;
	moved.cgroup_id = CGROUP + 1;
	for (size_t i = 0; i < COUNT(paths); i++) {
		state_init(&state);
		apply(core_make_cgroup(
			record, EVENT_CGROUP_MKDIR, SECONDS(START), NULL, CGROUP, PATH));
		apply(core_make_cgroup(
			record, EVENT_CGROUP_MKDIR, SECONDS(START), NULL, CGROUP + 1, paths[i]));
		apply(core_make_exec(record, EVENT_EXEC, SECONDS(START + 1), &moved, &core_shell));
		apply(make_container(SECONDS(START + 2), OK | CONTAINER_PRIVILEGED, 0, texts));
		assert_false(check(MINER_IMAGE, &finding));
		assert_false(check(UNTRUSTED, &finding));
		assert_false(check(PRIVILEGED, &finding));
		state_done(&state);
	}
}

/* Times are s of boot time, changes ms; what stands on the wall clock is counted from WALL. */
static const struct exec_row {
	const char *name;
	int64_t seconds; /* after the start; -1: nothing is found */
	int64_t changed_ms; /* the file, from the container's start */
	uint64_t fs_magic;
	uint32_t nlink;
	bool made; /* its cgroup was seen being made */
	bool wall; /* the wall clock is known */
	int64_t created_s; /* by its runtime, from the start; 0: unknown */
	const char *path; /* of the cgroup */
	uint16_t flags;
} exec_rows[] = {
	{"dropped", 3, 3500, OVERLAY, 1, true, true, 0, PATH, 0},
	{"dropped into memory", 3600, 3600000, TMPFS, 1, true, true, 0, PATH, 0},
	{"hard link", 3, 3500, OVERLAY, 2, true, true, 0, PATH, 0},
	{"in a nested cgroup", 3, 3500, OVERLAY, 1, true, true, 0, PATH "/inner", 0},
	{"shipped long ago", -1, -500000, OVERLAY, 1, true, true, 0, PATH, 0},
	{"unpacked just before", -1, -1, OVERLAY, 1, true, true, 0, PATH, 0},
	{"written by the start itself", -1, 2000, OVERLAY, 1, true, true, 0, PATH, 0},
	{"past the slack", 2, 2001, OVERLAY, 1, true, true, 0, PATH, 0},
	{"on a volume", -1, 3500, EXT4, 1, true, true, 0, PATH, 0},
	{"no name left: runc's init, unlinked_exec", -1, 3500, TMPFS, 0, true, true, 0, PATH, 0},
	{"deleted, unlinked_exec's too", -1, 3500, OVERLAY, 0, true, true, 0, PATH, 0},
	{"file not known", -1, 3500, OVERLAY, 1, true, true, 0, PATH, EVENT_NO_FILE},
	{"not in a container", -1, 3500, OVERLAY, 1, true, true, 0, "/user.slice", 0},
	{"older than the run", 4, 3500, OVERLAY, 1, false, true, -1, PATH, 0},
	{"older than the run, shipped", -1, -2000, OVERLAY, 1, false, true, -1, PATH, 0},
	{"start not known", -1, 3500, OVERLAY, 1, false, true, 0, PATH, 0},
	{"created, filled, then started", -1, -1000, OVERLAY, 1, true, true, -600, PATH, 0},
	{"wall clock not known", -1, 3500, OVERLAY, 1, true, false, 0, PATH, 0},
	{"wall clock not known, created is", 4, 3500, OVERLAY, 1, true, false, -1, PATH, 0},
};

static size_t make_exec(const struct exec_row *row)
{
	const struct core_program program = {
		"/opt/drop", "x", row->nlink, 5, row->fs_magic, row->flags};
	size_t len = core_make_exec(record, EVENT_EXEC, SECONDS(START + 4000), &process, &program);

	((struct event_exec *)record)->file.ctime_ns =
		SECONDS(WALL + START) + (uint64_t)(row->changed_ms * 1000000);
	return len;
}

static void drops(void **unused)
{
	const char *const texts[CONTAINER_TEXTS] = {[CONTAINER_TEXT_ID] = ID};

	(void)unused;
	for (size_t i = 0; i < COUNT(exec_rows); i++) {
		const struct exec_row *row = &exec_rows[i];
		struct event_wall *wall;
		struct finding finding;
		bool found;

		state_init(&state);
		wall = core_make_plain(record, EVENT_WALL, 1, sizeof(*wall));
		wall->offset_ns = row->wall ? (int64_t)SECONDS(WALL) : 0;
		apply(sizeof(*wall));
		apply(core_make_cgroup(record, row->made ? EVENT_CGROUP_MKDIR : EVENT_CGROUP,
			SECONDS(START), NULL, CGROUP, row->path));
		if (row->created_s)
			apply(make_container(SECONDS(START + 1), OK,
				SECONDS(WALL + START + row->created_s), texts));
		apply(make_exec(row));
		found = check(&detector_dropped_exec, &finding);
		if (found != (row->seconds >= 0))
			fail_msg("%s: %s", row->name, found ? "found" : "nothing");
		if (found) {
			check_declared(row->name, &detector_dropped_exec, &finding);
			expect_fact(row->name, &finding, "name", "drop");
			expect_fact(row->name, &finding, "path", "/opt/drop");
			if (fact_of(&finding, "seconds_after_start")->number != row->seconds)
				fail_msg("%s: seconds", row->name);
		}
		state_done(&state);
	}
}

static void feed_container(struct core *core, uint32_t flags, const char *image)
{
	const char *const texts[CONTAINER_TEXTS] = {
		[CONTAINER_TEXT_ID] = ID, [CONTAINER_TEXT_IMAGE] = image};
	size_t len = make_container(core->now_ns, flags, 0, texts);

	assert_int_equal(core_feed(core, record, len), 0);
}

/* By itself an alert, where the runtime confirms it. */
static void miner_image_alerts(void **unused)
{
	static const struct {
		uint32_t flags;
		const char *image, *actions;
	} rows[] = {
		{OK, MINER, "o"},
		{0, MINER, ""},
		{OK, "nginx", ""},
		{OK | UINT32_MAX, "nginx", ""},
	};
	static struct core core;

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		core_open(&core);
		core_cgroup(&core, CGROUP, PATH);
		core_exec(&core, &process, &core_shell);
		feed_container(&core, rows[i].flags, rows[i].image);
		assert_string_equal(core_actions(&core, 0), rows[i].actions);
		if (core.alerts_count) {
			assert_int_equal(core_last(&core)->score, 75);
			assert_ptr_equal(core_last(&core)->lead, MINER_IMAGE);
		}
		core_close(&core);
	}
}

/* The first process is a shell that was there when its image was asked for; another one works. */
static void miner_image_names_who_works(void **unused)
{
	static const struct core_process child = {.pid = 901,
		.start_ns = SECONDS(999),
		.ppid = 900,
		.session = 7,
		.cgroup_id = CGROUP};
	static struct core core;

	(void)unused;
	core_open(&core);
	core_cgroup(&core, CGROUP, PATH);
	core_exec(&core, &process, &core_shell);
	core_exec(&core, &child, &core_shell);
	feed_container(&core, OK, MINER);
	assert_string_equal(core_actions(&core, 0), "o");
	assert_int_equal(core_last(&core)->pid, process.pid);
	for (unsigned second = 0; second < 700; second++) {
		core.now_ns += SECONDS(1);
		core_task(&core, &process, 12);
		core_thread(&core, &child, SECONDS(1), 0);
		core_task(&core, &child, 12);
		core_tick(&core, true);
	}
	assert_string_equal(core_actions(&core, 0), "ou"); /* once */
	assert_int_equal(core_last(&core)->pid, child.pid);
	assert_int_equal(core_last(&core)->score, 81);
	assert_int_equal(core_last(&core)->findings, 2);
	assert_ptr_equal(core_last(&core)->lead, MINER_IMAGE); /* the strongest still */
	core_exit(&core, &child, 0);
	core_exit(&core, &process, 0);
	core.now_ns += SECONDS(3);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oue");
	assert_int_equal(core_last(&core)->pid, child.pid);
	core_close(&core);
}

/* All weak evidence at once, for as long as it can grow: nothing. More than weak: a higher score.
 */
static void context_never_alerts(void **unused)
{
	static struct core core;

	(void)unused;
	core_open(&core);
	core_cgroup(&core, CGROUP, PATH);
	core_exec(&core, &process, &core_shell);
	feed_container(&core, OK | UINT32_MAX, "nginx");
	core_connect(&core, &process, 3333);
	core_run(&core, &process, 700, 2000, 0);
	assert_string_equal(core_actions(&core, 0), "");
	core_exec(&core, &process, &core_miner);
	assert_string_equal(core_actions(&core, 0), "o");
	/* 100 x (1 - 0.15 x 0.90 x 0.60 x 0.93); without the context 91 */
	assert_int_equal(core_last(&core)->score, 92);
	core_close(&core);
}

/* Containers do not see the host's /etc/ld.so.preload. */
static void a_preload_is_the_hosts_alone(void **unused)
{
	static const char library[] = "/usr/lib/hide.so";
	static struct core core;

	(void)unused;
	for (unsigned in_container = 0; in_container < 2; in_container++) {
		__u64 bytes[CORE_RECORD];
		struct event_preload *preload;
		struct event_memory *memory;

		core_open(&core);
		core_cgroup(&core, CGROUP, in_container ? PATH : "/system.slice/a.service");
		preload = core_make_plain(bytes, EVENT_PRELOAD, core.now_ns, sizeof(*preload));
		preload->len = sizeof(library) - 1;
		preload->header.size += preload->len;
		memcpy(preload + 1, library, preload->len);
		assert_int_equal(core_feed(&core, bytes, preload->header.size), 0);
		core_exec(&core, &process, &core_miner);
		memory = core_make_plain(bytes, EVENT_MEMORY, core.now_ns, sizeof(*memory));
		memory->header.pid = process.pid;
		memory->header.start_ns = process.start_ns;
		assert_int_equal(core_feed(&core, bytes, sizeof(*memory)), 0);
		core_end(&core); /* no answer about the container is awaited any more */
		core_exit(&core, &process, 0);
		core.now_ns += SECONDS(3);
		core_tick(&core, false);
		assert_string_equal(core_actions(&core, 0), "oe");
		assert_int_equal(core_last(&core)->findings, in_container ? 1 : 2);
		core_close(&core);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(containers),
		cmocka_unit_test(elsewhere),
		cmocka_unit_test(drops),
		cmocka_unit_test(miner_image_alerts),
		cmocka_unit_test(miner_image_names_who_works),
		cmocka_unit_test(context_never_alerts),
		cmocka_unit_test(a_preload_is_the_hosts_alone),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
