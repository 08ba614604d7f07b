/* SPDX-License-Identifier: Apache-2.0 */
/* The table of processes and its bounds. */
#include "state/process_table.h"

#include "util/hash.h"
#include <stdlib.h>
#include <string.h>

#include "state/image.h"

#define EVICT_LOOK_MAX 64 /* busy ones looked at before one goes: bounds the work of a flood */

struct entry {
	struct process process; /* first: a process is its entry */
	UT_hash_handle hh;
};

/* uthash keeps insertion order, so the head of each table is its oldest. */
struct process_table {
	struct entry *alive;
	struct entry *ended;
	struct session_table sessions;
	uint64_t evicted;
};

static struct entry *entry_of(struct process *process)
{
	return (struct entry *)process;
}

struct process_table *process_table_new(void)
{
	return memory_zeroed(sizeof(struct process_table));
}

static void entry_free(struct entry *entry)
{
	image_unref(entry->process.image);
	free(entry->process.cpu);
	free(entry);
}

void process_table_free(struct process_table *table)
{
	struct entry *entry, *next;

	if (!table)
		return;
	HASH_ITER(hh, table->alive, entry, next)
	{
		HASH_DEL(table->alive, entry);
		entry_free(entry);
	}
	HASH_ITER(hh, table->ended, entry, next)
	{
		HASH_DEL(table->ended, entry);
		entry_free(entry);
	}
	session_table_done(&table->sessions);
	free(table);
}

struct process_key process_key_of(uint32_t pid, uint64_t start_ns)
{
	return (struct process_key){.start_ns = start_ns, .pid = pid};
}

struct process *process_find(const struct process_table *table, const struct process_key *key)
{
	struct entry *entry;

	HASH_FIND(hh, table->alive, key, sizeof(*key), entry);
	if (!entry)
		HASH_FIND(hh, table->ended, key, sizeof(*key), entry);
	return entry ? &entry->process : NULL;
}

const struct process *process_find_pid(const struct process_table *table, uint32_t pid)
{
	for (const struct entry *entry = table->alive; entry; entry = entry->hh.next)
		if (entry->process.key.pid == pid)
			return &entry->process;
	return NULL;
}

/* The oldest that no finding names, rather one without CPU use; NULL: findings name all. */
static struct entry *least(struct entry *head)
{
	struct entry *entry, *next, *oldest = NULL;
	unsigned looked = 0;

	HASH_ITER(hh, head, entry, next)
	{
		if (entry->process.findings)
			continue;
		if (!entry->process.cpu)
			return entry;
		if (!oldest)
			oldest = entry;
		if (++looked == EVICT_LOOK_MAX)
			break;
	}
	return oldest;
}

/* Makes room in one table. */
static void evict(struct process_table *table, struct entry **head, unsigned max)
{
	struct entry *entry = HASH_COUNT(*head) < max ? NULL : least(*head);

	if (!entry)
		return;
	HASH_DEL(*head, entry);
	if (process_alive(&entry->process)) {
		session_leave(&table->sessions, entry->process.session);
		table->evicted++;
	}
	entry_free(entry);
}

struct process *process_get(
	struct process_table *table, const struct process_key *key, uint64_t now_ns)
{
	struct process *process = process_find(table, key);
	struct entry *entry;

	if (!process) {
		evict(table, &table->alive, PROCESS_ALIVE_MAX);
		entry = memory_zeroed(sizeof(*entry));
		process = &entry->process;
		process->key = *key;
		HASH_ADD(hh, table->alive, process.key, sizeof(*key), entry);
	}
	process->seen_ns = now_ns;
	return process;
}

struct process *process_get_idle(
	struct process_table *table, const struct process_key *key, uint64_t now_ns)
{
	if (HASH_COUNT(table->alive) < PROCESS_ALIVE_MAX || process_find(table, key))
		return process_get(table, key, now_ns);
	table->evicted++;
	return NULL;
}

