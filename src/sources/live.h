/* SPDX-License-Identifier: Apache-2.0 */
/* The running kernel as a source: programs loaded and attached, their records delivered. */
#ifndef MINERWATCH_LIVE_H
#define MINERWATCH_LIVE_H

#include "canary_link.h"
#include "event.h"
#include "source.h"

struct live;

#define LIVE_CONSUME_MAX 8192 /* records a call of live_consume; about 10 ms of work */

struct live_config {
	struct record_out out; /* takes every record */
	/*
	 * Those fed so far are about to leave the ring: what they led to and is told once has to be
	 * written down now, or is lost to a run after SIGKILL. NULL: nobody cares.
	 */
	void (*settle)(void *context);
	int pins; /* descriptor of the directory (pins.h), locked; -1: nothing is pinned */
	unsigned ring_size; /* bytes, a power of two and whole pages; 0: 4 MiB */
	unsigned cgroup_budget; /* CONNECT, SEGMENT records a cgroup may make a second; 0: 2,000 */
	/*
	 * Something this run will not see. what: exec, fork, exit, connect_tcp, connect_udp,
	 * payload, cgroup, tasks, sockets, strings. Both texts are valid during the call. Called by
	 * live_open alone.
	 */
	void (*degraded)(void *context, const char *what, const char *why);
	void *context;
};

/*
 * Loads and attaches; what cannot be is reported and the rest goes on. With pins whole ones are
 * taken over, and what is made anew is pinned; what happened since nobody read comes first, and is
 * older than what the caller fed before. Returns 0 and a source the
 * caller frees, or -errno: nothing can be loaded, or exec cannot be seen.
 */
int live_open(const struct live_config *config, struct live **ret_live);
/* What an error of live_open means; a text that lasts. */
const char *live_error(int err);
/*
 * NULL is fine. What is pinned stays at work. All else ends, also when the process dies without
 * calling it.
 */
void live_free(struct live *live);

/*
 * Readable when records wait and a program has woken us: at most once in 5 ms, so the last records
 * before a quiet time are not announced. Consume at each tick too.
 */
int live_fd(const struct live *live);

/*
 * Feeds the records that wait, up to LIVE_CONSUME_MAX: a flood must not starve the caller's timers
 * (live_fd stays readable then). Returns their number, or -errno of feed.
 */
int live_consume(struct live *live);

/*
 * Feeds TASK and THREAD records of all processes. To keep records in the order of time, call
 * live_consume before. Returns 0, -ENOTSUP (degraded: tasks), or -errno: no complete pass.
 */
int live_pass(struct live *live, uint64_t *ret_start_ns, uint32_t *ret_processes);

/*
 * Feeds THREAD records of these thread groups alone, WATCHED_MAX of them at most. Returns as
 * live_pass.
 */
int live_sample(struct live *live, const uint32_t *pids, unsigned count);

/*
 * Feeds SOCKET records of these processes, SCANNED_MAX of them at most, and arms their sockets: the
 * next bytes of each are read. Returns as live_pass (degraded: sockets).
 */
int live_sockets(struct live *live, const uint32_t *pids, unsigned count);

/* Whether a pass could be made with the privileges left: 0, or -EPERM; -ENOTSUP as live_pass. */
int live_probe(const struct live *live);

/*
 * Sums since live_open, with pins since these were made; the dropped ones with those that the set
 * before them dropped untold. The header of *ret_counters is left alone.
 */
void live_counters(const struct live *live, struct event_counters *ret_counters);

/*
 * Of what live_counters calls dropped: what people were told of. With pins a run that ends, or is
 * killed, leaves the rest to the next one, and nobody says it twice.
 */
void live_told(const struct live *live, __u64 ret_told[static CLASS_COUNT]);
void live_tell(struct live *live, const __u64 told[static CLASS_COUNT]);

/* Records taken, by class: of the submitted ones, those that do not wait any more. */
void live_delivered(const struct live *live, __u64 ret_delivered[static CLASS_COUNT]);

/*
 * Times a program was at work and has no record to show for it: it is alive, whatever became of its
 * canary. Those that read payload: or that there was no memory for the mark they go by.
 */
void live_unrecorded(const struct live *live, __u64 ret_times[static CANARY_LINKS]);

/*
 * With pins, what a run tells those after it of the programs at work: which have proven themselves
 * (bit a canary_link), that run's own included; and that one of them is dead, so that the next
 * start loads all anew. That start still reads what is in their ring, up to the moment its own
 * programs tell, and takes over how many were dropped. What nobody will know: what the dead one
 * should have seen.
 */
unsigned live_proven(const struct live *live);
void live_add_proven(struct live *live, unsigned links);
void live_condemn(struct live *live);

#endif
