// SPDX-License-Identifier: Apache-2.0
/* Writes incidents down as the records that restore them. */
#include <string.h>

#include "container.h"
#include "incident_private.h"
#include "state/state.h"
#include "util/span.h"

/* A process at work uses CPU each second: whole minutes, or each would be news to be written. */
#define CPU_STEP_NS UINT64_C(60000000000)

/* A record in the making. */
struct draft {
	__u64 words[EVENT_RECORD_MAX / sizeof(__u64)];
	size_t len;
};

struct saving {
	const struct incident_table *table;
	enum event_incident_phase phase; /* of those that are written now */
	incident_put put;
	void *context;
	struct draft draft;
};

static void *draft_begin(struct saving *saving, unsigned type, size_t size)
{
	struct event_header *header = (struct event_header *)saving->draft.words;

	memset(header, 0, size);
	header->type = (__u16)type;
	saving->draft.len = size;
	return header;
}

/* Behind the others; returns its length. What is longer than max is of no record: left out. */
static __u16 draft_add(struct draft *draft, struct span text, size_t max)
{
	if (!text.len || text.len > max || draft->len + text.len > sizeof(draft->words))
		return 0;
	memcpy((char *)draft->words + draft->len, text.data, text.len);
	draft->len += text.len;
	return (__u16)text.len;
}

static __u16 draft_add_string(struct draft *draft, struct span text, size_t max)
{
	__u16 len = draft_add(draft, text, max - 1);

	return len ? len + draft_add(draft, (struct span){"", 1}, 1) : 0;
}

static void draft_put(const struct saving *saving)
{
	((struct event_header *)saving->draft.words)->size = (__u32)saving->draft.len;
	saving->put(saving->context, saving->draft.words, saving->draft.len);
}

/* One that waits is found to wait again by the next tick. */
static enum event_incident_phase phase_of(const struct incident *incident)
{
	if (incident->phase == INCIDENT_OPEN)
		return INCIDENT_WAS_OPEN;
	return incident->seq ? INCIDENT_WAS_ENDED : INCIDENT_WAS_WATCHED;
}

static void put_incident(struct saving *saving, const struct incident *incident)
{
	struct event_incident *record = draft_begin(saving, EVENT_INCIDENT, sizeof(*record));

	record->workload_id = incident->key.id;
	record->workload_type = incident->key.type;
	record->workload_session = incident->key.session;
	record->first_ns = incident->first_ns;
	record->below_ns = incident->below_ns;
	record->ended_ns = incident->ended_ns;
	record->cpu_ns = incident->cpu_ns;
	record->seq = incident->seq;
	record->phase = (__u8)phase_of(incident);
	if (incident->seq) {
		record->reported = (__u8)incident->reported;
		record->highest = (__u8)incident->highest;
	}
	record->incident_flags = (incident->update_due ? INCIDENT_UPDATE_DUE : 0) |
				 (incident->unnamed ? INCIDENT_UNNAMED : 0);
	record->facts_due = (__u16)incident->facts_due;
	record->facts_told = (__u16)incident->facts_told;
	memcpy(record->id, incident->id, sizeof(record->id));
	draft_put(saving);
}

static __u16 add_facts(struct draft *draft, const struct finding *finding)
{
	size_t before = draft->len;

	for (unsigned i = 0; i < finding->evidence_count; i++) {
		const struct evidence *evidence = &finding->evidence[i];
		size_t key_len = strlen(evidence->key);
		size_t value_len = evidence->is_string ? evidence->len : sizeof(evidence->number);
		struct event_fact fact = {.is_string = evidence->is_string,
			.cut = evidence->cut,
			.key_len = (uint8_t)key_len,
			.value_len = (uint8_t)value_len};
		const char *value =
			evidence->is_string ? evidence->text : (const char *)&evidence->number;

		draft_add(draft, (struct span){(const char *)&fact, sizeof(fact)}, sizeof(fact));
		draft_add(draft, (struct span){evidence->key, key_len}, key_len);
		draft_add(draft, (struct span){value, value_len}, value_len);
	}
	return (__u16)(draft->len - before);
}

static bool has_answer(const struct container *container)
{
	return container && container->inquiry.answered &&
	       (container->flags & CONTAINER_VERIFIED) && container->text[CONTAINER_TEXT_ID][0];
}

static void fill_process(
	const struct state *state, const struct process *process, struct event_finding *record)
{
	record->header.cgroup_id = process->cgroup_id;
	record->kin = (struct event_kin){.parent_start_ns = process->parent.start_ns,
		.ppid = process->parent.pid,
		.session = process->session,
		.uid = process->uid,
		.cpus_allowed = process->cpus_allowed};
	memcpy(record->kin.comm, process->comm, sizeof(record->kin.comm));
	record->exit_ns = process->exit_ns;
	if (process->exit_ns && !record->dead_ns)
		record->dead_ns = process->exit_ns;
	record->cpu_ns = process->cpu_ns - process->cpu_ns % CPU_STEP_NS;
	record->exe_inode = process->exe_inode;
	record->exe_dev = process->exe_dev;
	record->session_ns = process->session_ns;
	record->evidence_session = process->workload_session;
	record->evidence_session_ns = process->workload_session_ns;
	if (process->exe_replaced)
		record->finding_flags |= FINDING_EXE_REPLACED;
	if (has_answer(cgroup_container(state->cgroups, process->cgroup_id)))
		record->finding_flags |= FINDING_CONTAINER;
}

