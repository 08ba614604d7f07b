/* SPDX-License-Identifier: Apache-2.0 */
/* Bursts of samples: started by one suspicious sample, ended by a clear answer or by time. */
#include "sources/burst.h"

#include <string.h>

#include "util/fp_control.h"

#define SECOND_NS UINT64_C(1000000000)
#define ROUND_NS (BURST_ROUND_MS * UINT64_C(1000000))
#define BUSY_PART 50 /* a thread counts from 1/50 of its interval: a few per cent of a CPU */
#define CLEAR_SAMPLES 12
#define CLEAR_MODES 0xe /* all but to nearest */
#define SUPPORT_LOOKS 6 /* RandomX shows only to nearest in so many once in 4,096 times */
#define CATCH_UP_ROUNDS 15 /* others may have the CPU in between */
#define CLEAR_REST_S 20
#define REST_LONGEST_S 64

static struct burst_group *find_group(struct burst *burst, const struct event_header *header)
{
	for (unsigned i = 0; i < WATCHED_MAX; i++)
		if (burst->groups[i].pid == header->pid &&
			burst->groups[i].start_ns == header->start_ns)
			return &burst->groups[i];
	return NULL;
}

static struct burst_rest *find_rest(struct burst *burst, uint32_t pid, uint64_t start_ns)
{
	for (unsigned i = 0; i < BURST_RESTS_MAX; i++)
		if (burst->rests[i].pid == pid && burst->rests[i].start_ns == start_ns)
			return &burst->rests[i];
	return NULL;
}

static struct burst_group *start(
	struct burst *burst, const struct event_header *header, unsigned limit)
{
	const struct burst_rest *rest = find_rest(burst, header->pid, header->start_ns);

	if (rest && header->time_ns < rest->until_ns)
		return NULL;
	for (unsigned i = 0; i < WATCHED_MAX; i++) {
		if (burst->groups[i].pid)
			continue;
		burst->groups[i] = (struct burst_group){.pid = header->pid,
			.start_ns = header->start_ns,
			.begun_ns = header->time_ns,
			.limit = limit};
		return &burst->groups[i];
	}
	return NULL; /* eight at a time; its next sample tries again */
}

/* How far from the CPU whose turn it is. */
static unsigned distance(const struct burst *burst, uint32_t cpu)
{
	return (cpu + VISIT_CPUS_MAX - burst->first_cpu) % VISIT_CPUS_MAX;
}

/* Where more are wanted than a request holds, those whose turn is last go. */
static void want_visit(struct burst *burst, uint32_t cpu, uint32_t pid)
{
	struct burst_visit *last = &burst->visits[0];

	if (cpu >= VISIT_CPUS_MAX)
		return;
	for (unsigned i = 0; i < burst->visits_count; i++) {
		if (burst->visits[i].cpu == cpu)
			return;
		if (distance(burst, burst->visits[i].cpu) > distance(burst, last->cpu))
			last = &burst->visits[i];
	}
	if (burst->visits_count < VISITS_MAX)
		last = &burst->visits[burst->visits_count++];
	else if (distance(burst, cpu) > distance(burst, last->cpu))
		return;
	*last = (struct burst_visit){.pid = pid, .cpu = (uint16_t)cpu};
}

/*
 * A quarter of a miner's samples are to nearest: with the flags of x86 even those ask for a second
 * look, a short one, since fast-math programs never show anything else.
 */
static void see_mode(struct burst *burst, const struct event_header *header, int mode)
{
	struct burst_group *group = find_group(burst, header);

	if (!group && (mode > 0 || (mode == 0 && FP_HERE == FP_X86)))
		group = start(burst, header, mode ? BURST_ROUNDS : SUPPORT_LOOKS);
	if (!group)
		return;
	group->fresh = true;
	if (mode <= 0)
		return;
	if (!group->samples)
		group->limit = BURST_ROUNDS;
	group->samples++;
	group->modes |= 1u << mode;
}

void burst_watch(struct burst *burst, const void *record, size_t len)
{
	const struct event_thread *thread = record;
	const struct event_header *header = record;

	if (len < sizeof(*thread) || header->type != EVENT_THREAD)
		return;
	/* Who is watched may have waited long before it runs again: then it has used little. */
	if (thread->run_ns < thread->interval_ns / BUSY_PART && !find_group(burst, header))
		return;
	if (header->flags & EVENT_STALE)
		want_visit(burst, thread->cpu, header->pid);
	else
		see_mode(burst, header, fp_randomx_mode(FP_HERE, thread->fp_control));
}

