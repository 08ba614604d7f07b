/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What all programs share: the ring, the configuration, the counters, and the way a record leaves.
 */
#ifndef MINERWATCH_SENSOR_BPF_H
#define MINERWATCH_SENSOR_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"
#include "event.h"
#pragma GCC diagnostic pop

#include "canary_link.h"
#include "pinned_loss.h"

/*
 * Waking the reader costs twenty times what the record does: do it at once after a quiet time, then
 * not again for this long. The reader finds the rest on its next wake-up or its tick.
 */
#define WAKE_INTERVAL_NS 5000000

/* Set by live.c before the programs are loaded; the verifier then cuts the branches not taken. */
__weak const volatile __u32 cgroup_version; /* hierarchy that carries cgroup ids: 1, 2; 0 none */
__weak const volatile __u32 cgroup_subsystem; /* version 1: its index in css_set.subsys */
__weak const volatile __s32 cgroup_hierarchy_id; /* number of the hierarchy */
__weak const volatile bool read_kernel; /* bpf_probe_read_kernel is allowed (lockdown) */
__weak const volatile __u32 cgroup_budget; /* budget.bpf.h: records a second; 0: no end */

/* Read by live.c through the mapped .bss, so it needs no privilege for that; see event_counters. */
__weak __u64 submitted[CLASS_COUNT];
__weak __u64 truncated[CLASS_COUNT];
__weak __u64 failed[CLASS_COUNT];
__weak __u64 skipped[CLASS_COUNT];
/* Written by live.c: records it has taken, of the ring and of the iterators. Here so that the sum
 * stands where the others do, whoever reads next. */
__weak __u64 delivered[CLASS_COUNT];
__weak __u64 last_wake_ns;

/*
 * Pinned programs outlive their reader. When the present one began, set by live_start.c: what was
 * told before was told to one that is gone.
 */
__weak __u64 reader_ns;

/*
 * Times a program did its work and there is no record of its own to show it: which tells one whose
 * canary was lost in a flood from one that is dead.
 */
__weak __u64 unrecorded[CANARY_LINKS];

/*
 * What readers know of these programs and tell each other; written and read through live.c and
 * live_pins.c.
 */
__weak __u32 proven; /* bit a canary_link: its canary came, once */
__weak bool condemned; /* one of them was found dead: nobody takes them over any more */

/* Never set: keeps the records' layouts in the object's BTF, for tests/unit/test_event_layout.c. */
union record_layout {
	struct event_exec exec;
	struct event_fork fork;
	struct event_exit exit;
	struct event_connect connect;
	struct event_cgroup cgroup;
	struct event_task task;
	struct event_thread thread;
	struct event_payload payload;
	struct event_socket socket;
};
__weak union record_layout *record_layout;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20); /* --ring */
} ring __weak SEC(".maps");

/* A map of its own, so that another version finds its way in it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CLASS_COUNT);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct pinned_loss);
} losses __weak SEC(".maps");

static __always_inline void count(__u64 *counter)
{
	__sync_fetch_and_add(counter, 1);
}

static __always_inline void count_dropped(enum event_class class)
{
	__u32 key = class;
	struct pinned_loss *loss = bpf_map_lookup_elem(&losses, &key);

	if (loss)
		count(&loss->dropped);
}

/*
 * Two CPUs may both find the interval over and both wake: cheaper than an atomic exchange, which
 * kernels before 5.12 do not have.
 */
static __always_inline __u64 wake_flags(__u64 now_ns)
{
	if ((__s64)(now_ns - last_wake_ns) < WAKE_INTERVAL_NS)
		return BPF_RB_NO_WAKEUP;
	last_wake_ns = now_ns;
	return BPF_RB_FORCE_WAKEUP;
}

/* Room for a record of a size known here; NULL (counted): the ring is full. */
static __always_inline void *record_reserve(enum event_class class, __u64 size)
{
	void *record = bpf_ringbuf_reserve(&ring, size, 0);

	if (!record)
		count_dropped(class);
	return record;
}

/* Sends what record_reserve gave, filled. */
static __always_inline void record_submit(enum event_class class, struct event_header *record)
{
	__u64 flags = wake_flags(record->time_ns);

	bpf_ringbuf_submit(record, flags);
	count(&submitted[class]);
}

/* Copies a record of any length into the ring. False (counted): the ring is full. */
static __always_inline bool record_output(
	enum event_class class, struct event_header *record, __u64 size)
{
	bool full = bpf_ringbuf_output(&ring, record, size, wake_flags(record->time_ns));

	if (full)
		count_dropped(class);
	else
		count(&submitted[class]);
	return !full;
}

#endif
