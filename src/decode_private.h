/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the two files that check records: decode.c, decode_incident.c. */
#ifndef MINERWATCH_DECODE_PRIVATE_H
#define MINERWATCH_DECODE_PRIVATE_H

#include "decode.h"

/* Bytes of one part of the record's tail; each part is bounded before it is believed. */
struct tail {
	const char *next;
	size_t left;
};

bool tail_take(struct tail *tail, size_t len, size_t max, struct span *ret_span);
/* A C string inside a span: up to its first NUL. */
struct span string_of(struct span span);

int decode_incident(struct event *event, struct tail tail);
int decode_finding(struct event *event, struct tail tail);

#endif
