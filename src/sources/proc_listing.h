/* SPDX-License-Identifier: Apache-2.0 */
/* Compares passes of the task iterator with listings of /proc: who is missing there is hidden. */
#ifndef MINERWATCH_PROC_LISTING_H
#define MINERWATCH_PROC_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "source.h"

/* As many as are kept anywhere; a pass with more leaves the rest unchecked. */
#define LISTING_PROCESSES_MAX 32768

struct proc_listing;

struct proc_listing *proc_listing_new(void); /* NULL: out of memory */
void proc_listing_free(struct proc_listing *listing); /* NULL is legal */

/* Why listings of proc ("/proc") say nothing here, by its mountinfo; NULL: they can be trusted to
 * be whole. */
const char *proc_listing_blind_why(const char *proc);

/* The same, as last asked: at the start of the last comparison. */
const char *proc_listing_blind(const struct proc_listing *listing);

/* Sees every record. */
void proc_listing_watch(struct proc_listing *listing, const void *record, size_t len);
/*
 * Around each pass; after tells whether it was whole. Once a minute a first pass and a listing of
 * proc, at the next one a listing and a second pass: who was in both passes and in no listing
 * becomes a HIDDEN record. Where listings say nothing there are none. 0 or -errno of feed.
 */
void proc_listing_before(struct proc_listing *listing, const char *proc, uint64_t now_ns);
int proc_listing_after(
	struct proc_listing *listing, const char *proc, bool whole, const struct record_out *out);

#endif
