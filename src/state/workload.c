/* SPDX-License-Identifier: Apache-2.0 */
/* The table of workloads that use CPU. */
#include "state/workload.h"

#include "util/hash.h"
#include <stdlib.h>

#include "state/cpu_window.h"
#include "state/state.h"
#include "util/cgroup_path.h"

#define UNSEEN_LEAST_NS UINT64_C(20000000)

struct entry {
	struct workload workload; /* first: a workload is its entry */
	UT_hash_handle hh;
};

/* Insertion order, and each use inserts anew: the head is the one idle longest. */
struct workload_table {
	struct entry *entries;
};

struct workload_table *workload_table_new(void)
{
	return memory_zeroed(sizeof(struct workload_table));
}

static void remove_entry(struct workload_table *table, struct entry *entry)
{
	HASH_DEL(table->entries, entry);
	free(entry->workload.cpu);
	free(entry);
}

void workload_table_free(struct workload_table *table)
{
	while (table && table->entries)
		remove_entry(table, table->entries);
	free(table);
}

/* The root, a slice, a login session and a pod hold many: their members need have nothing in
 * common. */
static bool is_shared(struct span path)
{
	return !path.len || cgroup_path_is_root(path) || cgroup_path_is_slice(path) ||
	       cgroup_path_is_login_session(path) || cgroup_path_is_pod_parent(path);
}

struct workload_key workload_of(const struct state *state, const struct process *process)
{
	struct span path = cgroup_path_of(state->cgroups, process->cgroup_id);
	const struct container *container = cgroup_container(state->cgroups, process->cgroup_id);

	if (container)
		return (struct workload_key){WORKLOAD_CONTAINER, 0, container->key};
	if (!is_shared(path))
		return (struct workload_key){WORKLOAD_CGROUP, 0, process->cgroup_id};
	if (process->workload_session)
		return (struct workload_key){
			WORKLOAD_SESSION, process->workload_session, process->workload_session_ns};
	return (struct workload_key){WORKLOAD_SESSION, process->key.pid, process->key.start_ns};
}

static struct entry *find(const struct state *state, const struct process *process)
{
	struct workload_key key = workload_of(state, process);
	struct entry *entry;

	HASH_FIND(hh, state->workloads->entries, &key, sizeof(key), entry);
	return entry;
}

const struct workload *workload_find(const struct state *state, const struct process *process)
{
	struct entry *entry = find(state, process);

	return entry ? &entry->workload : NULL;
}

static struct workload *get(struct state *state, const struct process *process)
{
	struct workload_table *table = state->workloads;
	struct entry *entry = find(state, process);

	if (entry) {
		HASH_DEL(table->entries, entry);
	} else {
		if (HASH_COUNT(table->entries) >= WORKLOADS_MAX)
			remove_entry(table, table->entries);
		entry = memory_zeroed(sizeof(*entry));
		entry->workload.key = workload_of(state, process);
		entry->workload.cpu = cpu_window_new();
	}
	HASH_ADD(hh, table->entries, workload.key, sizeof(entry->workload.key), entry);
	return &entry->workload;
}

void workload_thread(struct state *state, const struct process *process, const struct event *event)
{
	const struct event_thread *thread = event->thread;
	int mode = fp_randomx_mode(fp_machine(state->host.machine), thread->fp_control);
	struct workload *workload;

	if (!thread->run_ns && mode <= 0)
		return; /* the first sight of a thread older than the run */
	workload = get(state, process);
	if (!workload)
		return;
	cpu_window_add(workload->cpu, state->now_ns, thread->run_ns, thread->wait_ns);
	if (mode < 0)
		return;
	if (event->header->flags & EVENT_STALE)
		rounding_window_run(
			&workload->rounding, state->now_ns, thread->run_ns + thread->wait_ns);
	else
		rounding_window_add(&workload->rounding, state->now_ns, (unsigned)mode,
			thread->run_ns + thread->wait_ns);
}

void workload_unseen(struct state *state, const struct process *process, uint64_t run_ns)
{
	/* What ran for a moment only counts where more was seen: most processes of a host are such.
	 */
	bool counts = run_ns >= UNSEEN_LEAST_NS || find(state, process);
	struct workload *workload = counts ? get(state, process) : NULL;

	if (workload && run_ns)
		cpu_window_add(workload->cpu, state->now_ns, run_ns, 0);
}
