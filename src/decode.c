/* SPDX-License-Identifier: Apache-2.0 */
/* Checks a record's bytes before anything else looks at them. */
#include "decode_private.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

bool tail_take(struct tail *tail, size_t len, size_t max, struct span *ret_span)
{
	if (len > max || len > tail->left)
		return false;
	*ret_span = (struct span){tail->next, len};
	tail->next += len;
	tail->left -= len;
	return true;
}

struct span string_of(struct span span)
{
	if (span.len)
		span.len = strnlen(span.data, span.len);
	return span;
}

bool event_string_ok(const char *array, size_t size)
{
	return memchr(array, '\0', size) != NULL;
}

/*
 * The kernel walks from the file upward; readers want "/usr/bin/x". Each NUL becomes a slash, so
 * what was short enough to be believed fits. However deep the file lies, its exec is not refused.
 */
static int path_join(struct span components, struct event *event)
{
	char *start = event->path_buffer + sizeof(event->path_buffer);

	while (components.len) {
		size_t len = strnlen(components.data, components.len);

		if (len == components.len)
			return -EINVAL;
		start -= len;
		memcpy(start, components.data, len);
		*--start = '/';
		components.data += len + 1;
		components.len -= len + 1;
	}
	event->path.data = start;
	event->path.len = (size_t)(event->path_buffer + sizeof(event->path_buffer) - start);
	return 0;
}

static int decode_exec(struct event *event, struct tail tail)
{
	const struct event_exec *exec = event->exec;
	struct span name, filename, path;

	if (!event_string_ok(exec->kin.comm, sizeof(exec->kin.comm)))
		return -EINVAL;
	if (!tail_take(&tail, exec->name_len, EVENT_NAME_MAX, &name) ||
		!tail_take(&tail, exec->filename_len, EVENT_FILENAME_MAX, &filename) ||
		!tail_take(&tail, exec->path_len, EVENT_PATH_MAX, &path) ||
		!tail_take(&tail, exec->argv_len, EVENT_ARGV_MAX, &event->argv))
		return -EINVAL;
	event->name = string_of(name);
	event->filename = string_of(filename);
	return path_join(path, event);
}

static int decode_kin(struct event *event, struct tail tail)
{
	(void)tail; /* FORK and TASK begin alike: header, kin */
	return event_string_ok(event->fork->kin.comm, EVENT_COMM_SIZE) ? 0 : -EINVAL;
}

static int decode_connect(struct event *event, struct tail tail)
{
	(void)tail;
	return event_string_ok(event->connect->comm, EVENT_COMM_SIZE) ? 0 : -EINVAL;
}

/* The classes a PAYLOAD can have; kept: its bytes may be there. */
static bool payload_class_ok(unsigned class, bool *ret_kept)
{
	*ret_kept = class >= PAYLOAD_STRATUM && class <= PAYLOAD_DNS;
	return *ret_kept || (class >= PAYLOAD_OTHER_JSON && class <= PAYLOAD_OTHER);
}

/* Bytes of a class that no reader knows are nobody's business: a record that brings some lies. */
static int decode_payload(struct event *event, struct tail tail)
{
	const struct event_payload *payload = event->payload;
	bool kept;

	if (payload->direction > PAYLOAD_RECEIVED ||
		!payload_class_ok(payload->payload_class, &kept) || (payload->data_len && !kept))
		return -EINVAL;
	return tail_take(&tail, payload->data_len, EVENT_PAYLOAD_MAX, &event->data) ? 0 : -EINVAL;
}

static int decode_preload(struct event *event, struct tail tail)
{
	return tail_take(&tail, event->preload->len, EVENT_PRELOAD_MAX, &event->data) ? 0 : -EINVAL;
}

static int decode_cgroup(struct event *event, struct tail tail)
{
	struct span path;

	if (!tail_take(&tail, event->cgroup->path_len, EVENT_CGROUP_PATH_MAX, &path))
		return -EINVAL;
	event->path = string_of(path);
	return 0;
}

