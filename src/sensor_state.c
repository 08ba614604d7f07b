// SPDX-License-Identifier: Apache-2.0
/* What a run takes over from the one before, and hands on to the next. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "pipeline.h"
#include "sensor.h"
#include "sources/host.h"

#define LOCK_WAIT_MS 2000 /* a killed sensor is gone within that, or hangs */
/* Anybody can cause evidence: its writing takes a tenth of our time at most. */
#define REST_FACTOR 10
#define WHY_SIZE 88 /* of event_degraded.why */
#define DEGRADED_WORD "state_file"

/* They come first, and so have room whatever follows. */
_Static_assert(
	SINK_AGAIN_MAX *(SINK_LINE_MAX + STATE_LINE_ROOM) < STATE_SLOT_SIZE, "what waits is kept");

enum exit_code sensor_state_open(struct sensor *sensor, const char *path)
{
	int err = path ? saved_state_open(path, &sensor->state.fd) : 0;

	if (err < 0)
		log_error("--state %s: %s", path,
			err == -EPERM ? "belongs to another user, has several names, or is open to "
					"others"
			: err == -EINVAL ? "is no regular file; it is left alone"
			: err == -ELOOP	 ? "is a link; it is not followed"
					 : strerror(-err));
	return exit_code_of(err);
}

static void say_unread(const char *why)
{
	log_warning("--state: %s: incidents of the run before are not known, and its file is "
		    "overwritten",
		why);
}

/* False: nothing can be taken over, which is said. */
static bool load(struct sensor *sensor, void **ret_bytes, struct state_found *ret_found)
{
	int err = saved_state_load(&sensor->state, ret_bytes, ret_found);

	switch (err) {
	case 0:
	case -ENOENT:
		break;
	case -ESTALE:
		log_info("--state: written before this boot: nothing of it holds any more");
		break;
	case -EINVAL:
		say_unread("damaged");
		break;
	case -EPROTO:
		say_unread("of another version's format");
		break;
	default:
		say_unread(strerror(-err));
		break;
	}
	return err == 0;
}

/* Whoever has it already leaves it out. */
static void send_again(struct sensor *sensor, struct span items)
{
	unsigned count = 0;
	struct state_item item;

	while (sensor->sinks && state_file_next(&items, &item)) {
		struct sink_line line = {.bytes = item.bytes.data,
			.len = item.bytes.len,
			.time_ns = item.time_ns,
			.severity = item.severity,
			.kind = SINK_ALERT,
			.again = true};

		if (item.kind != STATE_LINE)
			continue;
		sink_set_put(sensor->sinks, &line);
		count++;
	}
	if (!count)
		return;
	sink_set_flush(sensor->sinks);
	log_info("--state: %u alerts of the run before sent again", count);
}

/* One record, as of now. A record that our own decoder refuses is left out; returns how many. */
static unsigned feed_item(struct sensor *sensor, struct span bytes)
{
	static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
	struct event_header *header = (struct event_header *)record;
	struct event event;

	memcpy(record, bytes.data, bytes.len);
	header->time_ns = host_now_ns();
	if (event_decode(record, bytes.len, &event) < 0)
		return 1;
	sensor->out.feed(sensor->out.context, record, bytes.len);
	return 0;
}

static void feed_items(struct sensor *sensor, struct span items)
{
	struct pipeline_statistics statistics;
	struct state_item item;
	unsigned refused = 0;

	while (state_file_next(&items, &item))
		if (item.kind == STATE_RECORD)
			refused += feed_item(sensor, item.bytes);
	pipeline_statistics(sensor->pipeline, &statistics);
	if (statistics.restored)
		log_info("--state: %llu incidents of the run before go on",
			(unsigned long long)statistics.restored);
	if (statistics.left_out || refused)
		log_warning("--state: %llu findings of the run before mean nothing to this "
			    "version and its rules; left out",
			(unsigned long long)statistics.left_out + refused);
}

