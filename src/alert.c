/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the alert about an incident: what, where, since when and why. */
#include <sodium/crypto_hash_sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_build.h"
#include "container.h"
#include "rules.h"
#include "util/span.h"

#define ANCESTRY_MAX 32 /* as deep as anybody nests processes; bounds a loop of forged parents */

void alert_id(const struct state *state, const struct workload_key *key, uint64_t first_ns,
	uint8_t ret_id[static 8])
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state hash;

	crypto_hash_sha256_init(&hash);
	crypto_hash_sha256_update(
		&hash, (const unsigned char *)state->host.boot_id, sizeof(state->host.boot_id));
	crypto_hash_sha256_update(&hash, (const unsigned char *)key, sizeof(*key));
	crypto_hash_sha256_update(&hash, (const unsigned char *)&first_ns, sizeof(first_ns));
	crypto_hash_sha256_final(&hash, digest);
	memcpy(ret_id, digest, 8);
}

/* Orders what is told first: living, heavier, older. No two findings of an incident compare equal.
 */
static int compare(const struct incident_finding *a, const struct incident_finding *b, uint64_t now)
{
	uint32_t weight_a = score_decay(&a->part, now), weight_b = score_decay(&b->part, now);

	if (!a->part.dead_ns != !b->part.dead_ns)
		return a->part.dead_ns ? 1 : -1;
	if (weight_a != weight_b)
		return weight_a < weight_b ? 1 : -1;
	if (a->finding.time_ns != b->finding.time_ns)
		return a->finding.time_ns < b->finding.time_ns ? -1 : 1;
	if (a->finding.process.pid != b->finding.process.pid)
		return a->finding.process.pid < b->finding.process.pid ? -1 : 1;
	return strcmp(a->finding.detector->name, b->finding.detector->name);
}

/* The same, but the process that burns the CPU before the one that was asked about its container.
 */
static int compare_lead(
	const struct incident_finding *a, const struct incident_finding *b, uint64_t now)
{
	bool of_container = a->finding.detector->of_container;

	if (!a->part.dead_ns == !b->part.dead_ns &&
		of_container != b->finding.detector->of_container)
		return of_container ? 1 : -1;
	return compare(a, b, now);
}

const struct incident_finding *alert_lead(const struct incident *incident, uint64_t now_ns)
{
	const struct incident_finding *lead = incident->findings;

	for (const struct incident_finding *at = lead; at; at = at->next)
		if (compare_lead(at, lead, now_ns) < 0)
			lead = at;
	return lead;
}

unsigned alert_awaited(const struct state *state, const struct incident *incident,
	const char *ret_pending[static 2])
{
	const struct incident_finding *lead = alert_lead(incident, state->now_ns);
	const struct process *process =
		lead ? process_find(state->processes, &lead->finding.process) : NULL;
	const struct container_inquiry *inquiry =
		process ? cgroup_inquiry(state->cgroups, process->cgroup_id) : NULL;
	unsigned count = 0;

	if (process && process_alive(process) && !process->image)
		ret_pending[count++] = "process";
	if (inquiry && inquiry->asked && !inquiry->answered)
		ret_pending[count++] = "container";
	return count;
}

static void fill_process(const struct process *process, struct alert_process *ret_process)
{
	const struct image *image = process->image;

	*ret_process = (struct alert_process){
		.key = process->key,
		.ppid = process->parent.pid,
		.session = process->session,
		.uid = process->uid,
		.comm = span_of(process->comm),
	};
	if (!image)
		return;
	ret_process->exe = image->exe;
	ret_process->args = image->args;
	ret_process->exe_cut = (image->flags & (EVENT_CUT_PATH | EVENT_CUT_FILENAME)) != 0;
	ret_process->args_cut = (image->flags & EVENT_CUT_ARGV) != 0;
	ret_process->unlinked = !(image->flags & EVENT_NO_FILE) && image->file.nlink == 0;
}

static void fill_processes(
	const struct state *state, const struct process *process, struct alert_build *build)
{
	const struct process *above = process;

	fill_process(process, &build->process);
	build->alert.process = &build->process;
	build->alert.ancestors = build->ancestors;
	for (unsigned depth = 0;; depth++) {
		above = process_find(state->processes, &above->parent);
		if (!above || above == process)
			return;
		if (depth == ALERT_ANCESTORS_MAX)
			break;
		fill_process(above, &build->ancestors[build->alert.ancestors_count++]);
	}
	build->alert.ancestors_cut = true;
}

static void fill_findings(
	const struct incident *incident, uint64_t now_ns, struct alert_build *build)
{
	const struct incident_finding *sorted[INCIDENT_FINDINGS_MAX];
	unsigned count = 0;

	for (const struct incident_finding *at = incident->findings; at; at = at->next) {
		unsigned place = count++;

		for (; place && compare(at, sorted[place - 1], now_ns) < 0; place--)
			sorted[place] = sorted[place - 1];
		sorted[place] = at;
	}
	for (unsigned i = 0; i < count && i < ALERT_FINDINGS_MAX; i++)
		build->findings[i] = (struct alert_finding){&sorted[i]->finding,
			score_decay(&sorted[i]->part, now_ns),
			sorted[i]->allow ? sorted[i]->allow->reason : NULL};
	build->alert.findings = build->findings;
	build->alert.findings_count = count < ALERT_FINDINGS_MAX ? count : ALERT_FINDINGS_MAX;
	build->alert.findings_cut = count > ALERT_FINDINGS_MAX;
}

