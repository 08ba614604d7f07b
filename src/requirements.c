/* SPDX-License-Identifier: Apache-2.0 */
/* What the sensor demands of whatever starts it, as data that doctor checks and deployments obey.
 */
#include "requirements.h"

#include <linux/capability.h>

#include "option_rows.h"
#include "seccomp_filter.h"
#include "sources/pins.h"

/* A pod's volume is open to everybody, so the socket has a directory of its own in it. */
#define POD_STATUS_PATH "/run/minerwatch/own/status.sock"
/* A pod is replaced at each update, and a volume that is its own goes with it. */
#define POD_STATE_DIRECTORY "/var/lib/minerwatch"
#define POD_STATE_PATH POD_STATE_DIRECTORY "/state"

const struct requirement requirements[] = {
	{"capability", "BPF", "to load programs", CAP_BPF},
	{"capability", "PERFMON", "to attach tracing programs", CAP_PERFMON},
	{"capability", "NET_ADMIN", "to see connected UDP sockets, and what is said on connections",
		CAP_NET_ADMIN},
	{"capability", "SYS_PTRACE", "to read what other users' processes run", CAP_SYS_PTRACE},
	{"capability", "DAC_READ_SEARCH", "to read files of other users", CAP_DAC_READ_SEARCH},
	{"host-namespace", "pid", "the kernel reports the host's process numbers", CAPABILITY_NONE},
	{"host-directory", "/sys/fs/cgroup", "read only: a pod's own mount shows only its branch",
		CAPABILITY_NONE},
	{"writable-host-directory", "/sys/fs/bpf",
		"programs and their ring are pinned there, so that a restart loses nothing",
		CAPABILITY_NONE},
	{"writable-host-directory", POD_STATE_DIRECTORY,
		"there is its state, which the next pod goes on with", CAPABILITY_NONE},
	{"writable-directory", "/run/minerwatch",
		"there it makes a directory of its own for its status socket", CAPABILITY_NONE},
	{"setting", "status: " POD_STATUS_PATH, "where the probes ask", CAPABILITY_NONE},
	{"setting", "pin: " PINS_PATH, "where the pins are", CAPABILITY_NONE},
	{"setting", "state: " POD_STATE_PATH, "open incidents, for the next container or pod",
		CAPABILITY_NONE},
	{"setting", "heartbeat: 60", "silence is not to be taken for health", CAPABILITY_NONE},
	{"setting", "rules", "where a ConfigMap's lists are", CAPABILITY_NONE},
	{"setting", "reload: auto", "nobody sends a pod SIGHUP when a ConfigMap changes",
		CAPABILITY_NONE},
	{"setting", "cluster", "what tells the alerts of several clusters apart", CAPABILITY_NONE},
	{"liveness-probe", "status --live --status " POD_STATUS_PATH, "the sensor answers",
		CAPABILITY_NONE},
	{"readiness-probe", "status --ready --status " POD_STATUS_PATH,
		"every hook has been seen to work", CAPABILITY_NONE},
	{0},
};

void requirements_print(FILE *out)
{
	for (const struct requirement *row = requirements; row->kind; row++)
		fprintf(out, "%s\t%s\t%s\n", row->kind, row->what, row->why);
	for (unsigned i = 0; i < OPTION_ROWS; i++)
		if (option_rows[i].environment)
			fprintf(out, "environment\t%s\tstands in for %s\n",
				option_rows[i].environment, option_rows[i].name);
	seccomp_print_requirements(out);
}
