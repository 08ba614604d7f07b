/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that an alert is written down before a sink has it, and what a next run does with that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core_fixture.h"
#include "sensor.h"
#include "sinks/writer.h"
#include "sources/host.h"
#include "trace_fixture.h"

#define SINKS 2
#define WALL_OFFSET_NS INT64_C(1700000000000000000)
#define ROUND 16 /* alerts, not more than a writer is handed at once */

static struct core core; /* for its rules alone */
static struct sensor sensor;
static const char *path;

/* The writers' ends are the test's, and what the last line handed to one of them was. */
static int writers[SINKS];
static unsigned handed;
static struct writer_head last_head;
static char last[ALERT_LINE_MAX];
static size_t last_len;

/* What the file holds now. */
static unsigned lines_held, incidents_held;
static uint32_t seq_held;
static bool last_held; /* among its lines, with its time and severity */

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
			     memcmp(item.bytes.data, last, last_len) == 0 &&
			     item.time_ns == last_head.time_ns &&
			     item.severity == last_head.severity;
		if (item.kind != STATE_RECORD || incident->header.type != EVENT_INCIDENT)
			continue;
		incidents_held++;
		seq_held = incident->seq;
	}
	free(bytes);
}

/* In the place of libc's: what the file holds at the moment a writer is handed a line. */
ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	const struct iovec *parts = message->msg_iov;

	handed++;
	assert_int_equal(message->msg_iovlen, 2);
	assert_int_equal(parts[0].iov_len, sizeof(last_head));
	memcpy(&last_head, parts[0].iov_base, sizeof(last_head));
	assert_true(parts[1].iov_len <= sizeof(last));
	memcpy(last, parts[1].iov_base, parts[1].iov_len);
	last_len = parts[1].iov_len;
	if (sensor.state.fd >= 0) {
		look();
		assert_true(last_held);
	}
	return syscall(SYS_sendmsg, fd, message, flags);
}

/* The writer takes all it has been handed and answers for it. */
static void answer(unsigned which)
{
	static char packet[sizeof(struct writer_head) + SINK_LINE_MAX];

	while (recv(writers[which], packet, sizeof(packet), MSG_DONTWAIT) > 0) {
		struct writer_answer written = {0};

		memcpy(&written.number, packet + offsetof(struct writer_head, number),
			sizeof(written.number));
		assert_int_equal(send(writers[which], &written, sizeof(written), MSG_NOSIGNAL),
			sizeof(written));
	}
	assert_int_equal(sensor_sink_answer(&sensor, which), 0);
}

