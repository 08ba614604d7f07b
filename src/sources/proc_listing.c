// SPDX-License-Identifier: Apache-2.0
/* Compares passes of the task iterator with listings of /proc. */
#include "sources/proc_listing.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "event.h"
#include "sources/host.h"

#define EVERY_NS UINT64_C(60000000000)
#define HOST_PID_NAMESPACE 4026531836 /* PROC_PID_INIT_INO, include/linux/proc_ns.h */
#define LISTINGS 2

struct seen {
	uint64_t start_ns, cgroup_id;
	uint32_t pid;
	bool listed; /* by any of the listings */
	bool again; /* it was in the second pass too */
};

enum phase { IDLE, FIRST_PASS, BETWEEN, SECOND_PASS };

struct proc_listing {
	enum phase phase;
	uint64_t due_ns; /* of the next comparison */
	const char *blind; /* why nothing is compared; NULL: it is */
	unsigned count;
	struct seen seen[LISTING_PROCESSES_MAX]; /* touched as far as it is used */
};

struct proc_listing *proc_listing_new(void)
{
	return calloc(1, sizeof(struct proc_listing));
}

void proc_listing_free(struct proc_listing *listing)
{
	free(listing);
}

static int by_pid(const void *left, const void *right)
{
	const struct seen *a = left, *b = right;

	return (a->pid > b->pid) - (a->pid < b->pid);
}

static struct seen *find(struct proc_listing *listing, uint32_t pid)
{
	const struct seen key = {.pid = pid};

	return bsearch(&key, listing->seen, listing->count, sizeof(key), by_pid);
}

/*
 * By the C library, as every program on this host lists processes: what fools them fools this too,
 * and shows by it. A statically linked sensor is fooled by the kernel alone. False: not whole.
 */
static bool list(struct proc_listing *listing, const char *proc)
{
	DIR *directory = opendir(proc);
	const struct dirent *entry;

	if (!directory)
		return false;
	while ((entry = readdir(directory))) {
		char *end;
		unsigned long pid = strtoul(entry->d_name, &end, 10);
		struct seen *seen = *end ? NULL : find(listing, (uint32_t)pid);

		if (seen)
			seen->listed = true;
	}
	closedir(directory);
	return true;
}

void proc_listing_watch(struct proc_listing *listing, const void *record, size_t len)
{
	const struct event_task *task = record;
	struct seen *seen;

	if ((listing->phase != FIRST_PASS && listing->phase != SECOND_PASS) ||
		len < sizeof(*task) || task->header.type != EVENT_TASK)
		return;
	if (listing->phase == SECOND_PASS) {
		seen = find(listing, task->header.pid);
		if (seen && seen->start_ns == task->header.start_ns)
			seen->again = true;
	} else if (listing->count < LISTING_PROCESSES_MAX) {
		listing->seen[listing->count++] = (struct seen){.start_ns = task->header.start_ns,
			.cgroup_id = task->header.cgroup_id,
			.pid = task->header.pid};
	}
}

/* proc(5), hidepid= */
static bool hides(const char *options)
{
	const char *hidepid = strstr(options, "hidepid=");

	return hidepid && strncmp(hidepid + 8, "0", 1) != 0 && strncmp(hidepid + 8, "off", 3) != 0;
}

const char *proc_listing_blind_why(const char *proc)
{
	FILE *mounts;
	bool found = false, hidden = false;
	char line[4096], point[64], type[16];
	struct stat namespace;

	if (stat("/proc/self/ns/pid", &namespace) == 0 && namespace.st_ino != HOST_PID_NAMESPACE)
		return "not in the host's pid namespace";
	mounts = fopen("/proc/self/mounts", "re");
	/* proc(5), /proc/PID/mounts: device, where, type, options. The last one covers others. */
	while (mounts && fgets(line, sizeof(line), mounts)) {
		if (sscanf(line, "%*s %63s %15s", point, type) == 2 && strcmp(point, proc) == 0) {
			found = strcmp(type, "proc") == 0;
			hidden = hides(line);
		}
	}
	if (mounts)
		fclose(mounts);
	if (!found)
		return "no procfs is mounted at /proc";
	return hidden ? "/proc is mounted with hidepid" : NULL;
}

const char *proc_listing_blind(const struct proc_listing *listing)
{
	return listing->blind;
}

void proc_listing_before(struct proc_listing *listing, const char *proc, uint64_t now_ns)
{
	if (listing->phase == BETWEEN) {
		listing->phase = list(listing, proc) ? SECOND_PASS : IDLE;
	} else if (now_ns >= listing->due_ns) {
		listing->due_ns = now_ns + EVERY_NS;
		listing->blind = proc_listing_blind_why(proc);
		listing->count = 0;
		listing->phase = listing->blind ? IDLE : FIRST_PASS;
	}
}

static int report(const struct proc_listing *listing, const struct record_out *out)
{
	int err = 0;

	for (unsigned i = 0; i < listing->count && err >= 0; i++) {
		const struct seen *seen = &listing->seen[i];
		struct event_hidden hidden = {.listings = LISTINGS};

		if (seen->listed || !seen->again)
			continue;
		hidden.header = host_header(EVENT_HIDDEN, sizeof(hidden));
		hidden.header.pid = hidden.header.tid = seen->pid;
		hidden.header.start_ns = seen->start_ns;
		hidden.header.cgroup_id = seen->cgroup_id;
		err = out->feed(out->context, &hidden, sizeof(hidden));
	}
	return err < 0 ? err : 0;
}

int proc_listing_after(
	struct proc_listing *listing, const char *proc, bool whole, const struct record_out *out)
{
	enum phase phase = listing->phase;

	listing->phase = IDLE;
	if (!whole)
		return 0;
	if (phase == SECOND_PASS)
		return report(listing, out);
	if (phase == FIRST_PASS) {
		qsort(listing->seen, listing->count, sizeof(listing->seen[0]), by_pid);
		if (list(listing, proc))
			listing->phase = BETWEEN;
	}
	return 0;
}
