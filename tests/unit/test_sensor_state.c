/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that an alert is written down before a sink has it, and what a next run does with that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core_fixture.h"
#include "sensor.h"
#include "sources/host.h"
#include "trace_fixture.h"

static struct core core; /* for its rules alone */
static struct sensor sensor;
static const char *path;

/* What the sinks were given. */
static unsigned written, again;
static char last[ALERT_LINE_MAX];
static size_t last_len;
static int write_result;

/* What the file holds now. */
static unsigned lines_held, incidents_held;
static uint32_t seq_held;
static bool last_held; /* among its lines */

static void look(void)
{
	char boot_id[STATE_BOOT_ID_SIZE];
	struct state_found found;
	struct state_item item;
	size_t len;
	char *bytes = file_read(path, &len);

	lines_held = incidents_held = seq_held = 0;
	last_held = false;
	host_boot_id(boot_id);
	assert_int_equal(state_file_find(bytes, len, boot_id, &found), 0);
	while (state_file_next(&found.items, &item)) {
		const struct event_incident *incident = (const void *)item.bytes.data;

		lines_held += item.kind == STATE_LINE;
		last_held |= item.kind == STATE_LINE && item.bytes.len == last_len &&
			     memcmp(item.bytes.data, last, last_len) == 0;
		if (item.kind != STATE_RECORD || incident->header.type != EVENT_INCIDENT)
			continue;
		incidents_held++;
		seq_held = incident->seq;
	}
	free(bytes);
}

static int take(struct sink *sink, const char *line, size_t len)
{
	(void)sink;
	written++;
	memcpy(last, line, len);
	last_len = len;
	look();
	return write_result;
}

static int take_again(struct sink *sink, const char *line, size_t len)
{
	(void)sink;
	again++;
	assert_int_equal(len, last_len);
	assert_memory_equal(line, last, len);
	return 0;
}

static const struct sink_type sink_test = {
	.name = "test", .write = take, .write_again = take_again};

static int write_alert(void *context, const struct alert *alert)
{
	static char line[ALERT_LINE_MAX];
	size_t len = alert_json(alert, NULL, line);

	return sensor_state_write_alert(context, (struct span){line, len});
}

static int begin(void)
{
	struct pipeline_config config = {
		.rules = core.rules, .alert = write_alert, .context = &sensor};

	memset(&sensor, 0, sizeof(sensor));
	sensor.sink.type = &sink_test;
	sensor.pipeline = pipeline_new(&config);
	assert_non_null(sensor.pipeline);
	sensor.out = (struct record_out){.feed = pipeline_feed, .context = sensor.pipeline};
	assert_int_equal(saved_state_open(path, &sensor.state.fd), 0);
	return sensor_state_restore(&sensor);
}

/* As SIGKILL does it: nothing is written any more. */
static void killed(void)
{
	saved_state_done(&sensor.state);
	close(sensor.state.fd);
	pipeline_free(sensor.pipeline);
}

static int set_up(void **state)
{
	(void)state;
	core_open(&core);
	path = scratch_path("state");
	unlink(path);
	written = again = 0;
	write_result = 0;
	last_len = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	core_close(&core);
	return 0;
}

static void exec_miner(uint32_t pid)
{
	struct core_process miner = {.pid = pid, .start_ns = 5, .session = pid};
	__u64 record[CORE_RECORD];
	size_t len = core_make_exec(record, EVENT_EXEC, host_now_ns(), &miner, &core_miner);

	sensor.out.feed(sensor.out.context, record, len);
}

static void written_down_first(void **state)
{
	(void)state;
	assert_int_equal(begin(), 0);
	exec_miner(200);
	assert_int_equal(written, 1);
	/* as the sink was called */
	assert_true(last_held);
	assert_int_equal(lines_held, 1);
	assert_int_equal(incidents_held, 1);
	assert_int_equal(seq_held, 1);
	exec_miner(201); /* the first one has arrived */
	assert_true(last_held);
	assert_int_equal(lines_held, 1);
	assert_int_equal(incidents_held, 2);
	sensor_state_tick(&sensor);
	look();
	assert_int_equal(lines_held, 0);
	assert_int_equal(incidents_held, 2);
	killed();
}

