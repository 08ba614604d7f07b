// SPDX-License-Identifier: Apache-2.0
/* Delivers what the kernel programs put into the ring, or say when they are asked. */
#include "sources/live.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "minerwatch.skel.h"
#include "sources/counters.h"
#include "sources/live_start.h"
#include "sources/older_rings.h"
#include "sources/ring_reader.h"
#include "sources/sampler.h"

/*
 * Of the ring, that may be held by records whose place is not given up: what is read in one go can
 * be more than a small ring, and a flood needs the rest.
 */
#define HELD_PART 8

struct live {
	struct live_config config;
	struct live_setup setup;
	struct live_set set;
	uint64_t since_ns; /* what happened earlier is told by the older rings */
	struct older_rings *older; /* NULL: there are none, or they have been read */
	struct ring_reader *ring;
	__u64 held[CLASS_COUNT]; /* records of the ring whose place is not given up */
	struct record_out out; /* config.out, and what goes there is counted */
	unsigned consumed; /* by the running live_consume */
	int feed_error;
};

/* What no ring holds. */
static int deliver(void *context, void *data, size_t len)
{
	struct live *live = context;
	int err = live->config.out.feed(live->config.out.context, data, len);

	counters_count(((const struct event_header *)data)->type, live->set.bss->delivered);
	return err;
}

/* A negative answer ends the reading; the record counts as consumed. */
static int take_record(void *context, void *data, size_t len)
{
	struct live *live = context;

	live->feed_error = live->config.out.feed(live->config.out.context, data, len);
	if (live->feed_error)
		return live->feed_error;
	return ++live->consumed < LIVE_CONSUME_MAX ? 0 : -EAGAIN;
}

/*
 * Counted when their place is given up: who is killed before has the ring say them again to the
 * next one, which counts them.
 */
static void give_up(struct live *live)
{
	if (!ring_reader_held(live->ring))
		return;
	if (live->config.settle)
		live->config.settle(live->config.context);
	counters_add_delivered(&live->set, live->held);
	ring_reader_give_up(live->ring);
	memset(live->held, 0, sizeof(live->held));
}

static void consume_ring(struct live *live)
{
	int err = 0;
	void *data;
	size_t len;

	while (!err && ring_reader_next(live->ring, &data, &len)) {
		const struct event_header *header = data;

		counters_count(header->type, live->held);
		if (header->time_ns >= live->since_ns)
			err = take_record(live, data, len);
		if (ring_reader_held(live->ring) > ring_reader_size(live->ring) / HELD_PART)
			give_up(live);
	}
	give_up(live);
}

int live_open(const struct live_config *config, struct live **ret_live)
{
	struct live *live = calloc(1, sizeof(*live));
	/* Not by deliver(): the counters we go by are not those of the programs that counted these.
	 */
	const struct record_out older_out = {.feed = take_record, .context = live};
	int err;

	if (!live)
		return -ENOMEM;
	live->config = *config;
	live->out = (struct record_out){.feed = deliver, .context = live};
	live->setup.config = &live->config;
	live_set_init(&live->set);
	err = live_start(&live->setup, &older_out, &live->set, &live->since_ns, &live->older);
	if (err)
		goto out;
	err = live_ring_open(live->set.ring, &live->ring);
	if (err)
		goto out;
	*ret_live = live;
	live = NULL;
out:
	live_free(live);
	return err;
}

void live_free(struct live *live)
{
	if (!live)
		return;
	older_rings_free(live->older);
	ring_reader_free(live->ring);
	live_set_done(&live->set);
	free(live);
}

int live_fd(const struct live *live)
{
	return live->set.ring;
}

int live_consume(struct live *live)
{
	int err = 0;

	live->consumed = 0;
	live->feed_error = 0;
	if (live->older) {
		err = older_rings_consume(live->older);
		if (!err) {
			older_rings_free(live->older);
			live->older = NULL;
		}
	}
	if (!err)
		consume_ring(live);
	return live->feed_error ? live->feed_error : (int)live->consumed;
}

int live_pass(struct live *live, uint64_t *ret_start_ns, uint32_t *ret_processes)
{
	int link = live->set.links[HOOK_TASKS][0];
	uint64_t start_ns;
	int err;

	if (link < 0)
		return -ENOTSUP;
	live->set.bss->watched_count = 0; /* a reader killed while it sampled may have left some */
	err = sampler_pass(link, &live->out, &start_ns, ret_processes);
	if (err)
		return err;
	live->set.bss->last_pass_ns = start_ns;
	*ret_start_ns = start_ns;
	return 0;
}

int live_sample(struct live *live, const uint32_t *pids, unsigned count)
{
	int link = live->set.links[HOOK_TASKS][0];
	uint64_t start_ns;
	uint32_t processes;

	if (link < 0)
		return -ENOTSUP;
	for (unsigned i = 0; i < WATCHED_MAX; i++)
		live->set.bss->watched[i] = i < count ? pids[i] : 0;
	live->set.bss->watched_count = count;
	return sampler_pass(link, &live->out, &start_ns, &processes);
}

int live_sockets(struct live *live, const uint32_t *pids, unsigned count)
{
	int link = live->set.links[HOOK_SOCKETS][0];
	uint64_t start_ns;
	uint32_t processes;

	if (link < 0)
		return -ENOTSUP;
	for (unsigned i = 0; i < SCANNED_MAX; i++)
		live->set.bss->scanned[i] = i < count ? pids[i] : 0;
	live->set.bss->scan++;
	return sampler_pass(link, &live->out, &start_ns, &processes);
}

int live_probe(const struct live *live)
{
	int link = live->set.links[HOOK_TASKS][0];
	int fd = link < 0 ? -ENOTSUP : bpf_iter_create(link);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

void live_counters(const struct live *live, struct event_counters *ret_counters)
{
	counters_read(&live->set, ret_counters);
}

void live_told(const struct live *live, __u64 ret_told[static CLASS_COUNT])
{
	counters_read_told(&live->set, ret_told);
}

void live_tell(struct live *live, const __u64 told[static CLASS_COUNT])
{
	counters_tell(&live->set, told);
}

void live_delivered(const struct live *live, __u64 ret_delivered[static CLASS_COUNT])
{
	counters_read_delivered(&live->set, ret_delivered);
}

void live_unrecorded(const struct live *live, __u64 ret_times[static CANARY_LINKS])
{
	counters_read_unrecorded(&live->set, ret_times);
}

unsigned live_proven(const struct live *live)
{
	return live->set.bss->proven;
}

void live_add_proven(struct live *live, unsigned links)
{
	live->set.bss->proven |= links;
}

void live_condemn(struct live *live)
{
	live->set.bss->condemned = true;
}