int sensor_state_restore(struct sensor *sensor)
{
	struct state_found found;
	void *bytes = NULL;
	pid_t holder = 0;
	int err;

	if (sensor->state.fd < 0)
		return 0;
	host_boot_id(sensor->state.boot_id);
	if (!sensor->state.boot_id[0]) {
		log_error(
			"--state: nobody can tell which boot this is: the boot id cannot be read");
		return -ENOSYS;
	}
	err = saved_state_lock(&sensor->state, LOCK_WAIT_MS, &holder);
	if (err < 0) {
		if (err == -EBUSY)
			log_error("--state: process %d, a sensor that runs already, writes to that "
				  "file",
				(int)holder);
		else
			log_error("--state: it cannot be locked: %s", strerror(-err));
		return -ENOSYS;
	}
	if (!load(sensor, &bytes, &found))
		return 0;
	send_again(sensor, found.items);
	feed_items(sensor, found.items);
	free(bytes);
	sensor_settle(sensor);
	return 0;
}

static void save_line(void *context, const struct sink_line *line)
{
	struct saved_state *state = context;

	state->lines++;
	state_slot_line(
		&state->slot, line->time_ns, line->severity, (struct span){line->bytes, line->len});
}

void sensor_state_save(struct sensor *sensor)
{
	struct saved_state *state = &sensor->state;
	uint64_t begin_ns = host_now_ns(), end_ns;

	state->due = false;
	state->lines = 0;
	if (state->fd < 0 || !state->slot.bytes)
		return;
	state->changes = pipeline_changes(sensor->pipeline);
	state_slot_begin(&state->slot);
	if (sensor->sinks)
		sink_set_each_pending(sensor->sinks, SINK_AGAIN_MAX, save_line, state);
	pipeline_save(sensor->pipeline, state_slot_record, &state->slot);
	saved_state_write(state);
	end_ns = host_now_ns();
	state->rest_ns = end_ns + REST_FACTOR * (end_ns - begin_ns);
}

unsigned sensor_state_kept(const struct sensor *sensor)
{
	return sensor->state.error ? 0 : sensor->state.lines;
}

/*
 * The order is what survives SIGKILL at any moment: the records are in the ring; what they led to
 * is in the file; then the ring loses them (live_consume goes on when this returns) and the sinks
 * get the alerts. Killed in between, the next run reads records again whose evidence it has, which
 * is the same evidence, and sends alerts again that may have arrived. What is lost all the same:
 *  - without pins, what the ring held;
 *  - evidence alone, of a flood of it, for up to REST_FACTOR times what a write takes (10 us with
 *    a few findings, 5 ms and more with the 4,096 there can be); alerts never wait;
 *  - what is no evidence yet: a name that DNS gave for an address nobody has connected to, the
 *    first part of a message that came in two, which call a pool's answer belongs to;
 *  - what came from an older version's ring in the run that replaced it.
 * What passes and examiners say, they say again.
 */
void sensor_settle(void *context)
{
	struct sensor *sensor = context;
	struct saved_state *state = &sensor->state;

	if (state->due || (state->fd >= 0 && host_now_ns() >= state->rest_ns &&
				  state->changes != pipeline_changes(sensor->pipeline)))
		sensor_state_save(sensor);
	if (sensor->sinks)
		sink_set_flush(sensor->sinks);
}

void sensor_state_tick(struct sensor *sensor)
{
	struct saved_state *state = &sensor->state;
	uint64_t pending = sink_set_pending(sensor->sinks);
	char why[WHY_SIZE] = "";

	if (state->fd < 0 || !state->slot.bytes)
		return;
	sensor_state_save(sensor);
	if (state->error)
		snprintf(why, sizeof(why), "%s", strerror(-state->error));
	else if (state->slot.left_out)
		snprintf(why, sizeof(why), "%u incidents do not fit into it", state->slot.left_out);
	else if (pending > SINK_AGAIN_MAX)
		snprintf(why, sizeof(why), "%llu alerts that wait for a sink are not in it",
			(unsigned long long)pending - SINK_AGAIN_MAX);
	if (why[0] && !state->lacking)
		sensor_degrade(sensor, DEGRADED_WORD, why);
	if (!why[0] && state->lacking)
		sensor_restore(sensor, DEGRADED_WORD);
	state->lacking = why[0] != '\0';
}
