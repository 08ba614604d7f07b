/* SPDX-License-Identifier: Apache-2.0 */
/* `minerwatch doctor`: tries everything for a moment and says what works, what not, and what that
 * costs. */
#include <errno.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "privileges.h"
#include "requirements.h"
#include "sources/canary.h"
#include "sources/cgroup_hierarchy.h"
#include "sources/live.h"
#include "sources/pins.h"
#include "sources/proc_listing.h"
#include "sources/rounding.h"

#define SEEN_WITHIN_MS 2000
#define POLL_MS 10

struct doctor {
	struct canary canary;
	struct rounding rounding;
	bool socket_seen; /* our own, by the file iterator */
	unsigned attached;
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
			doctor->attached &= ~(1u << hook);
	line(doctor, false, what, why);
}

static int watch(void *context, void *record, size_t len)
{
	const struct event_header *header = record;
	struct doctor *doctor = context;

	canary_watch(&doctor->canary, record, len);
	rounding_watch(&doctor->rounding, record, len);
	if (header->type == EVENT_SOCKET && header->pid == (__u32)getpid())
		doctor->socket_seen = true;
	return 0;
}

static void try_hooks(struct doctor *doctor, struct live *live, const char *mount)
{
	uint64_t start_ns;
	uint32_t processes;

	canary_play(&doctor->canary, doctor->attached, mount);
	live_pass(live, &start_ns, &processes);
	for (unsigned waited = 0; waited < SEEN_WITHIN_MS; waited += POLL_MS) {
		if (live_consume(live) < 0 || canary_complete(&doctor->canary))
			break;
		usleep(POLL_MS * 1000);
	}
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

/* A socket of our own with a peer: nothing is sent to it. */
static void check_sockets(struct doctor *doctor, struct live *live)
{
	struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(9)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint32_t pid = (uint32_t)getpid();

	peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&peer, sizeof(peer)) < 0)
		line(doctor, false, "sockets", "not tried: no loopback to connect to");
	else if (live_sockets(live, &pid, 1) != -ENOTSUP) /* else it has been said */
		line(doctor, doctor->socket_seen, "sockets",
			doctor->socket_seen
				? "a socket of ours was seen"
				: "a socket of ours was not seen: connections that were "
				  "passed on or accepted are not read");
	if (fd >= 0)
		close(fd);
}

static void check_listing(struct doctor *doctor)
{
	const char *why = proc_listing_blind_why("/proc");

	line(doctor, !why, "proc_listing",
		why ? why : "processes that listings of /proc leave out are looked for");
}

static void report_hooks(struct doctor *doctor)
{
	for (unsigned i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		enum canary_hook hook = costs[i].hook;
		bool untried = doctor->canary.untried & ~doctor->canary.seen & (1u << hook);
		char text[256];

		if (!(doctor->attached & (1u << hook)))
			snprintf(text, sizeof(text), "not attached: %s", costs[i].costs);
		else if (untried)
			snprintf(text, sizeof(text), "%s: if it is dead, %s",
				canary_untried_why(hook), costs[i].costs);
		else if (!(doctor->canary.seen & (1u << hook)))
			snprintf(text, sizeof(text), "attached, but its event never came: %s",
				costs[i].costs);
		else
			snprintf(text, sizeof(text), "attached, and its event was seen");
		line(doctor, doctor->canary.seen & (1u << hook), canary_hook_name(hook), text);
	}
}

static enum exit_code examine(const struct options *options)
{
	struct doctor doctor = {.attached = (1u << CANARY_HOOKS) - 1};
	struct live_config config = {
		.out = {.feed = watch, .context = &doctor},
		.pins = -1,
		.degraded = on_degraded,
		.context = &doctor,
	};
	struct cgroup_hierarchy hierarchy = {0};
	struct live *live = NULL;
	bool runs;
	int err;

	check_kernel(&doctor);
	check_capabilities(&doctor);
	check_cgroups(&doctor, &hierarchy);
	err = live_open(&config, &live);
	if (err < 0) {
		printf("%-8s%-14s%s\n", "MISSING", "programs", live_error(err));
		doctor.attached = 0;
	} else {
		try_hooks(&doctor, live, hierarchy.mount);
		check_rounding(&doctor, live);
		check_sockets(&doctor, live);
		check_listing(&doctor);
	}
	report_hooks(&doctor);
	doctor_pins(options->pin ? options->pin : PINS_PATH);
	live_free(live);
	runs = doctor.canary.seen & (1u << CANARY_EXEC);
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
	else
		code = examine(options);
	return fflush(stdout) == 0 ? code : EXIT_RUNTIME;
}
