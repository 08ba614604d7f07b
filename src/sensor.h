/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's loop and all it holds. */
#ifndef MINERWATCH_SENSOR_H
#define MINERWATCH_SENSOR_H

#include "launcher.h"
#include "options.h"
#include "reload.h"
#include "saved_state.h"
#include "sensor_health.h"
#include "sinks/sink_set.h"
#include "source.h"
#include "sources/examiner.h"
#include "sources/host.h"
#include "sources/hugepages.h"
#include "sources/live.h"
#include "sources/payload.h"
#include "sources/preload.h"
#include "sources/proc_listing.h"
#include "sources/record.h"
#include "sources/rounding.h"
#include "sources/sockets.h"
#include "status.h"

#define LACKING_MAX 16 /* hooks and paths a start can lack; there are fewer */

struct alert;
struct redactor;

/* What was said of dropped records on stderr (sensor_loss.c). */
struct loss {
	uint64_t said_ns; /* 0: nothing yet */
	__u64 own[CLASS_COUNT]; /* of the sensor's own, as of then; the kernel's: live_told() */
};

/* The exporter (sensor_metrics.c). */
struct metrics {
	int listener; /* -1: none is wanted */
	int fd; /* our end of its pair; -1: between two of them */
	unsigned answers; /* given since the last tick */
	bool handed; /* it has the listener */
};

struct sensor {
	struct rules *rules;
	struct reload reload;
	uint64_t remarked_ns; /* wall clock: rows of the allow-list over by then were told */
	struct pipeline *pipeline;
	struct record_out out; /* into the pipeline */
	struct sink_set *sinks; /* NULL: alerts are thrown away */
	bool alerts_lost; /* known at the end */
	const struct redactor *redactor; /* of alerts; NULL: none */
	struct record *record; /* NULL: none */
	struct saved_state state; /* for the next run */
	struct examiner *examiner;
	struct examiner *content; /* reads what was just executed */
	struct examiner *large_content; /* and what may wait for that: large files, memory, ... */
	struct live *live;
	struct payload *payload;
	struct sockets sockets;
	struct rounding rounding;
	struct hugepages hugepages;
	struct preload preload;
	struct proc_listing *listing;
	const char *listing_blind; /* as last said */
	bool passes_fail; /* so too */
	struct health health;
	struct event_counters counters; /* as last reported */
	struct loss loss;
	unsigned ring_size; /* --ring; 0: as it comes */
	uint64_t for_s;
	uint64_t heartbeat_s; /* 0: none */
	uint64_t heartbeat_ns; /* the next one */
	void (*at_end)(struct sensor *sensor); /* before anything is freed; NULL: nothing */
	uint32_t explain; /* scan: pid of the process to explain; 0: all suspects */
	int64_t wall_offset_ns; /* as last reported */
	int epoll, timer, signals;
	int control; /* to the launcher */
	int pins; /* their directory; -1: none */
	int status; /* socket at which others ask; -1: none */
	unsigned answers; /* given there since the last tick */
	struct metrics metrics;
	struct host_names names;
	bool ready;
	bool blind; /* to arithmetic, as last said */
	unsigned closed_cpus; /* as last said */
	/* When the launcher was asked for another one; 0: it was not. */
	uint64_t wanted_ns[LAUNCHER_HELPERS];
	uint64_t start_ns;
	uint64_t ready_ns;
	uint64_t longest_round_ns; /* of the loop since it was ready: how long nobody was served */
	bool started; /* the first line on stderr has been said */
	unsigned lacking_count;
	struct event_degraded lacking[LACKING_MAX];
};

/* Who wakes the loop. */
enum sensor_wake {
	WAKE_RING,
	WAKE_TIMER,
	WAKE_SIGNAL,
	WAKE_EXAMINER,
	WAKE_CONTROL,
	WAKE_STATUS,
	WAKE_VISITOR,
	WAKE_ROUND,
	WAKE_RELOAD,
	WAKE_CONTENT,
	WAKE_LARGE_CONTENT,
	WAKE_METRICS,
	WAKE_SINKS = 256, /* and which of them */
};

/* From the HOST record to the END record. What fails is said on stderr. */
enum exit_code sensor_run(struct sensor *sensor);

/*
 * Its beginning (sensor_start.c): finds out about the host, loads and attaches, drops privileges;
 * 0, -ENOSYS (said on stderr: this host cannot run it) or -errno. Last, with all set up, it gives
 * up other calls than those it needs from then on: 0 or -errno.
 */
int sensor_load(struct sensor *sensor);
int sensor_keep_calls(struct sensor *sensor);
/*
 * Its helpers (sensor_helpers.c): each second, those that have died or hang are replaced; the
 * launcher's answer with another. 0 or -errno of feeding or asking. What is watched wakes the loop.
 */
int sensor_helpers_tick(struct sensor *sensor);
int sensor_helpers_answer(struct sensor *sensor);
int sensor_watch(struct sensor *sensor, int fd, uint32_t wake);
int sensor_want(struct sensor *sensor, unsigned which); /* enum launcher_helper */
/*
 * Its sinks (sensor_sinks.c): whether a run can begin with them, -errno and said where not; a line
 * to each of them once all is settled, its time in boot time; an alert as such a line, where
 * context is the sensor; what their writers answer, 0 or -EPIPE: nobody is left to tell anything;
 * the end, which waits for them.
 */
