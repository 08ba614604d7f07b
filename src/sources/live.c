// SPDX-License-Identifier: Apache-2.0
/* Loads and attaches the kernel programs and delivers what they put into the ring. */
#include "sources/live.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "minerwatch.skel.h"
#include "sources/cgroup_hierarchy.h"
#include "sources/counters.h"
#include "sources/read_kernel.h"
#include "sources/sampler.h"

#define CONSUME_MAX 8192 /* records a call; about 10 ms of work */
#define HOST_PID_NAMESPACE 4026531836 /* PROC_PID_INIT_INO, include/linux/proc_ns.h */
#define HOOK_PROGRAMS_MAX 4
#define CGROUP_BUDGET 2000 /* records of a class and second: ten times what a busy server makes */

/* What goes or stays together; what is the word its loss is reported under. */
struct hook {
	const char *what;
	const char *programs[HOOK_PROGRAMS_MAX];
	bool on_cgroup2; /* attached to the root of cgroup2 */
};

enum {
	HOOK_EXEC,
	HOOK_FORK,
	HOOK_EXIT,
	HOOK_TCP,
	HOOK_UDP,
	HOOK_PAYLOAD,
	HOOK_CGROUP,
	HOOK_TASKS,
	HOOK_SOCKETS,
	HOOK_COUNT
};

static const struct hook hooks[HOOK_COUNT] = {
	[HOOK_EXEC] = {"exec", {"report_exec"}, false},
	[HOOK_FORK] = {"fork", {"report_fork"}, false},
	[HOOK_EXIT] = {"exit", {"report_exit"}, false},
	[HOOK_TCP] = {"connect_tcp", {"report_connect_tcp"}, false},
	[HOOK_UDP] = {"connect_udp", {"report_connect_udp4", "report_connect_udp6"}, true},
	/* The readers first: no marked socket's SYN may pass unseen. */
	[HOOK_PAYLOAD] = {"payload",
		{"read_sent", "read_received", "mark_connect4", "mark_connect6"}, true},
	[HOOK_CGROUP] = {"cgroup",
		{"report_cgroup_mkdir", "report_cgroup_release", "report_cgroup_rename",
			"report_cgroup_attach"},
		false},
	[HOOK_TASKS] = {"tasks", {"report_tasks"}, false},
	[HOOK_SOCKETS] = {"sockets", {"report_sockets"}, false},
};

#define ALL_HOOKS ((1u << HOOK_COUNT) - 1)

struct live {
	struct live_config config;
	struct cgroup_hierarchy hierarchy;
	unsigned subsystem; /* index of hierarchy.controller in this kernel */
	bool read_kernel;
	struct minerwatch_bpf *bpf;
	struct bpf_link *links[HOOK_COUNT][HOOK_PROGRAMS_MAX];
	struct ring_buffer *ring;
	unsigned consumed; /* by the running live_consume */
	int feed_error;
};

static int print_libbpf(enum libbpf_print_level level, const char *format, va_list arguments)
{
	char text[512];
	int n;

	if (level != LIBBPF_WARN)
		return 0;
	n = vsnprintf(text, sizeof(text), format, arguments);
	text[strcspn(text, "\n")] = '\0';
	log_warning("%s", text);
	return n;
}

static void degrade(const struct live *live, const char *what, const char *cannot, int err)
{
	char why[sizeof(((struct event_degraded *)0)->why)];

	if (err)
		snprintf(why, sizeof(why), "%s: %s", cannot, strerror(-err));
	else
		snprintf(why, sizeof(why), "%s", cannot);
	live->config.degraded(live->config.context, what, why);
}