static void start(int state)
{
	static const char *const targets[SINKS] = {"/a", "unix:/b"};
	struct pipeline_config config = {
		.rules = core.rules, .alert = sensor_put_alert, .context = &sensor};
	int sockets[SINKS];

	for (unsigned i = 0; i < SINKS; i++) {
		int ends[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
		sockets[i] = ends[0];
		writers[i] = ends[1];
	}
	sensor =
		(struct sensor){.state.fd = state, .control = -1, .wall_offset_ns = WALL_OFFSET_NS};
	sensor.sinks = sink_set_new(targets, SINKS, sockets);
	assert_non_null(sensor.sinks);
	sensor.pipeline = pipeline_new(&config);
	assert_non_null(sensor.pipeline);
	sensor.out = (struct record_out){.feed = pipeline_feed, .context = sensor.pipeline};
}

static int begin(void)
{
	int fd;

	assert_int_equal(saved_state_open(path, &fd), 0);
	start(fd);
	return sensor_state_restore(&sensor);
}

/* As SIGKILL does it: nothing is written any more. */
static void killed(void)
{
	saved_state_done(&sensor.state);
	if (sensor.state.fd >= 0)
		close(sensor.state.fd);
	pipeline_free(sensor.pipeline);
	sink_set_free(sensor.sinks);
	for (unsigned i = 0; i < SINKS; i++)
		close(writers[i]);
}

static int set_up(void **state)
{
	(void)state;
	core_open(&core);
	path = scratch_path("state");
	unlink(path);
	handed = 0;
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

/* As a round in which the ring held nothing else. */
static void round_of(uint32_t pid)
{
	exec_miner(pid);
	sensor_settle(&sensor);
}

static void written_down_first(void **state)
{
	(void)state;
	assert_int_equal(begin(), 0);
	round_of(200);
	assert_int_equal(handed, SINKS);
	/* as they were handed the line */
	assert_int_equal(lines_held, 1);
	assert_int_equal(incidents_held, 1);
	assert_int_equal(seq_held, 1);
	assert_true(last_head.time_ns > WALL_OFFSET_NS);
	answer(0);
	answer(1);
	round_of(201); /* the first one has arrived */
	assert_int_equal(handed, 2 * SINKS);
	assert_int_equal(lines_held, 1);
	assert_int_equal(incidents_held, 2);
	answer(0);
	sensor_state_tick(&sensor);
	look();
	assert_true(last_held); /* the other sink may not have it */
	answer(1);
	sensor_state_tick(&sensor);
	look();
	assert_int_equal(lines_held, 0);
	assert_int_equal(incidents_held, 2);
	killed();
}

static void killed_before_it_arrived(void **state)
{
	struct pipeline_statistics statistics;
	static char line[ALERT_LINE_MAX];
	struct writer_head head;
	size_t len;

	(void)state;
	assert_int_equal(begin(), 0);
	round_of(200);
	assert_int_equal(last_head.again, 0);
	killed();
	head = last_head;
	len = last_len;
	memcpy(line, last, len);
	handed = 0;
	assert_int_equal(begin(), 0);
	assert_int_equal(handed, SINKS);
	assert_int_equal(last_head.again, 1);
	assert_int_equal(last_head.time_ns, head.time_ns);
	assert_int_equal(last_head.severity, head.severity);
	assert_int_equal(last_head.kind, SINK_ALERT);
	assert_int_equal(last_len, len);
	assert_memory_equal(last, line, len);
	pipeline_statistics(sensor.pipeline, &statistics);
	assert_int_equal(statistics.restored, 1);
	round_of(200);
	assert_int_equal(handed, SINKS); /* it is known */
	answer(0);
	answer(1);
	sensor_state_tick(&sensor);
	look();
	assert_int_equal(lines_held, 0);
	killed();
	assert_int_equal(begin(), 0);
	assert_int_equal(handed, SINKS);
	killed();
}

/* Weak evidence, which leads to no alert, by a record that comes once. */
static void connect_to_a_port(uint32_t pid)
{
	static const uint8_t address[4] = {198, 51, 100, 7};
	struct core_process process = {.pid = pid, .start_ns = 5, .session = pid};
	__u64 record[CORE_RECORD];
	size_t len = core_make_connect(record, host_now_ns(), &process, address, 3333, IPPROTO_TCP);

	sensor.out.feed(sensor.out.context, record, len);
}

/* Nobody is alerted, and who is killed before the next tick knows it all the same. */
static void evidence_alone_is_written_down(void **state)
{
	uint64_t writes;

	(void)state;
	assert_int_equal(begin(), 0);
	sensor_state_tick(&sensor);
	sensor.state.rest_ns = 0;
	connect_to_a_port(200);
	sensor_settle(&sensor);
	assert_int_equal(handed, 0);
	look();
	assert_int_equal(incidents_held, 1);
	writes = sensor.state.sequence;
	sensor.state.rest_ns = 0;
	sensor_settle(&sensor); /* nothing is new */
	assert_int_equal(sensor.state.sequence, writes);
	killed();
	assert_int_equal(begin(), 0);
	sensor_state_tick(&sensor);
	look();
	assert_int_equal(incidents_held, 1);
	killed();
}

/* Anybody can connect a thousand times a second; alerts are few, and wait for nothing. */
static void evidence_alone_can_wait(void **state)
{
	uint64_t writes;

	(void)state;
	assert_int_equal(begin(), 0);
	sensor_state_tick(&sensor);
	assert_true(sensor.state.rest_ns > host_now_ns() - SECONDS(1));
	sensor.state.rest_ns = UINT64_MAX;
	writes = sensor.state.sequence;
	connect_to_a_port(200);
	sensor_settle(&sensor);
	assert_int_equal(sensor.state.sequence, writes);
	round_of(201);
	assert_int_equal(handed, SINKS);
	assert_int_equal(sensor.state.sequence, writes + 1);
	assert_int_equal(incidents_held, 2);
	sensor.state.rest_ns = UINT64_MAX;
	connect_to_a_port(202);
	sensor_state_tick(&sensor);
	look();
	assert_int_equal(incidents_held, 3);
	killed();
}

/* Many alerts of one round are one write, and none of them is handed out before it. */
static void written_once_a_round(void **state)
{
	uint64_t writes;

	(void)state;
	assert_int_equal(begin(), 0);
	sensor_state_tick(&sensor);
	writes = sensor.state.sequence;
	for (uint32_t pid = 200; pid < 200 + ROUND; pid++) {
		exec_miner(pid);
		answer(0); /* as if a writer spoke just then */
	}
	assert_int_equal(handed, 0);
	assert_int_equal(sensor.state.sequence, writes);
	sensor_settle(&sensor);
	assert_int_equal(handed, SINKS * ROUND);
	assert_int_equal(sensor.state.sequence, writes + 1);
	assert_int_equal(incidents_held, ROUND);
	killed();
}

static void ended_with_what_stood(void **state)
{
	(void)state;
	assert_int_equal(begin(), 0);
	sensor_state_tick(&sensor);
	round_of(200);
	answer(0);
	answer(1);
	sensor_end_sinks(&sensor);
	look();
	assert_int_equal(lines_held, 0);
	assert_int_equal(incidents_held, 1);
	killed();
}

/* One writer says nothing until the end: its line waits for the next run, and is not lost. */
static void ended_before_it_arrived(void **state)
{
	(void)state;
	assert_int_equal(begin(), 0);
	round_of(200);
	answer(0);
	sensor_end_sinks(&sensor);
	assert_false(sensor.alerts_lost);
	assert_int_equal(sink_set_counters(sensor.sinks, 1).lost, 0);
	look();
	assert_true(last_held);
	killed();
}

static void put_line(unsigned number)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u\n", number);

	sensor_put_line(&sensor, &(struct sink_line){.bytes = text,
					 .len = (size_t)len,
					 .severity = SEVERITY_HIGH,
					 .kind = SINK_ALERT});
	sensor_settle(&sensor);
}

/* A run ends without a word of either writer: what the file holds of its lines is not lost. */
static void lost_at_the_end(void **state)
{
	static const struct {
		unsigned lines;
		bool file, breaks; /* before the last line, which a writer has no room for */
		unsigned lost;
	} rows[] = {
		{SINK_AGAIN_MAX + 1, true, false, 1},
		{3, false, false, 3},
		{ROUND + 1, true, true, ROUND + 1},
	};

	(void)state;
	for (unsigned i = 0; i < COUNT(rows); i++) {
		unlink(path);
		if (rows[i].file)
			assert_int_equal(begin(), 0);
		else
			start(-1);
		for (unsigned line = 1; line <= rows[i].lines; line++) {
			if (rows[i].breaks && line == rows[i].lines) {
				close(sensor.state.fd);
				sensor.state.fd = open(path, O_RDONLY | O_CLOEXEC);
			}
			put_line(line);
		}
		sensor_end_sinks(&sensor);
		assert_int_equal(sensor.alerts_lost, rows[i].lost > 0);
		for (unsigned which = 0; which < SINKS; which++)
			assert_int_equal(sink_set_counters(sensor.sinks, which).lost, rows[i].lost);
		killed();
	}
}

/* The last ones are kept, and that others are not is said until they have arrived. */
static void more_than_it_takes(void **state)
{
	(void)state;
	assert_int_equal(begin(), 0);
	for (unsigned i = 0; i < SINK_AGAIN_MAX; i++)
		put_line(i);
	sensor_state_tick(&sensor);
	look();
	assert_int_equal(lines_held, SINK_AGAIN_MAX);
	assert_int_equal(sensor.lacking_count, 0);
	put_line(SINK_AGAIN_MAX);
	sensor_state_tick(&sensor);
	look();
	assert_int_equal(lines_held, SINK_AGAIN_MAX);
	assert_int_equal(sensor.lacking_count, 1);
	assert_string_equal(sensor.lacking[0].what, "state_file");
	while (!sink_set_empty(sensor.sinks)) {
		answer(0);
		answer(1);
	}
	sensor_state_tick(&sensor);
	look();
	assert_int_equal(lines_held, 0);
	assert_int_equal(sensor.lacking_count, 0);
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
	assert_int_equal(handed, SINKS);
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
	round_of(200);
	assert_int_equal(handed, SINKS);
	killed();
	assert_int_equal(begin(), 0);
	pipeline_statistics(sensor.pipeline, &statistics);
	assert_int_equal(statistics.restored, 1);
	killed();
}

/* Nothing is known, and nothing is lost by it. */
static void without_a_file(void **state)
{
	(void)state;
	start(-1);
	assert_int_equal(sensor_state_restore(&sensor), 0);
	round_of(200);
	sensor_state_tick(&sensor);
	assert_int_equal(handed, SINKS);
	assert_int_equal(access(path, F_OK), -1);
	answer(0);
	answer(1);
	sensor_end_sinks(&sensor);
	assert_false(sensor.alerts_lost);
	killed();
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(written_down_first),
		TEST(killed_before_it_arrived),
		TEST(evidence_alone_is_written_down),
		TEST(evidence_alone_can_wait),
		TEST(written_once_a_round),
		TEST(ended_with_what_stood),
		TEST(ended_before_it_arrived),
		TEST(lost_at_the_end),
		TEST(more_than_it_takes),
		TEST(all_is_there_before_the_first_alert),
		TEST(a_damaged_file),
		TEST(without_a_file),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
