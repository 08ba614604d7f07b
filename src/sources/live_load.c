// SPDX-License-Identifier: Apache-2.0
/* Loads and attaches the kernel programs, as they must be on this host. */
#include "sources/live_load.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "minerwatch.skel.h"
#include "sources/live.h"
#include "version.h"

#define HOST_PID_NAMESPACE 4026531836 /* PROC_PID_INIT_INO, include/linux/proc_ns.h */
#define CGROUP_BUDGET 2000 /* records of a class and second: ten times what a busy server makes */
#define ALL_HOOKS ((1u << HOOK_COUNT) - 1)

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

void live_degrade(const struct live_setup *setup, const char *what, const char *cannot, int err)
{
	char why[sizeof(((struct event_degraded *)0)->why)];

	if (err)
		snprintf(why, sizeof(why), "%s: %s", cannot, strerror(-err));
	else
		snprintf(why, sizeof(why), "%s", cannot);
	setup->config->degraded(setup->config->context, what, why);
}

void live_survey(struct live_setup *setup)
{
	struct cgroup_hierarchy *hierarchy = &setup->hierarchy;
	struct stat st;
	int err = cgroup_hierarchy_find(hierarchy);

	libbpf_set_print(print_libbpf);
	if (!err && hierarchy->version == 1)
		err = cgroup_subsystem_find(hierarchy->controller, &setup->subsystem);
	if (err)
		hierarchy->version = 0;
	if (!hierarchy->version)
		live_degrade(setup, "cgroup", "no cgroup hierarchy to take ids from", err);
	if (!stat("/proc/self/ns/pid", &st) && st.st_ino != HOST_PID_NAMESPACE)
		live_degrade(
			setup, "tasks", "not in the host's pid namespace: sees this one only", 0);
}

static void configure(const struct live_setup *setup, struct minerwatch_bpf__rodata *rodata)
{
	rodata->cgroup_version = setup->hierarchy.version;
	rodata->cgroup_subsystem = setup->subsystem;
	rodata->cgroup_hierarchy_id = (__s32)setup->hierarchy.id;
	rodata->read_kernel = setup->read_kernel;
	rodata->cgroup_budget =
		setup->config->cgroup_budget ? setup->config->cgroup_budget : CGROUP_BUDGET;
}

void live_digest(const struct live_setup *setup, char ret_digest[LIVE_DIGEST_SIZE])
{
	struct minerwatch_bpf__rodata rodata;
	crypto_hash_sha256_state state;
	uint8_t digest[crypto_hash_sha256_BYTES];
	size_t size;
	const void *object = minerwatch_bpf__elf_bytes(&size);

	memset(&rodata, 0, sizeof(rodata)); /* its padding too */
	configure(setup, &rodata);
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(
		&state, (const uint8_t *)MINERWATCH_VERSION, sizeof(MINERWATCH_VERSION));
	crypto_hash_sha256_update(&state, object, size);
	crypto_hash_sha256_update(&state, (const uint8_t *)&rodata, sizeof(rodata));
	crypto_hash_sha256_update(&state, (const uint8_t *)&setup->config->ring_size,
		sizeof(setup->config->ring_size));
	crypto_hash_sha256_final(&state, digest);
	sodium_bin2hex(ret_digest, LIVE_DIGEST_SIZE, digest, (LIVE_DIGEST_SIZE - 1) / 2);
}

static struct bpf_program *program_of(const struct minerwatch_bpf *bpf, unsigned i, unsigned j)
{
	return bpf_object__find_program_by_name(bpf->obj, hooks[i].programs[j]);
}