/* What the programs must know of this host. */
static void survey(struct live *live)
{
	struct cgroup_hierarchy *hierarchy = &live->hierarchy;
	struct stat st;
	int err = cgroup_hierarchy_find(hierarchy);

	if (!err && hierarchy->version == 1)
		err = cgroup_subsystem_find(hierarchy->controller, &live->subsystem);
	if (err)
		hierarchy->version = 0;
	if (!hierarchy->version)
		degrade(live, "cgroup", "no cgroup hierarchy to take ids from", err);
	live->read_kernel = read_kernel_allowed();
	if (!live->read_kernel)
		degrade(live, "strings", "kernel lockdown hides names, paths and arguments", 0);
	if (!stat("/proc/self/ns/pid", &st) && st.st_ino != HOST_PID_NAMESPACE)
		degrade(live, "tasks", "not in the host's pid namespace: sees this one only", 0);
}

static void configure(struct live *live)
{
	struct minerwatch_bpf *bpf = live->bpf;

	bpf->rodata->cgroup_version = live->hierarchy.version;
	bpf->rodata->cgroup_subsystem = live->subsystem;
	bpf->rodata->cgroup_hierarchy_id = (__s32)live->hierarchy.id;
	bpf->rodata->read_kernel = live->read_kernel;
	bpf->rodata->cgroup_budget =
		live->config.cgroup_budget ? live->config.cgroup_budget : CGROUP_BUDGET;
}

/* Loads the programs of the hooks whose bit is set in wanted. */
static int load(struct live *live, unsigned wanted)
{
	int err = 0;

	minerwatch_bpf__destroy(live->bpf);
	live->bpf = minerwatch_bpf__open();
	if (!live->bpf)
		return -errno;
	configure(live);
	for (unsigned i = 0; i < HOOK_COUNT && !err; i++) {
		for (unsigned j = 0; j < HOOK_PROGRAMS_MAX && hooks[i].programs[j] && !err; j++)
			err = bpf_program__set_autoload(
				bpf_object__find_program_by_name(
					live->bpf->obj, hooks[i].programs[j]),
				wanted >> i & 1);
	}
	return err ? err : minerwatch_bpf__load(live->bpf);
}

/* libbpf loads all or nothing: where all fails, finds out by one which hooks can be had. */
static int load_what_can_be(struct live *live, unsigned *ret_loaded)
{
	unsigned loadable = 0;
	int err = load(live, ALL_HOOKS);

	if (!err) {
		*ret_loaded = ALL_HOOKS;
		return 0;
	}
	for (unsigned i = 0; i < HOOK_COUNT; i++) {
		err = load(live, 1u << i);
		if (!err)
			loadable |= 1u << i;
		else if (i == HOOK_EXEC)
			return err;
		else
			degrade(live, hooks[i].what, "cannot be loaded", err);
	}
	*ret_loaded = loadable;
	return load(live, loadable);
}

static int attach(struct live *live, unsigned i, int cgroup2_fd)
{
	for (unsigned j = 0; j < HOOK_PROGRAMS_MAX && hooks[i].programs[j]; j++) {
		struct bpf_program *program =
			bpf_object__find_program_by_name(live->bpf->obj, hooks[i].programs[j]);

		if (hooks[i].on_cgroup2)
			live->links[i][j] = bpf_program__attach_cgroup(program, cgroup2_fd);
		else
			live->links[i][j] = bpf_program__attach(program);
		if (!live->links[i][j])
			return -errno;
	}
	return 0;
}

