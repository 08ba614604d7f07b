/* SPDX-License-Identifier: Apache-2.0 */
/* The privileged parent: starts the sensor and its helpers, does for them what needs privileges,
 * ends them. */
#ifndef MINERWATCH_LAUNCHER_H
#define MINERWATCH_LAUNCHER_H

#include <signal.h>

#include "options.h"
#include "sink.h"

/*
 * What the sensor asks the launcher for, one request a packet of a SOCK_SEQPACKET pair, and what it
 * gets. Numbers only: a sensor that was taken over names no path to anybody with privileges. A
 * descriptor travels with LAUNCHER_HELPER's answer; without one ask again in a second.
 */
enum launcher_word {
	LAUNCHER_CANARY = 1, /* play the canaries; answer, when they are over: what could not be */
	LAUNCHER_HELPER = 2, /* a helper hangs or has died: another one; answer: its socket, or
				none where there can be none for now */
	LAUNCHER_STOP = 3, /* the helper is not needed any more: it is killed; no answer */
	LAUNCHER_NOTIFY = 4, /* tell who supervises us (sd_notify); no answer */
};

/* What it is told; flags. */
enum launcher_notice {
	NOTICE_READY = 1,
	NOTICE_WATCHDOG =
		2, /* a round of canaries came whole, or can have been lost to a full ring */
};

enum launcher_helper {
	LAUNCHER_EXAMINER,
	LAUNCHER_VISITOR,
	LAUNCHER_LOADER,
	LAUNCHER_CONTENT,
	LAUNCHER_LARGE_CONTENT, /* the same again, for what takes its time */
	LAUNCHER_METRICS,
	LAUNCHER_WRITERS, /* the first of SINKS_MAX, one for each sink there is */
	LAUNCHER_HELPERS = LAUNCHER_WRITERS + SINKS_MAX,
};

struct launcher_message {
	uint32_t word; /* enum launcher_word */
	uint32_t helper; /* HELPER, STOP: enum launcher_helper */
	uint32_t round; /* CANARY: number of the request, in its answer too */
	uint32_t address; /* request CANARY: struct canary's */
	uint32_t untried; /* answer CANARY: bit a canary_link */
	uint32_t notice; /* NOTIFY: NOTICE_* */
	uint32_t proven, hooks; /* NOTIFY: so many of so many */
};

/* The sensor's process. control: its end of the pair; sockets: those of the first helpers. */
struct launcher_sensor {
	enum exit_code (*run)(void *context, int control, const int sockets[LAUNCHER_HELPERS]);
	void *context;
	unsigned without; /* bit a launcher_helper: not wanted; its socket is -1 */
	const char *const *sinks; /* a writer each */
	unsigned sinks_count;
	unsigned end_within_ms; /* from SIGTERM to SIGKILL */
	int rules; /* descriptor for the sensor alone; the launcher closes its own; -1: none */
};

/*
 * The signals that `run` obeys wait from now on: whoever is told of one before he can obey does so
 * once he can. The launcher's, and with the mask the sensor's, for their signalfd.
 */
void launcher_hold_signals(sigset_t *ret_signals);

/*
 * Runs the sensor in a child and serves it until it ends. Returns the sensor's exit code;
 * EXIT_RUNTIME when it died.
 */
enum exit_code launcher_run(const struct launcher_sensor *sensor);

/* For the sensor: sends the request; 0 or -errno. */
int launcher_ask(int control, const struct launcher_message *request);
/*
 * Takes the next answer. *ret_fd: the descriptor that came along, -1 where none did. Returns 0,
 * -EAGAIN (none there; only when not waiting), -ETIME after wait_ms, -EPIPE: the launcher is gone.
 */
int launcher_answer(int control, int wait_ms, struct launcher_message *ret_answer, int *ret_fd);

#endif
