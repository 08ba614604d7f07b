/* SPDX-License-Identifier: Apache-2.0 */
/* From nothing to programs that are attached and privileges that are gone. */
#include <errno.h>
#include <linux/capability.h>

#include "launcher.h"
#include "log.h"
#include "privileges.h"
#include "promises.h"
#include "sensor.h"
#include "sources/cgroup_hierarchy.h"
#include "sources/host.h"

/* Told by live_open alone: of what is degraded later the hook is attached all the same. */
static void lacks(void *context, const char *what, const char *why)
{
	sensor_health_lacks(context, what);
	sensor_degrade(context, what, why);
}

/*
 * What is loaded and attached stays so; nothing more is needed. Kernels before about 5.19 ask for
 * CAP_BPF at each pass of the iterator: a probe without it tells, and then it stays.
 */
static int drop_privileges(struct sensor *sensor)
{
	int err = promise_keep_capabilities(SECCOMP_SENSOR);

	if (err == 0)
		err = privileges_use(0);
	if (err == 0 && live_probe(sensor->live) == -EPERM)
		err = privileges_use(PRIVILEGE(CAP_BPF));
	else if (err == 0)
		err = privileges_keep(0);
	return err;
}

int sensor_keep_calls(struct sensor *sensor)
{
	const char *why = seccomp_absent_why();

	if (why)
		sensor_degrade(sensor, "seccomp", why);
	return promise_keep_calls(SECCOMP_SENSOR);
}

int sensor_load(struct sensor *sensor)
{
	struct live_config config = {
		.out = {.feed = sensor_take, .context = sensor},
		.settle = sensor_settle,
		.pins = sensor->pins,
		.degraded = lacks,
		.ring_size = sensor->ring_size,
		.context = sensor,
	};
	struct cgroup_hierarchy hierarchy = {0};
	uint64_t pass_start_ns;
	uint32_t processes;
	int err;

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