static int attach_all(struct live *live, unsigned loaded)
{
	int cgroup2_fd = -1, err;

	if (live->hierarchy.cgroup2[0])
		cgroup2_fd = open(live->hierarchy.cgroup2, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (unsigned i = 0; i < HOOK_COUNT; i++) {
		if (!(loaded >> i & 1))
			continue;
		if (hooks[i].on_cgroup2 && cgroup2_fd < 0) {
			degrade(live, hooks[i].what, "no mount shows the root of cgroup2", 0);
			continue;
		}
		err = attach(live, i, cgroup2_fd);
		if (err && i == HOOK_EXEC)
			goto out;
		if (err)
			degrade(live, hooks[i].what, "cannot be attached", err);
	}
	err = 0;
out:
	if (cgroup2_fd >= 0)
		close(cgroup2_fd);
	return err;
}

static int take_record(void *context, void *data, size_t len)
{
	struct live *live = context;

	live->feed_error = live->config.out.feed(live->config.out.context, data, len);
	if (live->feed_error)
		return live->feed_error;
	/* A negative answer is how libbpf is made to stop; the record counts as consumed. */
	return ++live->consumed < CONSUME_MAX ? 0 : -EAGAIN;
}

int live_open(const struct live_config *config, struct live **ret_live)
{
	struct live *live = calloc(1, sizeof(*live));
	unsigned loaded;
	int err;

	if (!live)
		return -ENOMEM;
	live->config = *config;
	libbpf_set_print(print_libbpf);
	survey(live);
	err = load_what_can_be(live, &loaded);
	if (err)
		goto out;
	/* Before attaching: the first record can come at once. */
	live->ring = ring_buffer__new(bpf_map__fd(live->bpf->maps.ring), take_record, live, NULL);
	if (!live->ring) {
		err = -errno;
		goto out;
	}
	err = attach_all(live, loaded);
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
	for (unsigned i = 0; i < HOOK_COUNT; i++) {
		for (unsigned j = 0; j < HOOK_PROGRAMS_MAX; j++)
			bpf_link__destroy(live->links[i][j]);
	}
	ring_buffer__free(live->ring);
	minerwatch_bpf__destroy(live->bpf);
	free(live);
}

int live_fd(const struct live *live)
{
	return ring_buffer__epoll_fd(live->ring);
}

int live_consume(struct live *live)
{
	int n;

	live->consumed = 0;
	live->feed_error = 0;
	n = ring_buffer__consume(live->ring);
	if (live->feed_error)
		return live->feed_error;
	return n < 0 && n != -EAGAIN ? n : (int)live->consumed;
}

int live_pass(struct live *live, uint64_t *ret_start_ns, uint32_t *ret_processes)
{
	const struct bpf_link *link = live->links[HOOK_TASKS][0];
	uint64_t start_ns;
	int err;

	if (!link)
		return -ENOTSUP;
	err = sampler_pass(bpf_link__fd(link), &live->config.out, &start_ns, ret_processes);
	if (err)
		return err;
	live->bpf->bss->last_pass_ns = start_ns;
	*ret_start_ns = start_ns;
	return 0;
}

int live_sample(struct live *live, const uint32_t *pids, unsigned count)
{
	const struct bpf_link *link = live->links[HOOK_TASKS][0];
	uint64_t start_ns;
	uint32_t processes;
	int err;

	if (!link)
		return -ENOTSUP;
	for (unsigned i = 0; i < WATCHED_MAX; i++)
		live->bpf->bss->watched[i] = i < count ? pids[i] : 0;
	live->bpf->bss->watched_count = count;
	err = sampler_pass(bpf_link__fd(link), &live->config.out, &start_ns, &processes);
	live->bpf->bss->watched_count = 0;
	return err;
}

int live_sockets(struct live *live, const uint32_t *pids, unsigned count)
{
	const struct bpf_link *link = live->links[HOOK_SOCKETS][0];
	uint64_t start_ns;
	uint32_t processes;

	if (!link)
		return -ENOTSUP;
	for (unsigned i = 0; i < SCANNED_MAX; i++)
		live->bpf->bss->scanned[i] = i < count ? pids[i] : 0;
	live->bpf->bss->scan++;
	return sampler_pass(bpf_link__fd(link), &live->config.out, &start_ns, &processes);
}

int live_probe(const struct live *live)
{
	const struct bpf_link *link = live->links[HOOK_TASKS][0];
	int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -ENOTSUP;

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

void live_counters(const struct live *live, struct event_counters *ret_counters)
{
	counters_read(live->bpf, ret_counters);
}

const struct cgroup_hierarchy *live_hierarchy(const struct live *live)
{
	return &live->hierarchy;
}
