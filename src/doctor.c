/* SPDX-License-Identifier: Apache-2.0 */
/* `minerwatch doctor`: tries everything for a moment and says what works, what not, and what that
 * costs. */
#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "privileges.h"
#include "promises.h"
#include "requirements.h"
#include "sources/canary_play.h"
#include "sources/cgroup_hierarchy.h"
#include "sources/live.h"
#include "sources/pins.h"
#include "sources/proc_listing.h"
#include "sources/rounding.h"

#define SEEN_WITHIN_MS 2000
#define POLL_MS 10

struct doctor {
	struct canary canary;
	struct hook_states hooks;
	unsigned untried; /* bit a canary_link */
	struct rounding rounding;
	unsigned missing; /* things that are not as they should be */
};

static const struct {
	enum canary_hook hook;
	const char *costs; /* when it is missing */
} costs[] = {
	{CANARY_EXEC, "nothing can be watched"},
	{CANARY_FORK, "miners that fork into the background are found a second later"},
	{CANARY_EXIT, "the end of a process is noticed a second later"},
	{CANARY_CONNECT_TCP, "connections to pools are not seen"},
	{CANARY_CONNECT_UDP, "connected UDP sockets are not seen"},
	{CANARY_PAYLOAD, "what is said to pools is not read"},
	{CANARY_CGROUP, "new cgroups have no path in alerts"},
	{CANARY_TASKS, "CPU use and processes older than the start are not seen"},
	{CANARY_SOCKETS, "connections that were passed on or accepted are not read"},
};

static void line(struct doctor *doctor, bool good, const char *what, const char *text)
{
	printf("%-8s%-14s%s\n", good ? "ok" : "MISSING", what, text);
	doctor->missing += !good;
}

/* CAP_SYS_ADMIN held these before 5.8 and still stands in for them. */
static bool held_by_admin(int capability)
{
	return privileges_has(CAP_SYS_ADMIN) &&
	       (capability == CAP_BPF || capability == CAP_PERFMON || capability == CAP_NET_ADMIN);
}

static void check_capabilities(struct doctor *doctor)
{
	for (const struct requirement *row = requirements; row->kind; row++) {
		char text[128];
		bool good;

		if (row->capability == CAPABILITY_NONE)
			continue;
		good = privileges_has((unsigned)row->capability) || held_by_admin(row->capability);
		snprintf(text, sizeof(text), "CAP_%s: %s%s", row->what, row->why,
			good ? "" : "; run as root or grant it");
		line(doctor, good, "privilege", text);
	}
}

static void check_kernel(struct doctor *doctor)
{
	struct utsname name;
	char text[256];
	bool btf = access("/sys/kernel/btf/vmlinux", R_OK) == 0;

	if (uname(&name) == 0) {
		snprintf(text, sizeof(text), "%s %s", name.release, name.machine);
		line(doctor, true, "kernel", text);
	}
	line(doctor, btf, "btf",
		btf ? "/sys/kernel/btf/vmlinux"
		    : "the kernel does not describe its types: CONFIG_DEBUG_INFO_BTF=y is needed");
}

static void check_cgroups(struct doctor *doctor, struct cgroup_hierarchy *hierarchy)
{
	char text[1200];
	bool good = cgroup_hierarchy_find(hierarchy) == 0 && hierarchy->version;

	if (!good)
		snprintf(text, sizeof(text), "none usable: alerts name no cgroup");
	else
		snprintf(text, sizeof(text), "ids from v%u%s%s at %s", hierarchy->version,
			hierarchy->controller ? ", controller " : "",
			hierarchy->controller ? hierarchy->controller : "",
			hierarchy->mount[0] ? hierarchy->mount : "(not mounted here)");
	line(doctor, good, "cgroups", text);
}

static void on_degraded(void *context, const char *what, const char *why)
{
	struct doctor *doctor = context;

	for (unsigned hook = 0; hook < CANARY_HOOKS; hook++)
		if (strcmp(what, canary_hook_name(hook)) == 0)
			doctor->hooks.links &= ~canary_hook_links(hook);
	line(doctor, false, what, why);
}

static int watch(void *context, void *record, size_t len)
{
	struct doctor *doctor = context;

	canary_watch(&doctor->canary, record, len);
	rounding_watch(&doctor->rounding, record, len);
	return 0;
}

