/* SPDX-License-Identifier: Apache-2.0 */
/* Bursts of samples: started by one suspicious sample, ended by a clear answer or by time. */
#include "sources/burst.h"

#include <string.h>

#include "util/fp_control.h"

#define SECOND_NS UINT64_C(1000000000)
#define BUSY_PART 50 /* a thread counts from 1/50 of its interval: a few per cent of a CPU */
#define CLEAR_SAMPLES 12
#define CLEAR_MODES 0xe /* all but to nearest */
#define CLEAR_REST_S 10
#define REST_LONGEST_S 64

#if defined(__x86_64__)
#define MACHINE FP_X86
#elif defined(__aarch64__)
#define MACHINE FP_ARM64
#else
#define MACHINE FP_NONE
#endif

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

static struct burst_group *start(struct burst *burst, const struct event_header *header)
{
	const struct burst_rest *rest = find_rest(burst, header->pid, header->start_ns);

	if (rest && header->time_ns < rest->until_ns)
		return NULL;
	for (unsigned i = 0; i < WATCHED_MAX; i++) {
		if (burst->groups[i].pid)
			continue;
		burst->groups[i] = (struct burst_group){
			.pid = header->pid, .start_ns = header->start_ns, .rounds = BURST_ROUNDS};
		return &burst->groups[i];
	}
	return NULL; /* eight at a time; its next sample tries again */
}

static void want_visit(struct burst *burst, uint32_t cpu)
{
	for (unsigned i = 0; i < burst->visits_count; i++)
		if (burst->visits[i] == cpu)
			return;
	if (burst->visits_count < VISITS_MAX && cpu < VISIT_CPUS_MAX)
		burst->visits[burst->visits_count++] = (uint16_t)cpu;
}

void burst_watch(struct burst *burst, const void *record, size_t len)
{
	const struct event_thread *thread = record;
	const struct event_header *header = record;
	struct burst_group *group;
	int mode;

	if (len < sizeof(*thread) || header->type != EVENT_THREAD ||
		thread->run_ns < thread->interval_ns / BUSY_PART)
		return;
	if (header->flags & EVENT_STALE) {
		want_visit(burst, thread->cpu);
		return;
	}
	mode = fp_randomx_mode(MACHINE, thread->fp_control);
	if (mode <= 0)
		return;
	group = find_group(burst, header);
	if (!group)
		group = start(burst, header);
	if (!group)
		return;
	group->samples++;
	group->modes |= 1u << mode;
}

unsigned burst_groups(const struct burst *burst, uint32_t ret_pids[WATCHED_MAX])
{
	unsigned count = 0;

	for (unsigned i = 0; i < WATCHED_MAX; i++)
		if (burst->groups[i].pid)
			ret_pids[count++] = burst->groups[i].pid;
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

void burst_round(struct burst *burst, uint64_t now_ns)
{
	for (unsigned i = 0; i < WATCHED_MAX; i++) {
		struct burst_group *group = &burst->groups[i];
		bool clear = group->samples >= CLEAR_SAMPLES && group->modes == CLEAR_MODES;

		if (!group->pid || (--group->rounds && !clear))
			continue;
		rest(burst, group, clear, now_ns);
		memset(group, 0, sizeof(*group));
	}
}

unsigned burst_visits(struct burst *burst, uint16_t ret_cpus[VISITS_MAX])
{
	unsigned count = burst->visits_count;

	memcpy(ret_cpus, burst->visits, sizeof(burst->visits));
	burst->visits_count = 0;
	return count;
}
