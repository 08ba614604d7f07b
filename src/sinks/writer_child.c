/* SPDX-License-Identifier: Apache-2.0 */
/* The process that writes to one sink: takes a line, writes it, says what became of it. */
#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "privileges.h"
#include "promises.h"
#include "sinks/line_queue.h"
#include "sinks/receiver.h"
#include "sinks/sinks.h"
#include "sinks/writer.h"
#include "util/fd_message.h"

#define TO_OPEN_FILES (PRIVILEGE(CAP_DAC_OVERRIDE) | PRIVILEGE(CAP_DAC_READ_SEARCH))
#define AGAIN_FIRST_MS 20
#define AGAIN_LAST_MS 1000
#define LOOK_LAST_MS 64 /* whether the receiver has read: nobody tells */

struct writer {
	struct sink sink;
	uint64_t on_way[LINE_QUEUE_WINDOW]; /* numbers of lines sent, but not taken yet */
	unsigned on_way_count;
	int told; /* the trouble last told of; 0: none */
};

struct packet {
	struct writer_head head;
	char bytes[SINK_LINE_MAX];
};

static void answer(uint64_t number, int error)
{
	struct writer_answer answer = {.number = number, .error = error};

	packet_send(STDIN_FILENO, &answer, sizeof(answer));
}

static void tell(struct writer *writer, int error)
{
	if (error != writer->told)
		answer(0, error);
	writer->told = error;
}

/* Before the next try. False: the sensor wants no more of them. */
static bool wait_again(int *wait_ms)
{
	struct pollfd sensor = {.fd = STDIN_FILENO, .events = POLLRDHUP};

	*wait_ms = *wait_ms ? 2 * *wait_ms : AGAIN_FIRST_MS;
	if (*wait_ms > AGAIN_LAST_MS)
		*wait_ms = AGAIN_LAST_MS;
	return poll(&sensor, 1, *wait_ms) == 0;
}

static bool open_target(struct writer *writer, const char *target)
{
	int wait_ms = 0, err;

	while ((err = sink_open(target, &writer->sink)) < 0) {
		tell(writer, err);
		if (!wait_again(&wait_ms))
			return false;
	}
	writer->told = 0;
	return true;
}

static void answer_taken(struct writer *writer)
{
	for (unsigned i = 0; i < writer->on_way_count; i++)
		answer(writer->on_way[i], 0);
	writer->on_way_count = 0;
}

/* A connection: what is sent is written once the other end has it. False: it is broken. */
static bool send_line(struct writer *writer, uint64_t number, const struct sink_line *line)
{
	int err = receiver_gone(writer->sink.fd) ? -ECONNRESET : sink_write(&writer->sink, line);

	if (err == -EMSGSIZE) {
		answer(number, err);
		return true;
	}
	if (err < 0) {
		tell(writer, err);
		return false;
	}
	writer->on_way[writer->on_way_count++] = number;
	return true;
}

/* Tries until it is written. False: the sensor wants no more tries. */
static bool write_line(struct writer *writer, uint64_t number, const struct sink_line *line)
{
	int wait_ms = 0, err;

	while ((err = sink_write(&writer->sink, line)) < 0) {
		if (err == -EPIPE && writer->sink.type->gone_for_good) {
			answer(number, err);
			return true;
		}
		tell(writer, err);
		if (!wait_again(&wait_ms))
			return false;
	}
	writer->told = 0;
	answer(number, 0);
	return true;
}

static bool take_line(struct writer *writer)
{
	static struct packet packet;
	ssize_t len = recv(STDIN_FILENO, &packet, sizeof(packet), 0);
	struct sink_line line = {
		.bytes = packet.bytes,
		.len = (size_t)len - sizeof(packet.head),
		.time_ns = packet.head.time_ns,
		.severity = (enum severity)packet.head.severity,
		.kind = (enum sink_kind)packet.head.kind,
		.again = packet.head.again,
		.host = packet.head.host,
	};

	if (len <= (ssize_t)sizeof(packet.head))
		return false; /* the sensor has nothing more to say */
	packet.head.host[sizeof(packet.head.host) - 1] = '\0';
	return writer->sink.type->connection ? send_line(writer, packet.head.number, &line)
					     : write_line(writer, packet.head.number, &line);
}

/* One wake-up. False: that was the last. */
static bool serve(struct writer *writer, int *look_ms)
{
	struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = writer->sink.type->connection ? writer->sink.fd : -1, .events = POLLRDHUP}};

	if (writer->on_way_count == LINE_QUEUE_WINDOW) /* nothing comes before some are taken */
		fds[0].events = POLLRDHUP;
	if (poll(fds, 2, writer->on_way_count ? *look_ms : -1) < 0)
		return errno == EINTR;
	*look_ms = *look_ms < LOOK_LAST_MS ? 2 * *look_ms : *look_ms;
	if (writer->on_way_count && receiver_has_all(writer->sink.fd))
		answer_taken(writer);
	if (fds[1].revents) {
		tell(writer, -ECONNRESET);
		return false;
	}
	if (!fds[0].revents)
		return true;
	*look_ms = 1;
	if (!take_line(writer))
		return false;
	if (writer->on_way_count && receiver_has_all(writer->sink.fd))
		answer_taken(writer);
	return true;
}

void writer_child(int fd, const char *target)
{
	static const int not_for_us[] = {SIGTERM, SIGHUP, SIGUSR1};
	struct writer writer = {0};
	int look_ms = 1;
	bool early;

	/* Told to everybody at once, they would end us before the last line is written. */
	for (unsigned i = 0; i < sizeof(not_for_us) / sizeof(not_for_us[0]); i++)
		signal(not_for_us[i], SIG_IGN);
	if (helper_begin(fd) < 0)
		return;
	/* A server may stay away for long; to reach it takes no privilege. */
	early = sink_type_of(target)->connection;
	if (early && promise_keep(SECCOMP_WRITER) < 0)
		return;
	/* A file may stay away as well; to open it takes no look into others' processes. */
	if (!early && privileges_keep(TO_OPEN_FILES) < 0)
		return;
	if (!open_target(&writer, target) || (!early && promise_keep(SECCOMP_WRITER) < 0))
		return;
	while (serve(&writer, &look_ms))
		;
	if (writer.on_way_count && receiver_leave(writer.sink.fd))
		answer_taken(&writer);
}
