/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's end of one sink: hands lines to its writer, believes its answers. */
#include "sinks/sink_end.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "log.h"
#include "sinks/writer.h"

#define SAY_AGAIN_NS UINT64_C(60000000000) /* of losses, and of what keeps failing */
#define FINISH_WITHIN_NS UINT64_C(1000000000) /* a writer that is to be replaced */

static int hand_out(int fd, const struct kept_line *kept, bool again)
{
	const struct sink_line *line = &kept->line;
	struct writer_head head = {
		.number = kept->number,
		.time_ns = line->time_ns,
		.severity = line->severity,
		.kind = line->kind,
		.again = again,
	};
	struct iovec parts[] = {
		{&head, sizeof(head)}, {.iov_base = (void *)line->bytes, .iov_len = line->len}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	snprintf(head.host, sizeof(head.host), "%s", line->host);
	return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void sink_end_flush(struct sink_end *end)
{
	const struct kept_line *kept;
	bool again;

	while (end->fd >= 0 && (kept = line_queue_next(&end->queue, &again)) &&
		hand_out(end->fd, kept, again) == 0)
		line_queue_handed(&end->queue);
}

static void answered(struct sink_end *end, const struct writer_answer *answer)
{
	if (answer->number == 0) {
		end->trouble = answer->error;
		return;
	}
	line_queue_answer(&end->queue, answer->number, answer->error == 0);
	if (answer->error == 0) {
		if (end->trouble_said)
			log_info("--alerts %s: works again", end->target);
		end->trouble = 0;
		end->trouble_said = false;
		return;
	}
	end->lost_for = answer->error;
	if (answer->error == -EPIPE) {
		end->gone = true;
		line_queue_give_up(&end->queue, LINE_QUEUE_NONE_KEPT);
	}
}

/*
 * True: it has ended. One that ended with lines unread leaves an error before its last answers,
 * once (AF_UNIX).
 */
bool sink_end_take_answers(struct sink_end *end)
{
	struct writer_answer answer;
	ssize_t len;

	for (;;) {
		len = recv(end->fd, &answer, sizeof(answer), MSG_DONTWAIT);
		if (len == sizeof(answer))
			answered(end, &answer);
		else if (len >= 0 || (errno != EINTR && errno != ECONNRESET))
			return len >= 0 || errno != EAGAIN;
	}
}

void sink_end_part(struct sink_end *end)
{
	close(end->fd); /* an epoll set forgets it by itself */
	end->fd = -1;
	line_queue_take_back(&end->queue);
}

void sink_end_say(struct sink_end *end, uint64_t now_ns)
{
	struct line_counters counters = line_queue_counters(&end->queue);
	bool losses = counters.lost > end->lost_said;
	bool trouble = end->trouble && !end->trouble_said;

	if ((!losses && !trouble) || (end->said_ns && now_ns < end->said_ns + SAY_AGAIN_NS))
		return;
	if (trouble)
		log_warning("--alerts %s: %s; trying again", end->target, strerror(-end->trouble));
	if (losses)
		log_warning("--alerts %s: %llu lines lost so far%s%s", end->target,
			(unsigned long long)counters.lost, end->lost_for ? ": " : "",
			end->lost_for ? strerror(-end->lost_for) : "");
	end->trouble_said |= trouble;
	end->lost_said = counters.lost;
	end->said_ns = now_ns;
}

void sink_end_finish(struct sink_end *end, uint64_t now_ns)
{
	shutdown(end->fd, SHUT_WR);
	end->finish_ns = now_ns + FINISH_WITHIN_NS;
}
