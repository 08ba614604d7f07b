/* SPDX-License-Identifier: Apache-2.0 */
/* The launcher's part in knowing how the sensor is: plays its canaries, tells the supervisor. */
#include "launcher_health.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "util/fd_message.h"

static void find_supervisor(struct launcher_health *health)
{
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path ? strlen(path) : 0;

	health->notify = -1;
	if (!len)
		return;
	if ((path[0] != '/' && path[0] != '@') || len >= sizeof(health->supervisor.sun_path)) {
		log_warning("NOTIFY_SOCKET: neither an absolute path nor @NAME; nobody is told");
		return;
	}
	health->supervisor.sun_family = AF_UNIX;
	memcpy(health->supervisor.sun_path, path, len);
	if (path[0] == '@')
		health->supervisor.sun_path[0] = '\0'; /* no file: the abstract name space */
	health->supervisor_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	health->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

void launcher_health_open(struct launcher_health *health)
{
	struct cgroup_hierarchy hierarchy = {0};

	find_supervisor(health);
	cgroup_hierarchy_find(&hierarchy); /* without one the hook of cgroups is not proven */
	memcpy(health->cgroup_mount, hierarchy.mount, sizeof(health->cgroup_mount));
	canary_cgroup_sweep(health->cgroup_mount);
}

/* A supervisor that does not read must not stop us: what it misses it misses. */
static void tell(const struct launcher_health *health, const char *text)
{
	if (health->notify >= 0)
		sendto(health->notify, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL,
			(const struct sockaddr *)&health->supervisor, health->supervisor_len);
}

void launcher_health_stopping(const struct launcher_health *health)
{
	tell(health, "STOPPING=1\n");
}

void launcher_health_close(struct launcher_health *health)
{
	canary_play_stop(&health->player);
	launcher_health_stopping(health);
	if (health->notify >= 0)
		close(health->notify);
	health->notify = -1;
}

/* The text is made here, of numbers: the sensor reads what attackers write. */
void launcher_health_notify(
	const struct launcher_health *health, const struct launcher_message *request)
{
	char text[128];

	snprintf(text, sizeof(text), "%s%sSTATUS=%u of %u hooks proven\n",
		request->notice & NOTICE_READY ? "READY=1\n" : "",
		request->notice & NOTICE_WATCHDOG ? "WATCHDOG=1\n" : "", request->proven,
		request->hooks);
	tell(health, text);
}

static void answer(int control, uint32_t round, unsigned untried)
{
	struct launcher_message message = {
		.word = LAUNCHER_CANARY, .round = round, .untried = untried};

	fd_message_send(control, &message, sizeof(message), -1, 0);
}

void launcher_health_play(
	struct launcher_health *health, int control, const struct launcher_message *request)
{
	if (health->player.pid) {
		kill(health->player.pid, SIGKILL); /* its alarm should have: somebody stopped it */
		answer(control, request->round, CANARY_PLAYED_LINKS);
		return;
	}
	health->round = request->round;
	if (canary_play_start(&health->player, request->address, health->cgroup_mount) < 0)
		answer(control, request->round, CANARY_PLAYED_LINKS);
}

void launcher_health_ended(struct launcher_health *health, int control, pid_t pid, int status)
{
	if (health->player.pid && pid == health->player.pid)
		answer(control, health->round, canary_play_end(&health->player, status));
}