/* What could not be triggered may still be seen: by anybody's event. */
static void try_hooks(struct doctor *doctor, struct live *live, const char *mount)
{
	uint32_t pid = (uint32_t)getpid(), processes;
	uint64_t start_ns;
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	doctor->canary = canary_begin(
		doctor->hooks.links, (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
	doctor->untried |= canary_play(doctor->canary.address, mount);
	if (doctor->untried & LINK_BIT(LINK_RENAME))
		doctor->hooks.links &= ~LINK_BIT(LINK_RENAME);
	doctor->untried &= doctor->hooks.links;
	doctor->canary.expected &= doctor->hooks.links & ~doctor->untried;
	live_pass(live, &start_ns, &processes);
	live_sockets(live, &pid, 1);
	for (unsigned waited = 0; waited < SEEN_WITHIN_MS; waited += POLL_MS) {
		if (live_consume(live) < 0 || !canary_missing(&doctor->canary))
			break;
		usleep(POLL_MS * 1000);
	}
	doctor->hooks.seen = doctor->canary.seen & doctor->hooks.links;
	doctor->hooks.proven = doctor->hooks.seen & doctor->canary.expected;
}

/* A visiting process of our own, as the launcher starts one. */
static int start_visitor(struct doctor *doctor, pid_t *ret_pid)
{
	pid_t parent = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	*ret_pid = fork();
	if (*ret_pid == 0) {
		if (privileges_die_with_parent(parent))
			visitor_child(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	doctor->rounding.visitor = *ret_pid < 0 ? NULL : visitor_new(pair[0]);
	if (doctor->rounding.visitor)
		return 0;
	close(pair[0]); /* which also ends the child */
	return -ENOMEM;
}

static void check_rounding(struct doctor *doctor, struct live *live)
{
	char cpus[64], text[160];
	pid_t child = -1;
	unsigned closed;

	if (start_visitor(doctor, &child) < 0) {
		line(doctor, false, "rounding", "no process for the test could be started");
		return;
	}
	if (rounding_try(&doctor->rounding, live))
		line(doctor, true, "rounding", "a known rounding mode was set, and was seen");
	else
		line(doctor, false, "rounding", rounding_blind_why(&doctor->rounding));
	closed = visitor_closed(doctor->rounding.visitor, cpus, sizeof(cpus));
	snprintf(text, sizeof(text),
		"%u CPUs isolated or not ours to visit%s%s: RandomX may hide there", closed,
		closed ? ": " : "", cpus);
	if (closed)
		line(doctor, false, "rounding_cpus", text);
	visitor_free(doctor->rounding.visitor);
	waitpid(child, NULL, 0);
}

static void check_listing(struct doctor *doctor)
{
	const char *why = proc_listing_blind_why("/proc");

	line(doctor, !why, "proc_listing",
		why ? why : "processes that listings of /proc leave out are looked for");
}

static void report_hook(struct doctor *doctor, enum canary_hook hook, const char *cost)
{
	unsigned links = canary_hook_links(hook) & doctor->hooks.links & ~doctor->hooks.seen;
	enum hook_state state = hook_state(&doctor->hooks, hook);
	char text[256], names[80];

	canary_name_links(hook, links, names, sizeof(names));
	if (state == HOOK_PROVEN)
		snprintf(text, sizeof(text), "proven: its canary was played, and came");
	else if (state == HOOK_SEEN)
		snprintf(text, sizeof(text),
			"seen: no canary can be played here, but others' "
			"events came");
	else if (state == HOOK_MISSING)
		snprintf(text, sizeof(text), "not attached: %s", cost);
	else if (links & doctor->untried)
		snprintf(text, sizeof(text), "%s: if it is dead, %s",
			canary_untried_why(links & doctor->untried), cost);
	else
		snprintf(text, sizeof(text), "attached, but its canary never came (%s): %s", names,
			cost);
	line(doctor, state == HOOK_PROVEN || state == HOOK_SEEN, canary_hook_name(hook), text);
}

static void check_confinement(struct doctor *doctor)
{
	const char *why = seccomp_absent_why();
	bool landlock = privileges_can_be_read_only();

	line(doctor, !why, "seccomp",
		why ? why : "each process is held to its calls: doctor --privileges lists them");
	line(doctor, landlock, "landlock",
		landlock
			? "processes that write nothing cannot begin to"
			: "this kernel has none: what may be written is a matter of seccomp alone");
}

static void report_hooks(struct doctor *doctor)
{
	for (unsigned i = 0; i < sizeof(costs) / sizeof(costs[0]); i++)
		report_hook(doctor, costs[i].hook, costs[i].costs);
}

static enum exit_code examine(const struct options *options)
{
	struct doctor doctor = {0};
	struct live_config config = {
		.out = {.feed = watch, .context = &doctor},
		.pins = -1,
		.degraded = on_degraded,
		.context = &doctor,
	};
	struct cgroup_hierarchy hierarchy = {0};
	struct live *live = NULL;
	int socket, err;
	bool runs;

	check_kernel(&doctor);
	check_capabilities(&doctor);
	check_confinement(&doctor);
	check_cgroups(&doctor, &hierarchy);
	doctor.hooks.links = canary_links((1u << CANARY_HOOKS) - 1, hierarchy.version);
	socket = canary_socket_open();
	doctor.untried = socket < 0 ? LINK_BIT(LINK_SOCKETS) : 0;
	err = live_open(&config, &live);
	if (err < 0) {
		printf("%-8s%-14s%s\n", "MISSING", "programs", live_error(err));
		doctor.hooks.links = 0;
	} else {
		try_hooks(&doctor, live, hierarchy.mount);
		check_rounding(&doctor, live);
		check_listing(&doctor);
	}
	report_hooks(&doctor);
	doctor_pins(options->pin ? options->pin : PINS_PATH);
	live_free(live);
	if (socket >= 0)
		close(socket);
	runs = doctor.hooks.seen & LINK_BIT(LINK_EXEC);
	printf("\n%s\n", !runs ? "minerwatch run would NOT start here."
			 : doctor.missing
				 ? "minerwatch run would start, without what is missing above."
				 : "minerwatch run would start, and lacks nothing.");
	return runs ? EXIT_OK : EXIT_ENVIRONMENT;
}

enum exit_code command_doctor(const struct options *options)
{
	enum exit_code code = EXIT_OK;

	if (options->requirements)
		requirements_print(stdout);
	else if (options->privileges)
		promises_print(stdout);
	else
		code = examine(options);
	return fflush(stdout) == 0 ? code : EXIT_RUNTIME;
}