/* Loads the programs of the hooks whose bit is set in wanted; *bpf is replaced. */
static int load(const struct live_setup *setup, unsigned wanted, struct minerwatch_bpf **bpf)
{
	int err = 0;

	minerwatch_bpf__destroy(*bpf);
	*bpf = minerwatch_bpf__open();
	if (!*bpf)
		return -errno;
	configure(setup, (*bpf)->rodata);
	if (setup->config->ring_size)
		err = bpf_map__set_max_entries((*bpf)->maps.ring, setup->config->ring_size);
	for (unsigned i = 0; i < HOOK_COUNT && !err; i++)
		for (unsigned j = 0; j < HOOK_PROGRAMS_MAX && hooks[i].programs[j] && !err; j++)
			err = bpf_program__set_autoload(program_of(*bpf, i, j), wanted >> i & 1);
	return err ? err : minerwatch_bpf__load(*bpf);
}

/* libbpf loads all or nothing: where all fails, finds out by one which hooks can be had. */
static int load_what_can_be(
	const struct live_setup *setup, struct minerwatch_bpf **bpf, unsigned *ret_loaded)
{
	unsigned loadable = 0;
	int err = load(setup, ALL_HOOKS, bpf);

	if (!err) {
		*ret_loaded = ALL_HOOKS;
		return 0;
	}
	for (unsigned i = 0; i < HOOK_COUNT; i++) {
		err = load(setup, 1u << i, bpf);
		if (!err)
			loadable |= 1u << i;
		else if (i == HOOK_EXEC)
			return err;
		else
			live_degrade(setup, hooks[i].what, "cannot be loaded", err);
	}
	*ret_loaded = loadable;
	return load(setup, loadable, bpf);
}

/* A descriptor of our own: the object's are closed with it. */
static int keep(int fd, int *ret_fd)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (own < 0)
		return -errno;
	*ret_fd = own;
	return 0;
}

static int attach(
	const struct minerwatch_bpf *bpf, unsigned i, int cgroup2_fd, struct live_set *set)
{
	for (unsigned j = 0; j < HOOK_PROGRAMS_MAX && hooks[i].programs[j]; j++) {
		struct bpf_program *program = program_of(bpf, i, j);
		struct bpf_link *link = hooks[i].on_cgroup2
						? bpf_program__attach_cgroup(program, cgroup2_fd)
						: bpf_program__attach(program);
		int err = link ? keep(bpf_program__fd(program), &set->programs[i][j]) : -errno;

		if (!err)
			err = keep(bpf_link__fd(link), &set->links[i][j]);
		bpf_link__destroy(link);
		if (err)
			return err;
	}
	return 0;
}

static int attach_all(const struct live_setup *setup, const struct minerwatch_bpf *bpf,
	unsigned loaded, struct live_set *set)
{
	int cgroup2_fd = -1, err;

	if (setup->hierarchy.cgroup2[0])
		cgroup2_fd = open(setup->hierarchy.cgroup2, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (unsigned i = 0; i < HOOK_COUNT; i++) {
		if (!(loaded >> i & 1))
			continue;
		if (hooks[i].on_cgroup2 && cgroup2_fd < 0) {
			live_degrade(setup, hooks[i].what, "no mount shows the root of cgroup2", 0);
			continue;
		}
		err = attach(bpf, i, cgroup2_fd, set);
		if (err && i == HOOK_EXEC)
			goto out;
		if (err)
			live_degrade(setup, hooks[i].what, "cannot be attached", err);
	}
	err = 0;
out:
	if (cgroup2_fd >= 0)
		close(cgroup2_fd);
	return err;
}

int live_load(const struct live_setup *setup, struct live_set *set)
{
	struct minerwatch_bpf *bpf = NULL;
	unsigned loaded;
	int err = load_what_can_be(setup, &bpf, &loaded);

	if (!err)
		err = keep(bpf_map__fd(bpf->maps.ring), &set->ring);
	if (!err)
		err = keep(bpf_map__fd(bpf->maps.bss), &set->variables);
	if (!err)
		err = keep(bpf_map__fd(bpf->maps.losses), &set->losses);
	if (!err)
		err = live_set_map(set);
	if (!err)
		err = live_set_map_losses(set);
	if (!err)
		err = attach_all(setup, bpf, loaded, set);
	minerwatch_bpf__destroy(bpf); /* and with it all libbpf knows of the programs' types */
	return err;
}
