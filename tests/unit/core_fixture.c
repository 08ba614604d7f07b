/* SPDX-License-Identifier: Apache-2.0 */
/* Makes records by hand and keeps what the pipeline makes of them. */
#include "core_fixture.h"

#include "container.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

const struct core_program core_miner = {.path = "/opt/.x/kworker",
	.args = "kworker|--donate-level|1|-o|stratum+tcp://pool.example:3333",
	.nlink = 1,
	.inode = 4711};
const struct core_program core_shell = {
	.path = "/usr/bin/sh", .args = "sh|-c|true", .nlink = 1, .inode = 12};

static void count_action(struct core *core, enum alert_action action)
{
	core->opened += action == ALERT_OPENED;
	core->suppressed += action == ALERT_SUPPRESSED;
}

static int keep_alert(void *context, const struct alert *alert)
{
	struct core *core = context;
	struct core_alert *kept = &core->alerts[core->alerts_count++];

	assert_true(core->alerts_count <= CORE_ALERTS_MAX);
	assert_true(alert->severity > SEVERITY_NONE); /* there is no other word in the schema */
	core->line_len = alert_json(alert, core->redactor, core->line);
	assert_in_range(core->line_len, 1, ALERT_LINE_MAX);
	count_action(core, alert->action);
	*kept = (struct core_alert){.action = alert->action,
		.severity = alert->severity,
		.score = alert->score,
		.time_ns = alert->time_ns,
		.since_ns = alert->since_ns,
		.duration_ns = alert->duration_ns,
		.cpu_ns = alert->cpu_ns,
		.cgroup_id = alert->cgroup_id,
		.count = alert->count,
		.dropped = alert->dropped,
		.seq = alert->seq,
		.pid = alert->process ? alert->process->key.pid : 0,
		.findings = alert->findings_count,
		.ancestors = alert->ancestors_count,
		.pending = alert->pending_count,
		.lead = alert->findings_count ? alert->findings[0].finding->detector : NULL};
	memcpy(kept->id, alert->id, sizeof(kept->id));
	snprintf(kept->summary, sizeof(kept->summary), "%s", alert->summary);
	if (alert->container) {
		snprintf(kept->container, sizeof(kept->container), "%s",
			alert->container->text[CONTAINER_TEXT_ID]);
		kept->verified = alert->container->flags & CONTAINER_VERIFIED;
		kept->entered = alert->entered;
	}
	if (alert->process && alert->process->exe.len <= sizeof(kept->exe)) {
		kept->exe_len = alert->process->exe.len;
		if (kept->exe_len)
			memcpy(kept->exe, alert->process->exe.data, kept->exe_len);
	}
	return core->alert_result;
}

static int count_tee(void *context, const void *record, size_t len)
{
	struct core *core = context;

	(void)record;
	(void)len;
	core->teed++;
	return core->tee_result;
}

static void keep_asked(void *context, const struct examine_job *job)
{
	struct core *core = context;

	core->asked_containers += job->kind == EXAMINE_CONTAINER;
	if (job->kind == EXAMINE_SOCKETS && core->asked_sockets_count < CORE_ASKED_MAX)
		core->asked_sockets[core->asked_sockets_count++] = job->process;
	if (job->kind == EXAMINE_CONTENT && core->asked_content_count < CORE_ASKED_MAX)
		core->asked_content[core->asked_content_count++] = *job;
	if (job->kind != EXAMINE_PROCESS)
		return;
	if (core->asked_count < CORE_ASKED_MAX)
		core->asked[core->asked_count++] = job->process;
}

/* The embedded rules name no numeric pool address, so a user's file adds CORE_POOL. */
static void load_rules_with_pool(struct rules **ret_rules)
{
	char directory[] = "/tmp/core_rules.XXXXXX", path[64];
	FILE *file;

	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/pools.add.list", directory);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "198.51.100.9 | test\n");
	fclose(file);
	assert_int_equal(rules_load(directory, stderr, ret_rules), 0);
	unlink(path);
	rmdir(directory);
}

void core_open(struct core *core)
{
	struct pipeline_config config = {
		.alert = keep_alert, .tee = count_tee, .examine = keep_asked, .context = core};

	memset(core, 0, sizeof(*core));
	load_rules_with_pool(&core->rules);
	config.rules = core->rules;
	core->pipeline = pipeline_new(&config);
	assert_non_null(core->pipeline);
	core->now_ns = SECONDS(1000);
}

void core_close(struct core *core)
{
	pipeline_free(core->pipeline);
	rules_free(core->rules);
}

int core_feed(struct core *core, void *record, size_t len)
{
	return pipeline_feed(core->pipeline, record, len);
}

static __u64 scratch_record[CORE_RECORD];