static void killed_before_it_arrived(void **state)
{
	struct pipeline_statistics statistics;

	(void)state;
	assert_int_equal(begin(), 0);
	write_result = -EIO; /* or so: it is not said to have arrived */
	exec_miner(200);
	sensor_state_end(&sensor);
	look();
	assert_int_equal(lines_held, 1);
	killed();
	write_result = 0;
	assert_int_equal(begin(), 0);
	assert_int_equal(again, 1);
	pipeline_statistics(sensor.pipeline, &statistics);
	assert_int_equal(statistics.restored, 1);
	exec_miner(200);
	assert_int_equal(written, 1); /* it is known */
	sensor_state_tick(&sensor);
	look();
	assert_int_equal(lines_held, 0);
	killed();
	assert_int_equal(begin(), 0);
	assert_int_equal(again, 1);
	killed();
}

static void ended_with_what_stood(void **state)
{
	(void)state;
	assert_int_equal(begin(), 0);
	sensor_state_tick(&sensor);
	exec_miner(200);
	sensor_state_end(&sensor);
	look();
	assert_int_equal(lines_held, 0);
	assert_int_equal(incidents_held, 1);
	killed();
}

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define MINER_IMAGE "docker.io/kannix/monero-miner:latest"

/* The container's answer says more than it did: by other rules it could mean more. */
static void put_other(void *context, const void *record, size_t len)
{
	__u64 words[CORE_RECORD];
	struct event_container *container = (struct event_container *)words;

	memcpy(words, record, len);
	if (container->header.type == EVENT_CONTAINER) {
		container->lengths[CONTAINER_TEXT_IMAGE] = sizeof(MINER_IMAGE);
		memcpy((char *)words + len, MINER_IMAGE, sizeof(MINER_IMAGE));
		len += sizeof(MINER_IMAGE);
		container->header.size = (__u32)len;
	}
	state_slot_record(context, words, len);
}

/* An alert that the restoring itself leads to finds everything written down. */
static void all_is_there_before_the_first_alert(void **state)
{
	static const struct core_process first = {.pid = 200, .start_ns = 5, .cgroup_id = 9};
	static const struct core_process second = {.pid = 300, .start_ns = 5, .session = 300};
	struct saved_state saved = {.fd = -1};
	struct state_found found;
	void *bytes;

	(void)state;
	core.now_ns = SECONDS(1);
	core_cgroup(&core, 9, "/system.slice/docker-" HEX64 ".scope");
	core_exec(&core, &first, &core_miner);
	core_container(&core, &first, 9, HEX64);
	core_exec(&core, &second, &core_miner);
	assert_int_equal(core.opened, 2);
	host_boot_id(saved.boot_id);
	assert_int_equal(saved_state_open(path, &saved.fd), 0);
	assert_int_equal(saved_state_load(&saved, &bytes, &found), -ENOENT);
	state_slot_begin(&saved.slot);
	pipeline_save(core.pipeline, put_other, &saved.slot);
	saved_state_write(&saved);
	saved_state_done(&saved);
	close(saved.fd);
	assert_int_equal(begin(), 0);
	assert_int_equal(written, 1);
	assert_int_equal(incidents_held, 2);
	killed();
}

/* The run begins with nothing, and writes over it. */
static void a_damaged_file(void **state)
{
	struct pipeline_statistics statistics;
	char noise[300];

	(void)state;
	memset(noise, 7, sizeof(noise));
	file_write(path, noise, sizeof(noise));
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(begin(), 0);
	pipeline_statistics(sensor.pipeline, &statistics);
	assert_int_equal(statistics.restored, 0);
	exec_miner(200);
	assert_true(last_held);
	killed();
	assert_int_equal(begin(), 0);
	pipeline_statistics(sensor.pipeline, &statistics);
	assert_int_equal(statistics.restored, 1);
	killed();
}

/* Nothing is known, and nothing is lost by it. */
static void without_a_file(void **state)
{
	struct pipeline_config config = {
		.rules = core.rules, .alert = write_alert, .context = &sensor};

	(void)state;
	assert_int_equal(begin(), 0);
	sensor_state_tick(&sensor);
	killed();
	memset(&sensor, 0, sizeof(sensor));
	sensor.sink.type = &sink_test;
	sensor.state.fd = -1;
	sensor.pipeline = pipeline_new(&config);
	sensor.out = (struct record_out){.feed = pipeline_feed, .context = sensor.pipeline};
	assert_int_equal(sensor_state_restore(&sensor), 0);
	exec_miner(200);
	sensor_state_tick(&sensor);
	sensor_state_end(&sensor);
	assert_int_equal(written, 1);
	assert_int_equal(incidents_held, 0);
	pipeline_free(sensor.pipeline);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(written_down_first),
		TEST(killed_before_it_arrived),
		TEST(ended_with_what_stood),
		TEST(all_is_there_before_the_first_alert),
		TEST(a_damaged_file),
		TEST(without_a_file),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
