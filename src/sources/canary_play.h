/* SPDX-License-Identifier: Apache-2.0 */
/* Plays one harmless event for each program in the kernel. */
#ifndef MINERWATCH_CANARY_PLAY_H
#define MINERWATCH_CANARY_PLAY_H

#include <stdint.h>
#include <sys/types.h>

#include "sources/canary.h"
#include "sources/canary_cgroup.h"

/* All that a play triggers; the iterators make records when they are read. */
#define CANARY_PLAYED_LINKS \
	((LINK_BIT(CANARY_LINKS) - 1) & ~(LINK_BIT(LINK_TASKS) | LINK_BIT(LINK_SOCKETS)))

/* What is being played. */
struct canary_player {
	pid_t pid; /* 0: nothing */
	char cgroup[CANARY_CGROUP_MAX]; /* made for it; "": none could be */
};

/*
 * Makes a cgroup below cgroup_mount ("": none) and forks a child that runs /proc/self/exe as
 * `minerwatch canary`. That one connects to listeners of its own on loopback, over IPv4 at address
 * and with IPv6 sockets at canary_address6 of it, says two bytes each way, moves into the cgroup
 * and ends: within milliseconds, after 2 s it is killed. 0 or -errno: nothing is played.
 */
int canary_play_start(struct canary_player *player, uint32_t address, const char *cgroup_mount);
/*
 * It has been waited for, and this is its status: renames (where the hierarchy can) and removes the
 * cgroup. Returns what could not be triggered, bit a canary_link.
 */
unsigned canary_play_end(struct canary_player *player, int status);
/* Gives up what is being played; waits for its end. */
void canary_play_stop(struct canary_player *player);
/* Both at once; where nothing can be played, all of it is what it returns. */
unsigned canary_play(uint32_t address, const char *cgroup_mount);

/* A UDP socket with a peer on loopback, for the iterator of sockets to find; nothing is sent. -1:
 * no loopback here. */
int canary_socket_open(void);

/* Why links (bit a canary_link) could not be triggered, for people. */
const char *canary_untried_why(unsigned links);

/* The played process: its exit code when the arguments are its, else -1. */
int canary_child(int argc, char *const argv[]);

#endif
