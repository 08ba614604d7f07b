/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the alert about an incident: what, where, since when and why. */
#include <sodium/crypto_hash_sha256.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_build.h"
#include "rules.h"
#include "util/rfc3339.h"
#include "util/span.h"

#define SECOND_NS UINT64_C(1000000000)
#define SUMMARY_FINDINGS 4

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

const struct incident_finding *alert_lead(const struct incident *incident, uint64_t now_ns)
{
	const struct incident_finding *lead = incident->findings;

	for (const struct incident_finding *at = lead; at; at = at->next)
		if (compare(at, lead, now_ns) < 0)
			lead = at;
	return lead;
}

bool alert_awaits_answer(
	const struct state *state, const struct incident *incident, uint64_t now_ns)
{
	const struct incident_finding *lead = alert_lead(incident, now_ns);
	const struct process *process =
		lead ? process_find(state->processes, &lead->finding.process) : NULL;

	return process && process_alive(process) && !process->image;
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
		build->findings[i] = (struct alert_finding){
			&sorted[i]->finding, score_decay(&sorted[i]->part, now_ns)};
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
}

/* snprintf that goes on where the last one stopped. */
static void say(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void say(char *text, size_t size, const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, size - len, format, args);
	va_end(args);
}

static const char *const openings[] = {
	[ALERT_OPENED] = "Likely cryptocurrency miner",
	[ALERT_RAISED] = "Cryptocurrency miner, more certain",
	[ALERT_UPDATED] = "Cryptocurrency miner, now identified",
	[ALERT_ENDED] = "Cryptocurrency miner ended",
	[ALERT_REOPENED] = "Cryptocurrency miner is back",
};

/* One sentence for a tired person. Each detector is named once, by its strongest finding. */
static void write_summary(const struct incident *incident, struct alert_build *build)
{
	const struct alert *alert = &build->alert;
	char *text = build->summary, since[RFC3339_SIZE];
	const char *separator = ": ";
	unsigned told = 0;

	rfc3339_format(alert->since_ns, alert->wall_offset_ns, since);
	text[0] = '\0';
	say(text, sizeof(build->summary), "%s", openings[alert->action]);
	if (alert->process)
		say(text, sizeof(build->summary), ": %.*s (pid %u, uid %u)",
			(int)alert->process->comm.len, alert->process->comm.data,
			alert->process->key.pid, alert->process->uid);
	if (incident->key.type == WORKLOAD_CGROUP)
		say(text, sizeof(build->summary), " in cgroup %.*s",
			(int)(alert->cgroup_path.len > 96 ? 96 : alert->cgroup_path.len),
			alert->cgroup_path.data);
	else
		say(text, sizeof(build->summary), " in session %u", incident->key.session);
	say(text, sizeof(build->summary), " on %.64s since %.19sZ",
		alert->host->hostname[0] ? alert->host->hostname : "this host", since);
	if (alert->action == ALERT_ENDED)
		say(text, sizeof(build->summary), ", after %llu s and %llu s of CPU",
			(unsigned long long)(alert->duration_ns / SECOND_NS),
			(unsigned long long)(alert->cpu_ns / SECOND_NS));
	for (unsigned i = 0; i < alert->findings_count && told < SUMMARY_FINDINGS; i++) {
		bool repeated = false;

		for (unsigned before = 0; before < i; before++)
			repeated |= alert->findings[before].finding->detector ==
				    alert->findings[i].finding->detector;
		if (repeated)
			continue;
		say(text, sizeof(build->summary), "%s%s", separator,
			alert->findings[i].finding->summary);
		separator = "; ";
		told++;
	}
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
	if (action != ALERT_ENDED && alert_awaits_answer(state, incident, state->now_ns)) {
		ret_build->pending[0] = "process";
		alert->pending = ret_build->pending;
		alert->pending_count = 1;
	}
	alert->duration_ns = state->now_ns - incident->first_ns;
	alert->cpu_ns = incident_cpu(table, incident);
	write_summary(incident, ret_build);
}

void alert_build_suppressed(const struct state *state, const struct rules *rules, uint64_t key_ns,
	uint64_t count, enum severity severity, struct alert_build *ret_build)
{
	static const struct workload_key none;
	struct alert *alert = &ret_build->alert;

	memset(ret_build, 0, sizeof(*ret_build));
	fill_sensor(state, rules, ret_build);
	alert->action = ALERT_SUPPRESSED;
	alert->severity = severity;
	alert->seq = 1;
	alert->count = count;
	alert_id(state, &none, key_ns, alert->id);
	say(ret_build->summary, sizeof(ret_build->summary),
		"%llu more incidents were held back: too many opened within a minute",
		(unsigned long long)count);
}
