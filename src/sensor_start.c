/* SPDX-License-Identifier: Apache-2.0 */
/* From nothing to programs that are attached and privileges that are gone. */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>

#include "launcher.h"
#include "log.h"
#include "privileges.h"
#include "sensor.h"
#include "sources/cgroup_hierarchy.h"
#include "sources/host.h"

#define CANARY_WITHIN_MS 10000

/* The launcher plays; its processes' records wait in the ring until we know whose they are. */
int sensor_play_canaries(struct sensor *sensor)
{
	struct launcher_message message = {.word = LAUNCHER_CANARY, .attached = sensor->attached};
	int fd, err;

	sensor->start_ns = host_now_ns();
	snprintf(message.cgroup_mount, sizeof(message.cgroup_mount), "%s",
		live_hierarchy(sensor->live)->mount);
	err = launcher_ask(sensor->control, &message);
	if (err == 0)
		err = launcher_answer(sensor->control, CANARY_WITHIN_MS, &message, &fd);
	if (err == 0)
		sensor->canary = message.canary;
	return err;
}

/*
 * What is loaded and attached stays so; nothing more is needed. Kernels before about 5.19 ask for
 * CAP_BPF at each pass of the iterator: a probe without it tells, and then it stays.
 */
static int drop_privileges(struct sensor *sensor)
{
	int err = privileges_keep(PRIVILEGE(CAP_BPF));

	if (err == 0)
		err = privileges_use(0);
	if (err == 0 && live_probe(sensor->live) == -EPERM)
		err = privileges_use(PRIVILEGE(CAP_BPF));
	else if (err == 0)
		err = privileges_keep(0);
	if (err == 0)
		privileges_read_only(); /* where the kernel has it; doctor says so where not */
	return err;
}

int sensor_load(struct sensor *sensor)
{
	struct live_config config = {
		.out = {.feed = sensor_take, .context = sensor},
		.pins = sensor->pins,
		.degraded = sensor_degrade,
		.ring_size = sensor->ring_size,
		.context = sensor,
	};
	struct cgroup_hierarchy hierarchy = {0};
	uint64_t pass_start_ns;
	uint32_t processes;
	int err;

	sensor->attached = (1u << CANARY_HOOKS) - 1;
	cgroup_hierarchy_find(&hierarchy);
	err = rounding_open(&sensor->rounding);
	if (err == 0)
		err = sensor_feed_host(sensor, hierarchy.version);
	if (err >= 0)
		err = sensor_state_restore(sensor);
	if (err < 0)
		return err;
	err = live_open(&config, &sensor->live);
	if (err == 0)
		sensor_rounding_start(sensor);
	if (err == 0)
		sensor_say_start(sensor, hierarchy.version);
	if (err < 0) {
		log_error("loading the kernel programs: %s; minerwatch doctor says what is missing",
			live_error(err));
		return -ENOSYS;
	}
	/* What waits in the ring is read after it: the cgroups of those records have paths then. */
	live_pass(sensor->live, &pass_start_ns, &processes);
	err = drop_privileges(sensor);
	if (err == 0)
		reload_ask(&sensor->reload, false, 0);
	return err;
}
