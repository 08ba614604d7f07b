/* SPDX-License-Identifier: Apache-2.0 */
/* One request at a time is with the visiting process; its deadline is watched. */
#include "sources/visitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/cpu_list.h"

/* A real-time hog may hold a CPU for a second, and a request names several. */
#define DEADLINE_NS UINT64_C(10000000000)

struct visitor {
	int fd; /* -1: between two of them */
	bool busy; /* asked is with it */
	bool dead; /* it closed its end */
	uint64_t asked_ns;
	struct visit_request asked;
	struct cpu_list closed;
};

/* Whoever isolates a CPU wants nobody there: a visit is a switch more. */
static void read_closed(struct cpu_list *closed, const char *path)
{
	char text[512];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	cpu_list_parse(closed, text);
}

struct visitor *visitor_new(int fd)
{
	struct visitor *visitor = calloc(1, sizeof(*visitor));

	if (!visitor)
		return NULL;
	visitor->fd = fd;
	read_closed(&visitor->closed, "/sys/devices/system/cpu/isolated");
	read_closed(&visitor->closed, "/sys/devices/system/cpu/nohz_full");
	return visitor;
}

void visitor_free(struct visitor *visitor)
{
	if (visitor && visitor->fd >= 0)
		close(visitor->fd);
	free(visitor);
}

int visitor_fd(const struct visitor *visitor)
{
	return visitor->fd;
}

bool visitor_busy(const struct visitor *visitor)
{
	return visitor->busy;
}

static bool ask(struct visitor *visitor, const struct visit_request *request, uint64_t now_ns)
{
	if (visitor->busy || visitor->fd < 0 ||
		send(visitor->fd, request, sizeof(*request), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return false;
	visitor->busy = true;
	visitor->asked_ns = now_ns;
	visitor->asked = *request;
	return true;
}

bool visitor_visit(struct visitor *visitor, const uint16_t *cpus, unsigned count, uint64_t now_ns)
{
	struct visit_request request = {.word = VISIT_CPUS};

	for (unsigned i = 0; i < count && request.count < VISITS_MAX; i++)
		if (!cpu_list_has(&visitor->closed, cpus[i]))
			request.cpus[request.count++] = cpus[i];
	return !request.count || ask(visitor, &request, now_ns);
}

bool visitor_canary(struct visitor *visitor, uint32_t fp_control, uint64_t now_ns)
{
	return ask(visitor, &(struct visit_request){.word = VISIT_CANARY, .fp_control = fp_control},
		now_ns);
}

bool visitor_consume(struct visitor *visitor, struct visit_answer *ret_answer)
{
	ssize_t len = recv(visitor->fd, ret_answer, sizeof(*ret_answer), MSG_DONTWAIT);

	if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
		visitor->dead = true;
	if (len != sizeof(*ret_answer) || !visitor->busy)
		return false;
	visitor->busy = false;
	for (unsigned i = 0; i < visitor->asked.count; i++)
		if (ret_answer->refused >> i & 1)
			cpu_list_add(&visitor->closed, visitor->asked.cpus[i]);
	return true;
}

bool visitor_tick(struct visitor *visitor, uint64_t now_ns)
{
	bool late = visitor->busy && now_ns >= visitor->asked_ns + DEADLINE_NS;

	if (visitor->fd >= 0 && !visitor->dead && !late)
		return false;
	if (visitor->fd >= 0)
		close(visitor->fd); /* an epoll set forgets it by itself */
	visitor->fd = -1;
	/* Which of them it hangs on nobody knows; the next one shall not hang there too. */
	for (unsigned i = 0; late && i < visitor->asked.count; i++)
		cpu_list_add(&visitor->closed, visitor->asked.cpus[i]);
	visitor->busy = false;
	return true;
}

void visitor_renew(struct visitor *visitor, int fd)
{
	if (visitor->fd >= 0)
		close(visitor->fd);
	visitor->fd = fd;
	visitor->dead = visitor->busy = false;
}

unsigned visitor_closed(const struct visitor *visitor, char *text, size_t size)
{
	cpu_list_format(&visitor->closed, text, size);
	return cpu_list_count(&visitor->closed);
}