static void feed_scratch(struct core *core, size_t len)
{
	assert_int_equal(core_feed(core, scratch_record, len), 0);
}

void core_exec(
	struct core *core, const struct core_process *process, const struct core_program *program)
{
	feed_scratch(
		core, core_make_exec(scratch_record, EVENT_EXEC, core->now_ns, process, program));
}

void core_answer(
	struct core *core, const struct core_process *process, const struct core_program *program)
{
	feed_scratch(core,
		core_make_exec(scratch_record, EVENT_PROCESS, core->now_ns, process, program));
}

void core_container(
	struct core *core, const struct core_process *process, uint64_t cgroup_id, const char *id)
{
	const size_t len = id ? strlen(id) + 1 : 0;
	struct event_container *container = core_make_plain(
		scratch_record, EVENT_CONTAINER, core->now_ns, sizeof(*container) + len);

	container->header.pid = process->pid;
	container->header.start_ns = process->start_ns;
	container->header.cgroup_id = cgroup_id;
	if (id) {
		container->flags = CONTAINER_VERIFIED;
		container->lengths[CONTAINER_TEXT_ID] = (__u16)len;
		memcpy(container + 1, id, len);
	}
	feed_scratch(core, sizeof(*container) + len);
}

void core_fork(struct core *core, const struct core_process *child)
{
	feed_scratch(core, core_make_kin(scratch_record, EVENT_FORK, core->now_ns, child));
}

void core_exit(struct core *core, const struct core_process *process, uint64_t cpu_ns)
{
	feed_scratch(core, core_make_exit(scratch_record, core->now_ns, process, cpu_ns));
}

void core_connect(struct core *core, const struct core_process *process, uint16_t port)
{
	static const uint8_t address[4] = {192, 0, 2, 7};

	feed_scratch(
		core, core_make_connect(scratch_record, core->now_ns, process, address, port, 6));
}

void core_connect_pool(struct core *core, const struct core_process *process)
{
	static const uint8_t address[4] = {198, 51, 100, 9};

	feed_scratch(
		core, core_make_connect(scratch_record, core->now_ns, process, address, 443, 6));
}

void core_cgroup(struct core *core, uint64_t id, const char *path)
{
	feed_scratch(
		core, core_make_cgroup(scratch_record, EVENT_CGROUP, core->now_ns, NULL, id, path));
}

void core_task(struct core *core, const struct core_process *process, uint64_t inode)
{
	size_t len = core_make_kin(scratch_record, EVENT_TASK, core->now_ns, process);
	struct event_task *task = (struct event_task *)scratch_record;

	task->threads = 1;
	task->file = (struct event_file){.inode = inode, .dev = 1, .nlink = 1};
	if (!inode)
		task->header.flags |= EVENT_NO_FILE;
	feed_scratch(core, len);
}

void core_thread(
	struct core *core, const struct core_process *process, uint64_t run_ns, uint64_t wait_ns)
{
	feed_scratch(
		core, core_make_thread(scratch_record, core->now_ns, process, run_ns, wait_ns));
}

void core_tick(struct core *core, bool pass)
{
	struct event_tick *tick =
		core_make_plain(scratch_record, EVENT_TICK, core->now_ns, sizeof(*tick));

	tick->pass_start_ns = pass ? core->now_ns - 1000000 : 0;
	feed_scratch(core, sizeof(*tick));
}

void core_end(struct core *core)
{
	core_make_plain(scratch_record, EVENT_END, core->now_ns, sizeof(struct event_end));
	feed_scratch(core, sizeof(struct event_end));
}

void core_run(struct core *core, const struct core_process *process, unsigned seconds,
	uint64_t run_ms, uint64_t wait_ms)
{
	for (unsigned i = 0; i < seconds; i++) {
		core->now_ns += SECONDS(1);
		core_task(core, process, 0);
		if (run_ms || wait_ms)
			core_thread(core, process, run_ms * 1000000, wait_ms * 1000000);
		core_tick(core, false);
	}
}

const char *core_actions(const struct core *core, unsigned from)
{
	static const char letters[] = {[ALERT_OPENED] = 'o',
		[ALERT_RAISED] = 'r',
		[ALERT_UPDATED] = 'u',
		[ALERT_ENDED] = 'e',
		[ALERT_REOPENED] = 'R',
		[ALERT_SUPPRESSED] = 's',
		[ALERT_TAMPER] = 't'};
	static char text[CORE_ALERTS_MAX + 1];
	unsigned len = 0;

	for (unsigned i = from; i < core->alerts_count; i++)
		text[len++] = letters[core->alerts[i].action];
	text[len] = '\0';
	return text;
}

const struct core_alert *core_last(const struct core *core)
{
	assert_true(core->alerts_count > 0);
	return &core->alerts[core->alerts_count - 1];
}
