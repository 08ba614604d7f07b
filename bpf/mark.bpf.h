/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is kept with a socket: who it belongs to, and how far its first bytes have been read. */
#ifndef MINERWATCH_MARK_BPF_H
#define MINERWATCH_MARK_BPF_H

#include "sensor.bpf.h"

/* Of the reading of a direction. */
enum mark_phase {
	PHASE_SYN, /* waits for the SYN that says where it begins */
	PHASE_NEXT, /* armed: begins with the next bytes, whatever stands before them */
	PHASE_READ,
	PHASE_DONE,
};

/* Bytes that were sent to the reader, counted from where reading began. */
struct mark_range {
	__u16 begin;
	__u16 end;
};

struct mark_direction {
	__u32 base; /* sequence number of the first byte */
	__u16 bytes; /* in the ranges */
	__u8 phase; /* enum mark_phase */
	__u8 armed; /* reading began in the middle */
	__u16 segments; /* ranges in use */
	__u16 pages; /* requests for web pages, or their answers, passed over */
	struct mark_range ranges[EVENT_PAYLOAD_SEGMENTS];
};

struct mark {
	__u64 owner_start_ns;
	__u64 owner_cgroup_id;
	__u64 connect_ns; /* 0: its connect was not seen, the owner is who held it */
	__u32 owner_pid;
	__u32 owner_tid;
	__u32 netns;
	/* Of the last scan that reported it, with the holder: one process may hold it twice. */
	__u32 scan;
	__u32 scan_pid;
	__u32 asked_http; /* what was sent began as an HTTP request that is read */
	struct mark_direction directions[2]; /* enum payload_direction */
};

/* Lives and dies with the socket, so it needs no bound of its own. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct mark);
} marks __weak SEC(".maps");

static __always_inline void direction_begin(
	struct mark_direction *direction, enum mark_phase phase, bool armed)
{
	direction->bytes = 0;
	direction->segments = 0;
	direction->pages = 0;
	direction->armed = armed;
	direction->phase = phase; /* last: packets may be on their way meanwhile */
}

#endif
