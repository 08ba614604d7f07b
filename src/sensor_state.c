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
#define WHY_SIZE 88 /* of event_degraded.why */
#define DEGRADED_WORD "state_file"

enum exit_code sensor_state_open(struct sensor *sensor, const char *path)
{
	int err = path ? saved_state_open(path, &sensor->state.fd) : 0;

	if (err == 0)
		return EXIT_OK;
	log_error("--state %s: %s", path,
		err == -EPERM	 ? "belongs to another user, has several names, or is open to "
				   "others"
		: err == -EINVAL ? "is no regular file; it is left alone"
		: err == -ELOOP	 ? "is a link; it is not followed"
				 : strerror(-err));
	return EXIT_USAGE;
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
static int send_again(struct sensor *sensor, struct span items)
{
	struct unacknowledged *lines = &sensor->state.lines;
	unsigned count = 0;
	struct state_item item;
	int err = 0;

	while (state_file_next(&items, &item)) {
		if (item.kind != STATE_LINE)
			continue;
		unacknowledged_add(lines, item.bytes);
		count++;
	}
	for (unsigned i = 0; i < lines->count && err >= 0; i++)
		err = sink_write_again(&sensor->sink, lines->lines[i].data, lines->lines[i].len);
	if (err >= 0)
		unacknowledged_up_to(lines, lines->last);
	if (count)
		log_info("--state: %u alerts of the run before sent again", count);
	return err;
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

/*
 * The CONTAINERs last: what they say may lead to an alert, before which all is written down, and by
 * then there must be all.
 */
static void feed_items(struct sensor *sensor, struct span items)
{
	struct pipeline_statistics statistics;
	unsigned refused = 0;

	for (unsigned pass = 0; pass < 2; pass++) {
		struct span rest = items;
		struct state_item item;

		while (state_file_next(&rest, &item)) {
			struct event_header header;

			if (item.kind != STATE_RECORD)
				continue;
			memcpy(&header, item.bytes.data, sizeof(header));
			if ((header.type == EVENT_CONTAINER) == (pass == 1))
				refused += feed_item(sensor, item.bytes);
		}
	}
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
	err = send_again(sensor, found.items);
	if (err >= 0)
		feed_items(sensor, found.items);
	free(bytes);
	return err;
}

static void save(struct sensor *sensor)
{
	struct saved_state *state = &sensor->state;

	state_slot_begin(&state->slot);
	for (unsigned i = 0; i < state->lines.count; i++)
		state_slot_line(&state->slot, state->lines.lines[i]);
	pipeline_save(sensor->pipeline, state_slot_record, &state->slot);
	saved_state_write(state);
}

int sensor_state_write_alert(struct sensor *sensor, struct span line)
{
	struct saved_state *state = &sensor->state;
	uint64_t number;
	int err;

	if (state->fd < 0 || !state->slot.bytes)
		return sink_write(&sensor->sink, line.data, line.len);
	number = unacknowledged_add(&state->lines, line);
	save(sensor);
	err = sink_write(&sensor->sink, line.data, line.len);
	/* The one place that knows when a line has arrived: here, when it was written. */
	if (err >= 0)
		unacknowledged_up_to(&state->lines, number);
	return err;
}

void sensor_state_tick(struct sensor *sensor)
{
	struct saved_state *state = &sensor->state;
	char why[WHY_SIZE] = "";

	if (state->fd < 0 || !state->slot.bytes)
		return;
	save(sensor);
	if (state->error)
		snprintf(why, sizeof(why), "%s", strerror(-state->error));
	else if (state->slot.left_out)
		snprintf(why, sizeof(why), "%u incidents do not fit into it", state->slot.left_out);
	else if (state->lines.forgotten)
		snprintf(why, sizeof(why), "%llu alerts that wait for a sink are not in it",
			(unsigned long long)state->lines.forgotten);
	if (why[0] && !state->lacking)
		sensor_degrade(sensor, DEGRADED_WORD, why);
	if (!why[0] && state->lacking)
		sensor_restore(sensor, DEGRADED_WORD);
	state->lacking = why[0] != '\0';
}

void sensor_state_end(struct sensor *sensor)
{
	if (sensor->state.fd >= 0 && sensor->state.slot.bytes)
		save(sensor);
}
