/* SPDX-License-Identifier: Apache-2.0 */
/* The launcher's part in knowing how the sensor is: plays its canaries, tells the supervisor. */
#ifndef MINERWATCH_LAUNCHER_HEALTH_H
#define MINERWATCH_LAUNCHER_HEALTH_H

#include <sys/socket.h>
#include <sys/un.h>

#include "launcher.h"
#include "sources/canary_play.h"
#include "sources/cgroup_hierarchy.h"

struct launcher_health {
	struct canary_player player;
	char cgroup_mount[CGROUP_MOUNT_MAX]; /* below which cgroups are made for it; "": nowhere */
	uint32_t round; /* what is being played for */
	int notify; /* socket to the supervisor; -1: there is none */
	struct sockaddr_un supervisor;
	socklen_t supervisor_len;
};

/*
 * Before there is a sensor that could have a say in it: finds the supervisor ($NOTIFY_SOCKET, as
 * sd_notify(3) describes it) and where cgroups can be made, where it removes what is left of plays
 * that were cut short.
 */
void launcher_health_open(struct launcher_health *health);
/* Ends what is being played; tells that we stop. */
void launcher_health_close(struct launcher_health *health);

/* Plays, or answers at once where nothing can be played, or something still is. */
void launcher_health_play(
	struct launcher_health *health, int control, const struct launcher_message *request);
/* A child has ended with this status: answers when it was the played one. */
void launcher_health_ended(struct launcher_health *health, int control, pid_t pid, int status);
void launcher_health_notify(
	const struct launcher_health *health, const struct launcher_message *request);
void launcher_health_stopping(const struct launcher_health *health);

#endif