/* What its process runs and where, behind the first of its findings. */
static void add_surroundings(const struct state *state, const struct process *process,
	struct draft *draft, struct event_finding *record)
{
	const struct image *image = process->image;
	__u16 *lengths = record->lengths;

	if (image) {
		record->finding_flags |= FINDING_HAS_IMAGE;
		record->image_flags = (__u16)image->flags;
		record->image_ns = image->time_ns;
		record->file = image->file;
		lengths[FINDING_NAME] = draft_add_string(draft, image->name, EVENT_NAME_MAX);
		lengths[FINDING_EXE] = draft_add_string(draft, image->exe, FINDING_EXE_MAX);
		lengths[FINDING_ARGV] = draft_add(draft, image->args, EVENT_ARGV_MAX);
	}
	lengths[FINDING_CGROUP] = draft_add_string(
		draft, cgroup_path_of(state->cgroups, process->cgroup_id), EVENT_CGROUP_PATH_MAX);
}

static void put_finding(struct saving *saving, const struct incident *incident,
	const struct incident_finding *at, bool first)
{
	struct event_finding *record = draft_begin(saving, EVENT_FINDING, sizeof(*record));
	const struct finding *finding = &at->finding;
	const struct state *state = saving->table->state;
	const struct process *process = process_find(state->processes, &finding->process);

	if (!process) /* evidence pins it */
		return;
	record->header.pid = finding->process.pid;
	record->header.start_ns = finding->process.start_ns;
	record->workload_id = incident->key.id;
	record->workload_type = incident->key.type;
	record->workload_session = incident->key.session;
	record->found_ns = finding->time_ns;
	record->dead_ns = at->part.dead_ns;
	record->lowered_ppm = at->part.lowered_ppm;
	record->finding_flags = at->inherited ? FINDING_INHERITED : 0;
	fill_process(state, process, record);
	record->lengths[FINDING_DETECTOR] = draft_add_string(
		&saving->draft, span_of(finding->detector->name), FINDING_WORD_MAX);
	record->lengths[FINDING_GRADE] =
		draft_add_string(&saving->draft, span_of(finding->grade), FINDING_WORD_MAX);
	record->lengths[FINDING_SUMMARY] =
		draft_add_string(&saving->draft, span_of(finding->summary), FINDING_SUMMARY_MAX);
	record->lengths[FINDING_FACTS] = add_facts(&saving->draft, finding);
	if (first)
		add_surroundings(state, process, &saving->draft, record);
	draft_put(saving);
}

/* What its runtime said of the process' container; it may not be there to be asked again. */
static void put_container(struct saving *saving, const struct process *process)
{
	const struct container *container =
		cgroup_container(saving->table->state->cgroups, process->cgroup_id);
	struct event_container *record;

	if (!has_answer(container))
		return;
	record = draft_begin(saving, EVENT_CONTAINER, sizeof(*record));
	record->header.pid = process->key.pid;
	record->header.start_ns = process->key.start_ns;
	record->header.cgroup_id = process->cgroup_id;
	record->created_ns = container->created_ns;
	record->flags = container->flags;
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++)
		record->lengths[i] = draft_add_string(
			&saving->draft, span_of(container->text[i]), EVENT_CONTAINER_TEXT_MAX);
	draft_put(saving);
}

static bool is_first_of(const struct incident *incident, const struct incident_finding *at)
{
	for (const struct incident_finding *before = incident->findings; before != at;
		before = before->next)
		if (memcmp(&before->finding.process, &at->finding.process,
			    sizeof(at->finding.process)) == 0)
			return false;
	return true;
}

/* Each cgroup once. */
static void put_containers(struct saving *saving, const struct incident *incident)
{
	uint64_t seen[INCIDENT_FINDINGS_MAX];
	unsigned count = 0;

	for (const struct incident_finding *at = incident->findings; at; at = at->next) {
		const struct process *process =
			process_find(saving->table->state->processes, &at->finding.process);
		unsigned i = 0;

		while (process && i < count && seen[i] != process->cgroup_id)
			i++;
		if (!process || i < count)
			continue;
		seen[count++] = process->cgroup_id;
		put_container(saving, process);
	}
}

static bool save_one(void *context, struct incident *incident)
{
	struct saving *saving = context;

	if (phase_of(incident) != saving->phase)
		return false;
	put_incident(saving, incident);
	for (const struct incident_finding *at = incident->findings; at; at = at->next)
		put_finding(saving, incident, at, is_first_of(incident, at));
	put_containers(saving, incident);
	return false;
}

void incident_save(struct incident_table *table, incident_put put, void *context)
{
	/* Anybody can cause evidence that is only watched: it crowds out nothing that was told. */
	static const enum event_incident_phase order[] = {
		INCIDENT_WAS_OPEN, INCIDENT_WAS_ENDED, INCIDENT_WAS_WATCHED};
	struct saving saving;

	saving.table = table;
	saving.put = put;
	saving.context = context;
	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		saving.phase = order[i];
		incident_each(table, save_one, &saving);
	}
}
