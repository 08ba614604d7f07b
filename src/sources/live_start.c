// SPDX-License-Identifier: Apache-2.0
/* Brings the kernel programs to work: loads them, or takes over those that are pinned. */
#include "sources/live_start.h"

#include <errno.h>
#include <string.h>

#include "log.h"
#include "minerwatch.skel.h"
#include "sources/counters.h"
#include "sources/host.h"
#include "sources/live.h"
#include "sources/live_pins.h"
#include "sources/older_rings.h"
#include "sources/read_kernel.h"

static int load(struct live_setup *setup, struct live_set *set)
{
	setup->read_kernel = read_kernel_allowed();
	return live_load(setup, set);
}

/*
 * What the set that is replaced dropped untold is ours to tell. What those before it dropped it has
 * in its own numbers; and so have we before ours are pinned, whoever is killed when.
 */
static void inherit(int directory, const struct pins_set *name, const struct live_set *set)
{
	struct live_set older;
	int err;

	live_set_init(&older);
	err = live_pins_losses(directory, name, &older);
	if (!err)
		counters_inherit(set, &older);
	else
		log_warning("pinned records: %s: how many were dropped there is not known: %s",
			name->name, strerror(-err));
	live_set_done(&older);
}

/* replaced: the newest of the others; NULL: there is none. */
static int load_and_pin(struct live_setup *setup, const struct pins_set *replaced,
	struct pins_set *ret_own, struct live_set *set)
{
	char digest[LIVE_DIGEST_SIZE];
	int err = load(setup, set);

	if (err)
		return err;
	live_digest(setup, digest);
	/* All hooks are attached, and those of the older set still are: from now on these tell. */
	pins_name_write(digest, replaced ? host_now_ns() : 0, ret_own);
	if (replaced)
		inherit(setup->config->pins, replaced, set);
	err = live_pins_make(setup->config->pins, ret_own, set);
	if (err)
		log_error("pinning the kernel programs: %s", strerror(-err));
	return err;
}

/* Their reader is gone: what it was told has to be told again. */
static void serve_another(struct minerwatch_bpf__bss *bss)
{
	bss->last_pass_ns = 0;
	bss->reader_ns = host_now_ns();
	__atomic_fetch_add(&bss->cgroup_renames, 1, __ATOMIC_RELAXED);
}

/* The same programs for the same setup are at work already: 0; else -ENOENT. */
static int take_over(struct live_setup *setup, const struct pins_set sets[], unsigned count,
	struct pins_set *ret_own, struct live_set *set)
{
	char digest[LIVE_DIGEST_SIZE];
	int err = -ENOENT;

	/* To try what the kernel allows takes a program; what it allowed them says as much. */
	for (unsigned hidden = 0; hidden < 2 && err; hidden++) {
		setup->read_kernel = !hidden;
		live_digest(setup, digest);
		err = live_pins_find(setup->config->pins, sets, count, digest, ret_own, set);
	}
	if (!err)
		serve_another(set->bss);
	return err;
}

static void remove_set(int directory, const struct pins_set *set)
{
	int err = pins_remove(directory, set->name);

	if (err)
		log_warning("pins in the way: %s: %s", set->name, strerror(-err));
}

/* Removes those that were never finished. The number of the others, which stay in order. */
static unsigned remove_halves(int directory, struct pins_set sets[], unsigned count)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < count; i++) {
		if (sets[i].whole)
			sets[kept++] = sets[i];
		else
			remove_set(directory, &sets[i]);
	}
	return kept;
}

/* What is in the older sets' rings stays readable. */
static int replace(int directory, struct pins_set sets[], unsigned count,
	const struct pins_set *own, const struct record_out *out, struct older_rings **ret_older)
{
	unsigned older = 0;
	int err;

	for (unsigned i = 0; i < count; i++)
		if (strcmp(sets[i].name, own->name) != 0)
			sets[older++] = sets[i];
	err = older_rings_open(directory, sets, older, own->since_ns, out, ret_older);
	for (unsigned i = 0; i < older && !err; i++)
		remove_set(directory, &sets[i]);
	return err;
}

static int start_pinned(struct live_setup *setup, const struct record_out *older_out,
	struct live_set *set, uint64_t *ret_since_ns, struct older_rings **ret_older)
{
	struct pins_set sets[PINS_MAX], own;
	int directory = setup->config->pins, err, found = pins_list(directory, sets);
	unsigned count;

	if (found < 0)
		return found;
	count = remove_halves(directory, sets, (unsigned)found);
	err = take_over(setup, sets, count, &own, set);
	if (!err)
		log_info("going on with the kernel programs of an earlier run");
	else
		err = load_and_pin(setup, count ? &sets[count - 1] : NULL, &own, set);
	if (!err)
		err = replace(directory, sets, count, &own, older_out, ret_older);
	if (!err)
		*ret_since_ns = own.since_ns;
	return err;
}

int live_start(struct live_setup *setup, const struct record_out *older_out, struct live_set *set,
	uint64_t *ret_since_ns, struct older_rings **ret_older)
{
	int err;

	live_survey(setup);
	if (setup->config->pins < 0)
		err = load(setup, set);
	else
		err = start_pinned(setup, older_out, set, ret_since_ns, ret_older);
	if (!err && !setup->read_kernel)
		live_degrade(
			setup, "strings", "kernel lockdown hides names, paths and arguments", 0);
	return err;
}