static void fill_sensor(
	const struct state *state, const struct rules *rules, struct alert_build *build)
{
	build->alert.host = &state->host;
	build->alert.wall_offset_ns = state->wall_offset_ns;
	build->alert.time_ns = state->now_ns;
	build->alert.rules_digest = rules_digest(rules);
	build->alert.dropped = state->dropped;
	build->alert.degraded = build->degraded;
	build->alert.degraded_count = state->degraded_count;
	for (unsigned i = 0; i < state->degraded_count; i++)
		build->degraded[i] = state->degraded[i];
	build->alert.summary = build->summary;
	build->alert.redacted_summary = build->redacted_summary;
}

/*
 * How it came into the container: the topmost of its ancestors inside is the one the container was
 * started with, or one that was put in later.
 */
static const char *entered(
	const struct state *state, const struct process *process, const struct container *container)
{
	const struct process *top = process;

	for (unsigned depth = 0; depth < ANCESTRY_MAX; depth++) {
		const struct process *above = process_find(state->processes, &top->parent);

		if (!above || cgroup_container(state->cgroups, above->cgroup_id) != container)
			break;
		top = above;
	}
	return memcmp(&top->key, &container->first, sizeof(top->key)) == 0 ? "start" : "exec";
}

void alert_build(const struct state *state, const struct rules *rules,
	const struct incident_table *table, const struct incident *incident,
	enum alert_action action, struct alert_build *ret_build)
{
	const struct incident_finding *lead = alert_lead(incident, state->now_ns);
	const struct process *process =
		lead ? process_find(state->processes, &lead->finding.process) : NULL;
	struct alert *alert = &ret_build->alert;

	memset(ret_build, 0, sizeof(*ret_build));
	fill_sensor(state, rules, ret_build);
	alert->action = action;
	alert->score = incident->score;
	alert->severity =
		action == ALERT_ENDED ? incident->highest : score_severity(rules, incident->score);
	if (alert->severity == SEVERITY_NONE) /* it has faded since it was reported */
		alert->severity = incident->reported;
	alert->since_ns = incident->first_ns;
	memcpy(alert->id, incident->id, sizeof(alert->id));
	if (process)
		fill_processes(state, process, ret_build);
	if (incident->key.type == WORKLOAD_CGROUP)
		alert->cgroup_id = incident->key.id;
	else if (process)
		alert->cgroup_id = process->cgroup_id;
	alert->cgroup_path = cgroup_path_of(state->cgroups, alert->cgroup_id);
	fill_findings(incident, state->now_ns, ret_build);
	alert->container = process ? cgroup_container(state->cgroups, process->cgroup_id) : NULL;
	if (alert->container)
		alert->entered = entered(state, process, alert->container);
	alert->pending = ret_build->pending;
	if (action != ALERT_ENDED)
		alert->pending_count = alert_awaited(state, incident, ret_build->pending);
	alert->duration_ns = state->now_ns - incident->first_ns;
	alert->cpu_ns = incident_cpu(table, incident);
	alert_summarize(incident, alert, ret_build->summary, ret_build->redacted_summary);
}

void alert_build_process(const struct state *state, const struct rules *rules,
	const struct process *process, struct alert_build *ret_build)
{
	struct alert *alert = &ret_build->alert;

	memset(ret_build, 0, sizeof(*ret_build));
	fill_sensor(state, rules, ret_build);
	fill_processes(state, process, ret_build);
	alert->cgroup_id = process->cgroup_id;
	alert->cgroup_path = cgroup_path_of(state->cgroups, process->cgroup_id);
	alert->container = cgroup_container(state->cgroups, process->cgroup_id);
	alert->cpu_ns = process->cpu_ns;
}

/* An alert about no incident; key_ns makes its id. Its summary quotes nothing that is secret. */
static void build_notice(const struct state *state, const struct rules *rules,
	enum alert_action action, uint64_t key_ns, struct alert_build *ret_build)
{
	static const struct workload_key none;
	struct alert *alert = &ret_build->alert;

	memset(ret_build, 0, sizeof(*ret_build));
	fill_sensor(state, rules, ret_build);
	alert->action = action;
	alert->seq = 1;
	alert_id(state, &none, key_ns, alert->id);
	alert->redacted_summary = ret_build->summary;
}

void alert_build_tamper(const struct state *state, const struct rules *rules,
	const struct event_tamper *tamper, struct alert_build *ret_build)
{
	build_notice(state, rules, ALERT_TAMPER, state->now_ns, ret_build);
	ret_build->alert.severity = SEVERITY_CRITICAL;
	ret_build->alert.hook = tamper->what;
	snprintf(ret_build->summary, sizeof(ret_build->summary),
		"Sensor tampered with on %.64s: its kernel hook %s worked and is dead now (%s); it "
		"ends and has to be started again",
		state->host.hostname[0] ? state->host.hostname : "this host", tamper->what,
		tamper->why);
}

void alert_build_suppressed(const struct state *state, const struct rules *rules, uint64_t key_ns,
	uint64_t count, enum severity severity, struct alert_build *ret_build)
{
	build_notice(state, rules, ALERT_SUPPRESSED, key_ns, ret_build);
	ret_build->alert.severity = severity;
	ret_build->alert.count = count;
	snprintf(ret_build->summary, sizeof(ret_build->summary),
		"%llu more incidents were held back: too many opened within a minute",
		(unsigned long long)count);
}