static int decode_container(struct event *event, struct tail tail)
{
	const struct event_container *container = event->container;

	for (unsigned i = 0; i < CONTAINER_TEXTS; i++) {
		struct span text;

		if (!tail_take(&tail, container->lengths[i], EVENT_CONTAINER_TEXT_MAX, &text))
			return -EINVAL;
		event->container_text[i] = string_of(text);
	}
	return 0;
}

static int decode_host(struct event *event, struct tail tail)
{
	const struct event_host *host = event->host;

	(void)tail;
	if (!event_string_ok(host->hostname, sizeof(host->hostname)) ||
		!event_string_ok(host->cluster, sizeof(host->cluster)) ||
		!event_string_ok(host->kernel, sizeof(host->kernel)) ||
		!event_string_ok(host->machine, sizeof(host->machine)) ||
		!event_string_ok(host->boot_id, sizeof(host->boot_id)) ||
		!event_string_ok(host->version, sizeof(host->version)))
		return -EINVAL;
	return 0;
}

/* One of the sensor's own short words: alerts quote it, so it must be nothing else. */
static bool is_word(const char *array, size_t size)
{
	size_t len = strnlen(array, size);

	return len > 0 && len < size &&
	       strspn(array, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

static int decode_degraded(struct event *event, struct tail tail)
{
	const struct event_degraded *degraded = event->degraded;

	(void)tail;
	if (!is_word(degraded->what, sizeof(degraded->what)) ||
		!event_string_ok(degraded->why, sizeof(degraded->why)))
		return -EINVAL;
	return 0;
}

static int decode_tamper(struct event *event, struct tail tail)
{
	const struct event_tamper *tamper = event->tamper;

	(void)tail;
	if (!event_string_ok(tamper->what, sizeof(tamper->what)) ||
		!event_string_ok(tamper->why, sizeof(tamper->why)) || !tamper->what[0])
		return -EINVAL;
	return 0;
}

/* A list of names: each has its NUL, and none is empty. */
static bool names_ok(struct span names)
{
	while (names.len) {
		size_t len = strnlen(names.data, names.len);

		if (len == 0 || len == names.len)
			return false;
		names.data += len + 1;
		names.len -= len + 1;
	}
	return true;
}

static int decode_content(struct event *event, struct tail tail)
{
	const struct event_content *content = event->content;
	struct span path;

	if (content->object < CONTENT_EXE || content->object > CONTENT_MEMORY ||
		content->result < CONTENT_DIGESTED || content->result > CONTENT_CHANGED)
		return -EINVAL;
	if (!tail_take(&tail, content->path_len, EVENT_FILENAME_MAX, &path) ||
		!tail_take(&tail, content->patterns_len, CONTENT_PATTERNS_MAX, &event->patterns) ||
		!names_ok(event->patterns))
		return -EINVAL;
	event->filename = string_of(path);
	return 0;
}

static int decode_plain(struct event *event, struct tail tail)
{
	(void)event;
	(void)tail;
	return 0;
}

static const struct event_row {
	const char *name;
	size_t size; /* of the fixed part */
	int (*decode)(struct event *event, struct tail tail);
	bool process; /* is about a process: pid 0 cannot be */
} event_rows[] = {
	[EVENT_HOST] = {"host", sizeof(struct event_host), decode_host, false},
	[EVENT_WALL] = {"wall", sizeof(struct event_wall), decode_plain, false},
	[EVENT_TICK] = {"tick", sizeof(struct event_tick), decode_plain, false},
	[EVENT_COUNTERS] = {"counters", sizeof(struct event_counters), decode_plain, false},
	[EVENT_DEGRADED] = {"degraded", sizeof(struct event_degraded), decode_degraded, false},
	[EVENT_TAMPER] = {"tamper", sizeof(struct event_tamper), decode_tamper, false},
	[EVENT_RULES] = {"rules", sizeof(struct event_rules), decode_plain, false},
	[EVENT_HUGEPAGES] = {"hugepages", sizeof(struct event_hugepages), decode_plain, false},
	[EVENT_MEMORY] = {"memory", sizeof(struct event_memory), decode_plain, true},
	[EVENT_END] = {"end", sizeof(struct event_end), decode_plain, false},
	[EVENT_EXEC] = {"exec", sizeof(struct event_exec), decode_exec, true},
	[EVENT_FORK] = {"fork", sizeof(struct event_fork), decode_kin, true},
	[EVENT_EXIT] = {"exit", sizeof(struct event_exit), decode_plain, true},
	[EVENT_CONNECT] = {"connect", sizeof(struct event_connect), decode_connect, true},
	[EVENT_CGROUP_MKDIR] = {"cgroup_mkdir", sizeof(struct event_cgroup), decode_cgroup, false},
	[EVENT_CGROUP_RELEASE] = {"cgroup_release", sizeof(struct event_cgroup), decode_cgroup,
		false},
	[EVENT_CGROUP_ATTACH] = {"cgroup_attach", sizeof(struct event_cgroup), decode_cgroup, true},
	[EVENT_CGROUP_RENAME] = {"cgroup_rename", sizeof(struct event_cgroup), decode_cgroup,
		false},
	[EVENT_TASK] = {"task", sizeof(struct event_task), decode_kin, true},
	[EVENT_THREAD] = {"thread", sizeof(struct event_thread), decode_plain, true},
	[EVENT_PROCESS] = {"process", sizeof(struct event_exec), decode_exec, true},
	[EVENT_CONTAINER] = {"container", sizeof(struct event_container), decode_container, true},
	[EVENT_CGROUP] = {"cgroup", sizeof(struct event_cgroup), decode_cgroup, false},
	[EVENT_CONTENT] = {"content", sizeof(struct event_content), decode_content, true},
	/* No SEGMENT: it never leaves the payload source, so in a trace it is no type we know. */
	[EVENT_SOCKET] = {"socket", sizeof(struct event_socket), decode_plain, true},
	[EVENT_PAYLOAD] = {"payload", sizeof(struct event_payload), decode_payload, false},
	[EVENT_PRELOAD] = {"preload", sizeof(struct event_preload), decode_preload, false},
	[EVENT_HIDDEN] = {"hidden", sizeof(struct event_hidden), decode_plain, true},
	[EVENT_INCIDENT] = {"incident", sizeof(struct event_incident), decode_incident, false},
	[EVENT_FINDING] = {"finding", sizeof(struct event_finding), decode_finding, true},
};

#define EVENT_ROWS (sizeof(event_rows) / sizeof(event_rows[0]))

const char *event_type_name(unsigned type)
{
	return type < EVENT_ROWS ? event_rows[type].name : NULL;
}

unsigned event_type_number(const char *name)
{
	for (unsigned type = 0; type < EVENT_ROWS; type++)
		if (event_rows[type].name && strcmp(event_rows[type].name, name) == 0)
			return type;
	return 0;
}

int event_decode(const void *data, size_t len, struct event *ret_event)
{
	const struct event_header *header = data;
	const struct event_row *row;

	if (len < sizeof(*header) || len > EVENT_RECORD_MAX || header->size != len)
		return -EINVAL;
	if (header->type >= EVENT_ROWS || !event_rows[header->type].name)
		return -ENOTSUP;
	row = &event_rows[header->type];
	if (len < row->size || (row->process && header->pid == 0))
		return -EINVAL;
	ret_event->header = header;
	ret_event->exec = data; /* the union: every typed pointer is the record's start */
	ret_event->name = ret_event->filename = ret_event->path = ret_event->argv =
		ret_event->data = ret_event->patterns = (struct span){0};
	return row->decode(
		ret_event, (struct tail){(const char *)data + row->size, len - row->size});
}