static void join_session(struct process_table *table, struct process *process, uint32_t session)
{
	if (!session || session == process->session)
		return;
	if (process->session)
		session_leave(&table->sessions, process->session);
	process->session_ns = session_join(&table->sessions, session, process->key.start_ns);
	process->session = session;
	/* A suspect that calls setsid (daemonising) still counts for the session it came from. */
	if (process->workload_session && process->suspect)
		return;
	process->workload_session = session;
	process->workload_session_ns = process->session_ns;
}

void process_set_kin(
	struct process_table *table, struct process *process, const struct event_kin *kin)
{
	if (!process->parent.pid)
		process->parent = process_key_of(kin->ppid, kin->parent_start_ns);
	if (process_alive(process))
		join_session(table, process, kin->session);
	process->uid = kin->uid;
	process->cpus_allowed = kin->cpus_allowed;
	memcpy(process->comm, kin->comm, sizeof(process->comm));
}

void process_set_image(struct process *process, struct image *image)
{
	image_unref(process->image);
	process->image = image;
}

void process_inherit(struct process *child, const struct process *parent)
{
	if (!parent)
		return;
	if (!child->image) {
		child->image = image_ref(parent->image);
		child->exe_inode = parent->exe_inode;
		child->exe_dev = parent->exe_dev;
		child->execs_lost = parent->execs_lost;
	}
	if (parent->suspect && !child->suspect) {
		child->suspect = true;
		child->workload_session = parent->workload_session;
		child->workload_session_ns = parent->workload_session_ns;
	}
}

void process_restore(
	struct process_table *table, struct process *process, const struct event_finding *known)
{
	const struct event_kin *kin = &known->kin;

	process->parent = process_key_of(kin->ppid, kin->parent_start_ns);
	process->uid = kin->uid;
	process->cpus_allowed = kin->cpus_allowed;
	memcpy(process->comm, kin->comm, sizeof(process->comm));
	/* The session's first member may be gone: its time is not to be learnt from who is left. */
	process->session_ns = session_join(&table->sessions, kin->session, known->session_ns);
	process->session = kin->session;
	process->workload_session = known->evidence_session;
	process->workload_session_ns = known->evidence_session_ns;
	process->cpu_ns = known->cpu_ns;
	process->exe_inode = known->exe_inode;
	process->exe_dev = known->exe_dev;
	process->exe_replaced = known->finding_flags & FINDING_EXE_REPLACED;
	process->execs_lost = UINT64_MAX; /* any of its execs: nobody may have been looking */
	if (known->exit_ns)
		process_end(table, process, known->exit_ns);
}

void process_end(struct process_table *table, struct process *process, uint64_t now_ns)
{
	struct entry *entry = entry_of(process);

	if (!process_alive(process))
		return;
	session_leave(&table->sessions, process->session);
	process->exit_ns = now_ns ? now_ns : 1;
	free(process->cpu);
	process->cpu = NULL;
	HASH_DEL(table->alive, entry);
	evict(table, &table->ended, PROCESS_ENDED_MAX);
	HASH_ADD(hh, table->ended, process.key, sizeof(process->key), entry);
}

void process_pin(struct process *process)
{
	process->findings++;
	process->suspect = true;
}

void process_unpin(struct process *process)
{
	if (process->findings)
		process->findings--;
}

void process_each_unseen(struct process_table *table, uint64_t since_ns,
	void (*visit)(void *context, struct process *process), void *context)
{
	struct entry *entry, *next;

	HASH_ITER(hh, table->alive, entry, next)
	{
		if (entry->process.seen_ns < since_ns)
			visit(context, &entry->process);
	}
}

void process_each(struct process_table *table,
	void (*visit)(void *context, struct process *process), void *context)
{
	struct entry *entry, *next;

	HASH_ITER(hh, table->alive, entry, next)
	{
		visit(context, &entry->process);
	}
	HASH_ITER(hh, table->ended, entry, next)
	{
		visit(context, &entry->process);
	}
}

unsigned process_count_alive(const struct process_table *table)
{
	return HASH_COUNT(table->alive);
}

uint64_t process_evicted(const struct process_table *table)
{
	return table->evicted;
}