static bool may_look(const struct burst_group *group, uint64_t now_ns)
{
	return group->pid && group->begun_ns + group->looks * ROUND_NS <= now_ns;
}

unsigned burst_groups(const struct burst *burst, uint64_t now_ns, uint32_t ret_pids[WATCHED_MAX])
{
	unsigned count = 0;

	for (unsigned i = 0; i < WATCHED_MAX; i++)
		if (may_look(&burst->groups[i], now_ns))
			ret_pids[count++] = burst->groups[i].pid;
	return count;
}

unsigned burst_visited(const struct burst *burst, uint64_t now_ns, uint32_t ret_pids[WATCHED_MAX])
{
	unsigned count = burst_groups(burst, now_ns, ret_pids);

	for (unsigned i = 0; i < burst->made_count && count < WATCHED_MAX; i++) {
		unsigned at = 0;

		while (at < count && ret_pids[at] != burst->made[i].pid)
			at++;
		if (at == count)
			ret_pids[count++] = burst->made[i].pid;
	}
	return count;
}

/* A clear answer is renewed now and then; one that stays unclear is asked for ever more rarely. */
static void rest(struct burst *burst, const struct burst_group *group, bool clear, uint64_t now_ns)
{
	struct burst_rest *place = find_rest(burst, group->pid, group->start_ns);
	uint32_t seconds = place ? place->seconds : 1;

	if (!place) {
		place = &burst->rests[0];
		for (unsigned i = 1; i < BURST_RESTS_MAX; i++)
			if (burst->rests[i].until_ns < place->until_ns)
				place = &burst->rests[i];
	}
	if (clear)
		seconds = CLEAR_REST_S;
	*place = (struct burst_rest){.pid = group->pid,
		.start_ns = group->start_ns,
		.until_ns = now_ns + seconds * SECOND_NS,
		.seconds = clear			  ? 1
			   : seconds * 2 < REST_LONGEST_S ? seconds * 2
							  : REST_LONGEST_S};
}

static bool is_clear(const struct burst_group *group)
{
	return group->samples >= CLEAR_SAMPLES && group->modes == CLEAR_MODES;
}

static bool goes_on(struct burst_group *group, uint64_t now_ns)
{
	if (is_clear(group) || now_ns >= group->begun_ns + BURST_LONGEST_S * SECOND_NS)
		return false;
	if (group->looks < group->limit)
		return true;
	if (group->longer || group->modes != CLEAR_MODES)
		return false;
	/* All modes, but not often enough yet: another second of it. */
	group->longer = true;
	group->begun_ns = now_ns;
	group->looks = 0;
	return true;
}

unsigned burst_round(struct burst *burst, uint64_t now_ns)
{
	unsigned next_ms = 0;

	for (unsigned i = 0; i < WATCHED_MAX; i++) {
		struct burst_group *group = &burst->groups[i];
		bool fresh = group->fresh;

		if (!group->pid)
			continue;
		group->fresh = false;
		group->looks += fresh;
		if (!goes_on(group, now_ns)) {
			rest(burst, group, is_clear(group), now_ns);
			memset(group, 0, sizeof(*group));
			continue;
		}
		if (!may_look(group, now_ns))
			group->hurry = 0;
		else if (fresh)
			group->hurry = CATCH_UP_ROUNDS;
		else if (group->hurry)
			group->hurry--;
		if (group->hurry)
			next_ms = BURST_CATCH_UP_MS;
		else if (!next_ms)
			next_ms = BURST_ROUND_MS;
	}
	return next_ms;
}

unsigned burst_visits(struct burst *burst, uint16_t ret_cpus[VISITS_MAX])
{
	unsigned count = burst->visits_count, farthest = 0;

	for (unsigned i = 0; i < count; i++) {
		ret_cpus[i] = burst->visits[i].cpu;
		if (distance(burst, ret_cpus[i]) > farthest)
			farthest = distance(burst, ret_cpus[i]);
	}
	if (count == VISITS_MAX)
		burst->first_cpu = (uint16_t)((burst->first_cpu + farthest + 1) % VISIT_CPUS_MAX);
	memcpy(burst->made, burst->visits, sizeof(burst->made));
	burst->made_count = count;
	burst->visits_count = 0;
	return count;
}