int sensor_check_sinks(const struct alert_targets *alerts);
int sensor_put_alert(void *context, const struct alert *alert);
void sensor_put_line(struct sensor *sensor, const struct sink_line *line);
int sensor_sink_answer(struct sensor *sensor, unsigned which);
int sensor_watch_sinks(struct sensor *sensor);
void sensor_end_sinks(struct sensor *sensor);
/*
 * The records a sensor makes itself (sensor_records.c): host facts and wall clock at the start; the
 * clock again when it was stepped; counters when a loss was counted; the end. 0 or -errno of
 * feeding.
 */
int sensor_feed_host(struct sensor *sensor, unsigned cgroup_version);
int sensor_feed_wall(struct sensor *sensor);
int sensor_feed_counters(struct sensor *sensor);
void sensor_counters(
	const struct sensor *sensor, struct event_counters *ret_counters); /* as of now */
/* Of the dropped ones those that the sensor counts itself, added to counts. */
void sensor_add_own_dropped(const struct sensor *sensor, __u64 counts[static CLASS_COUNT]);
/* Says that records were dropped: once a minute at most, and the rest at the end. */
void sensor_say_loss(struct sensor *sensor, const struct event_counters *now, bool at_end);
int sensor_feed_end(struct sensor *sensor, unsigned reason);
/* context: the sensor. Makes the record and says it, after the first line at the earliest. */
void sensor_degrade(void *context, const char *what, const char *why);
/*
 * Those who ask at the status socket (sensor_status.c): answers one, when the socket wakes the
 * loop; lets those in again who were too many for the last second. 0 or -errno of epoll.
 */
int sensor_status_answer(struct sensor *sensor);
int sensor_status_tick(struct sensor *sensor);
/* What it is to say of itself, as of now. Valid as long as the sensor is and *ret_facts stays. */
struct sensor_facts {
	struct status_facts status;
	struct pipeline_statistics statistics;
	struct event_counters counters;
	__u64 delivered[CLASS_COUNT];
};
void sensor_facts(const struct sensor *sensor, struct sensor_facts *ret_facts);
/*
 * The exporter (sensor_metrics.c): takes one into service; answers it; each second, hands it the
 * listener it could not be handed, lets it ask again and says whether another one is wanted. 0 or
 * -errno of epoll.
 */
void sensor_metrics_renew(struct sensor *sensor, int fd);
int sensor_metrics_answer(struct sensor *sensor);
int sensor_metrics_tick(struct sensor *sensor, bool *ret_wanted);
/* Each second: the status line to the sinks, when a heartbeat is due. */
void sensor_heartbeat_tick(struct sensor *sensor);
/*
 * The pass of a tick (sensor_pass.c), with the listings of /proc around it; fills in what the TICK
 * says of it. 0 or -errno of feeding.
 */
int sensor_pass(struct sensor *sensor, struct event_tick *tick);
/*
 * Looking at arithmetic (sensor_rounding.c): the test at the start; each second, true where another
 * visiting process is wanted; each round of a burst and each visit made, 0 or -errno of feeding.
 */
void sensor_rounding_start(struct sensor *sensor);
bool sensor_rounding_tick(struct sensor *sensor);
int sensor_rounding_round(struct sensor *sensor);
int sensor_rounding_answer(struct sensor *sensor);
/*
 * Other rules (sensor_reload.c): takes what the loading process has sent, and swaps. 0 or -errno of
 * feeding. The tick: true where another loading process is wanted.
 */
int sensor_reload_take(struct sensor *sensor);
bool sensor_reload_tick(struct sensor *sensor);
/* What reads files and memory works by the set in force: its bundle, taken over. */
void sensor_hand_rules(struct sensor *sensor, int bundle);
/* A new loading process: tells it what to do. */
void sensor_reload_renew(struct sensor *sensor, int fd);
/*
 * The state file (sensor_state.c): opened before the launcher forks, path NULL: none; what is wrong
 * is said. Behind HOST, what the run before has left goes on; 0, -ENOSYS (said): another sensor
 * writes to it, it cannot be locked, or nobody can tell which boot this is; or -errno of feeding.
 * Settling, context is the sensor, after each round of the loop and before the ring loses records:
 * what came of those fed so far is written down, then sinks get the alerts of it. Saving: for the
 * last time when no sink will take any more. Each second: what has changed; whether that fails is
 * said.
 */
enum exit_code sensor_state_open(struct sensor *sensor, const char *path);
int sensor_state_restore(struct sensor *sensor);
void sensor_settle(void *context);
void sensor_state_save(struct sensor *sensor);
unsigned sensor_state_kept(const struct sensor *sensor); /* alerts in what was last saved */
void sensor_state_tick(struct sensor *sensor);
/*
 * What the kernel sends (sensor_wire.c): record_fn, context is the sensor; each second, payload
 * that nobody knows and the sockets asked for. 0 or -errno of feeding.
 */
int sensor_take(void *context, void *record, size_t len);
int sensor_wire_tick(struct sensor *sensor);
/* Opposite of sensor_degrade: it is back. */
void sensor_restore(void *context, const char *what);
/* The first line: what is watched and what is lacking. */
void sensor_say_start(struct sensor *sensor, unsigned cgroup_version);

#endif
