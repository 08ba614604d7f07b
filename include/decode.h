/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a record -> a checked event. Pure: no state, no I/O. */
#ifndef MINERWATCH_DECODE_H
#define MINERWATCH_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

/* Bytes owned by somebody else; not NUL-terminated; may hold any byte. data may be NULL if len is
 * 0. */
struct span {
	const char *data;
	size_t len;
};

/* Order of event_container's strings. */
enum container_text {
	CONTAINER_TEXT_ID,
	CONTAINER_TEXT_RUNTIME,
	CONTAINER_TEXT_NAME,
	CONTAINER_TEXT_IMAGE,
	CONTAINER_TEXT_POD,
	CONTAINER_TEXT_NAMESPACE,
	CONTAINER_TEXT_POD_UID,
	CONTAINER_TEXT_CAPABILITIES,
	CONTAINER_TEXT_MOUNTS,
	CONTAINER_TEXTS
};

/* Order of event_finding's strings. All but the facts and argv end with NUL. */
enum finding_text {
	FINDING_DETECTOR,
	FINDING_GRADE,
	FINDING_SUMMARY,
	FINDING_FACTS,
	FINDING_NAME,
	FINDING_EXE,
	FINDING_ARGV,
	FINDING_CGROUP,
	FINDING_TEXTS
};

/* One fact of FINDING_FACTS: these four bytes, the key, then the text or an int64. */
struct event_fact {
	uint8_t is_string;
	uint8_t cut;
	uint8_t key_len; /* without NUL */
	uint8_t value_len; /* of the text; 8 for a number */
};

/*
 * A decoded record. All pointers and spans point into the record, or into path_buffer, and live as
 * long as both. The typed pointer that fits header->type is valid.
 */
struct event {
	const struct event_header *header;
	union {
		const struct event_exec *exec; /* EXEC, PROCESS */
		const struct event_fork *fork;
		const struct event_exit *exit;
		const struct event_connect *connect;
		const struct event_payload *payload;
		const struct event_content *content;
		const struct event_preload *preload;
		const struct event_hidden *hidden;
		const struct event_rules *rules;
		const struct event_socket *socket;
		const struct event_cgroup *cgroup;
		const struct event_container *container;
		const struct event_task *task;
		const struct event_thread *thread;
		const struct event_memory *memory;
		const struct event_hugepages *hugepages;
		const struct event_host *host;
		const struct event_wall *wall;
		const struct event_tick *tick;
		const struct event_counters *counters;
		const struct event_degraded *degraded;
		const struct event_incident *incident;
		const struct event_finding *finding;
		const struct event_tamper *tamper;
		const struct event_end *end;
	};
	struct span name; /* EXEC: dentry name, without NUL */
	struct span filename; /* EXEC: as given to execve; PROCESS: readlink of /proc/PID/exe */
	struct span path; /* EXEC: absolute path joined from the dentry walk; cgroup records: its
			     path */
	struct span data; /* PAYLOAD, PRELOAD */
	struct span patterns; /* CONTENT: names, each ended by NUL; its path is in filename */
	struct span argv; /* EXEC: arguments, each ended by NUL (the last one's may be missing) */
	struct span container_text[CONTAINER_TEXTS]; /* CONTAINER; without their NULs */
	struct span finding_text[FINDING_TEXTS]; /* FINDING; without their NULs */
	char path_buffer[EVENT_PATH_MAX + 8];
};

/*
 * Checks length, type, sizes and string bounds of the record in data and fills *ret_event.
 * data must be 8-byte aligned. Returns 0, -EINVAL (lengths or values that cannot be), -ENOTSUP
 * (a type this version does not know: skip it). *ret_event is undefined on failure.
 */
int event_decode(const void *data, size_t len, struct event *ret_event);

/* "exec", "fork", ...; NULL for a number that is no type. */
const char *event_type_name(unsigned type);
/* Inverse of event_type_name; 0 where there is none. */
unsigned event_type_number(const char *name);

/*
 * Takes the next fact off the front of *facts. False at the end, and where the rest cannot be one
 * (then it is left).
 */
bool event_fact_next(struct span *facts, struct event_fact *ret_fact, struct span *ret_key,
	struct span *ret_value);

/* True when a fixed char array of a record holds its terminating NUL. */
bool event_string_ok(const char *array, size_t size);

#endif
