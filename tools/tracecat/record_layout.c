/* SPDX-License-Identifier: Apache-2.0 */
/* Describes the structures of include/event.h. */
#include "record_layout.h"

#define ROW(s, label, member, items, what)                                                      \
	{                                                                                       \
		label, offsetof(struct s, member), sizeof(((struct s *)0)->member), items, what \
	}
#define NUMBER(s, member) ROW(s, #member, member, 1, FIELD_UNSIGNED)
#define SIGNED(s, member) ROW(s, #member, member, 1, FIELD_SIGNED)
#define NUMBERS(s, member, items) ROW(s, #member, member, items, FIELD_UNSIGNED)
#define TEXT(s, member) ROW(s, #member, member, 1, FIELD_TEXT)
#define BYTES(s, member) ROW(s, #member, member, 1, FIELD_BYTES)
#define ADDRESS(s, member) ROW(s, #member, member, 1, FIELD_ADDRESS)
#define PAD(s, member) ROW(s, #member, member, 1, FIELD_PAD)
#define END                      \
	{                        \
		NULL, 0, 0, 0, 0 \
	}

#define HEADER                                                                                 \
	ROW(event_header, "type", type, 1, FIELD_TYPE), NUMBER(event_header, flags),           \
		ROW(event_header, "size", size, 1, FIELD_SIZE), NUMBER(event_header, time_ns), \
		NUMBER(event_header, start_ns), NUMBER(event_header, cgroup_id),               \
		NUMBER(event_header, pid), NUMBER(event_header, tid)

#define KIN_ROW(s, member, what) ROW(s, #member, kin.member, 1, what)
#define KIN(s)                                                                         \
	KIN_ROW(s, parent_start_ns, FIELD_UNSIGNED), KIN_ROW(s, ppid, FIELD_UNSIGNED), \
		KIN_ROW(s, session, FIELD_UNSIGNED), KIN_ROW(s, uid, FIELD_UNSIGNED),  \
		KIN_ROW(s, cpus_allowed, FIELD_UNSIGNED), KIN_ROW(s, comm, FIELD_TEXT)

#define FILE_ROW(s, member, what) ROW(s, "file_" #member, file.member, 1, what)
#define FILE(s)                                                                           \
	FILE_ROW(s, inode, FIELD_UNSIGNED), FILE_ROW(s, ctime_ns, FIELD_UNSIGNED),        \
		FILE_ROW(s, size, FIELD_UNSIGNED), FILE_ROW(s, fs_magic, FIELD_UNSIGNED), \
		FILE_ROW(s, dev, FIELD_UNSIGNED), FILE_ROW(s, nlink, FIELD_UNSIGNED),     \
		FILE_ROW(s, mode, FIELD_UNSIGNED), FILE_ROW(s, directory_mode, FIELD_UNSIGNED)

static const struct field exec_fields[] = {
	HEADER,
	KIN(event_exec),
	FILE(event_exec),
	NUMBER(event_exec, old_tid),
	ROW(event_exec, "name", name_len, 1, FIELD_TAIL_TEXT),
	ROW(event_exec, "filename", filename_len, 1, FIELD_TAIL_TEXT),
	ROW(event_exec, "path", path_len, 1, FIELD_TAIL_LIST),
	ROW(event_exec, "argv", argv_len, 1, FIELD_TAIL_LIST),
	PAD(event_exec, pad),
	END,
};

static const struct field container_fields[] = {
	HEADER,
	NUMBER(event_container, created_ns),
	ROW(event_container, "container_flags", flags, 1, FIELD_UNSIGNED),
	ROW(event_container, "id", lengths[0], 1, FIELD_TAIL_TEXT),
	ROW(event_container, "runtime", lengths[1], 1, FIELD_TAIL_TEXT),
	ROW(event_container, "name", lengths[2], 1, FIELD_TAIL_TEXT),
	ROW(event_container, "image", lengths[3], 1, FIELD_TAIL_TEXT),
	ROW(event_container, "pod", lengths[4], 1, FIELD_TAIL_TEXT),
	ROW(event_container, "namespace", lengths[5], 1, FIELD_TAIL_TEXT),
	ROW(event_container, "pod_uid", lengths[6], 1, FIELD_TAIL_TEXT),
	ROW(event_container, "capabilities", lengths[7], 1, FIELD_TAIL_TEXT),
	ROW(event_container, "mounts", lengths[8], 1, FIELD_TAIL_TEXT),
	PAD(event_container, pad),
	END,
};

static const struct field fork_fields[] = {HEADER, KIN(event_fork), END};

static const struct field exit_fields[] = {
	HEADER,
	NUMBER(event_exit, cpu_ns),
	SIGNED(event_exit, exit_code),
	PAD(event_exit, pad),
	END,
};

static const struct field connect_fields[] = {
	HEADER,
	NUMBER(event_connect, socket),
	ADDRESS(event_connect, source),
	ADDRESS(event_connect, destination),
	NUMBER(event_connect, source_port),
	NUMBER(event_connect, destination_port),
	NUMBER(event_connect, protocol),
	NUMBER(event_connect, family),
	NUMBER(event_connect, netns),
	NUMBER(event_connect, uid),
	TEXT(event_connect, comm),
	NUMBER(event_connect, repeats),
	END,
};

static const struct field payload_fields[] = {
	HEADER,
	NUMBER(event_payload, socket),
	NUMBER(event_payload, sender_start_ns),
	ADDRESS(event_payload, local),
	ADDRESS(event_payload, remote),
	NUMBER(event_payload, local_port),
	NUMBER(event_payload, remote_port),
	NUMBER(event_payload, protocol),
	ROW(event_payload, "data", data_len, 1, FIELD_TAIL_TEXT),
	NUMBER(event_payload, sender_pid),
	NUMBER(event_payload, netns),
	NUMBER(event_payload, offset),
	NUMBER(event_payload, seen),
	NUMBER(event_payload, direction),
	NUMBER(event_payload, payload_class),
	NUMBER(event_payload, payload_flags),
	NUMBER(event_payload, segments),
	PAD(event_payload, pad),
	END,
};

static const struct field socket_fields[] = {
	HEADER,
	NUMBER(event_socket, socket),
	NUMBER(event_socket, opened_ns),
	NUMBER(event_socket, owner_start_ns),
	NUMBER(event_socket, bytes_sent),
	NUMBER(event_socket, bytes_received),
	ADDRESS(event_socket, local),
	ADDRESS(event_socket, remote),
	NUMBER(event_socket, local_port),
	NUMBER(event_socket, remote_port),
	NUMBER(event_socket, protocol),
	NUMBER(event_socket, family),
	NUMBER(event_socket, netns),
	NUMBER(event_socket, owner_pid),
	NUMBER(event_socket, state),
	NUMBER(event_socket, socket_flags),
	END,
};

static const struct field cgroup_fields[] = {
	HEADER,
	ROW(event_cgroup, "path", path_len, 1, FIELD_TAIL_TEXT),
	NUMBER(event_cgroup, level),
	END,
};

static const struct field task_fields[] = {
	HEADER,
	KIN(event_task),
	FILE(event_task),
	NUMBER(event_task, threads),
	PAD(event_task, pad),
	END,
};

static const struct field thread_fields[] = {
	HEADER,
	NUMBER(event_thread, run_ns),
	NUMBER(event_thread, wait_ns),
	NUMBER(event_thread, interval_ns),
	NUMBER(event_thread, switches),
	NUMBER(event_thread, fp_control),
	NUMBER(event_thread, cpu),
	END,
};

static const struct field memory_fields[] = {
	HEADER,
	NUMBER(event_memory, largest_bytes),
	NUMBER(event_memory, huge_bytes),
	NUMBER(event_memory, datasets),
	NUMBER(event_memory, caches),
	NUMBER(event_memory, scratchpads),
	NUMBER(event_memory, codes),
	NUMBER(event_memory, msr_descriptors),
	PAD(event_memory, pad),
	END,
};

static const struct field content_fields[] = {
	HEADER,
	FILE(event_content),
	BYTES(event_content, sha256),
	NUMBER(event_content, object),
	NUMBER(event_content, result),
	ROW(event_content, "path", path_len, 1, FIELD_TAIL_TEXT),
	ROW(event_content, "patterns", patterns_len, 1, FIELD_TAIL_LIST),
	PAD(event_content, pad),
	END,
};

static const struct field hugepages_fields[] = {HEADER, NUMBER(event_hugepages, kib), END};

static const struct field preload_fields[] = {
	HEADER,
	ROW(event_preload, "text", len, 1, FIELD_TAIL_TEXT),
	PAD(event_preload, pad),
	END,
};

static const struct field hidden_fields[] = {
	HEADER,
	NUMBER(event_hidden, listings),
	PAD(event_hidden, pad),
	END,
};

static const struct field incident_fields[] = {
	HEADER,
	NUMBER(event_incident, workload_id),
	NUMBER(event_incident, workload_type),
	NUMBER(event_incident, workload_session),
	NUMBER(event_incident, first_ns),
	NUMBER(event_incident, below_ns),
	NUMBER(event_incident, ended_ns),
	NUMBER(event_incident, cpu_ns),
	NUMBER(event_incident, seq),
	NUMBER(event_incident, phase),
	NUMBER(event_incident, reported),
	NUMBER(event_incident, highest),
	NUMBER(event_incident, incident_flags),
	NUMBER(event_incident, facts_due),
	NUMBER(event_incident, facts_told),
	BYTES(event_incident, id),
	PAD(event_incident, pad),
	END,
};

static const struct field finding_fields[] = {
	HEADER,
	KIN(event_finding),
	FILE(event_finding),
	NUMBER(event_finding, workload_id),
	NUMBER(event_finding, workload_type),
	NUMBER(event_finding, workload_session),
	NUMBER(event_finding, found_ns),
	NUMBER(event_finding, dead_ns),
	NUMBER(event_finding, exit_ns),
	NUMBER(event_finding, cpu_ns),
	NUMBER(event_finding, image_ns),
	NUMBER(event_finding, exe_inode),
	NUMBER(event_finding, session_ns),
	NUMBER(event_finding, evidence_session_ns),
	NUMBER(event_finding, evidence_session),
	NUMBER(event_finding, exe_dev),
	NUMBER(event_finding, lowered_ppm),
	NUMBER(event_finding, finding_flags),
	NUMBER(event_finding, image_flags),
	ROW(event_finding, "detector", lengths[0], 1, FIELD_TAIL_TEXT),
	ROW(event_finding, "grade", lengths[1], 1, FIELD_TAIL_TEXT),
	ROW(event_finding, "summary", lengths[2], 1, FIELD_TAIL_TEXT),
	ROW(event_finding, "facts", lengths[3], 1, FIELD_TAIL_TEXT),
	ROW(event_finding, "name", lengths[4], 1, FIELD_TAIL_TEXT),
	ROW(event_finding, "exe", lengths[5], 1, FIELD_TAIL_TEXT),
	ROW(event_finding, "argv", lengths[6], 1, FIELD_TAIL_LIST),
	ROW(event_finding, "cgroup_path", lengths[7], 1, FIELD_TAIL_TEXT),
	END,
};

static const struct field host_fields[] = {
	HEADER,
	BYTES(event_host, rules_digest),
	TEXT(event_host, hostname),
	TEXT(event_host, cluster),
	TEXT(event_host, kernel),
	TEXT(event_host, machine),
	TEXT(event_host, boot_id),
	TEXT(event_host, version),
	NUMBER(event_host, cpus),
	NUMBER(event_host, cgroup_version),
	END,
};

static const struct field wall_fields[] = {HEADER, SIGNED(event_wall, offset_ns), END};

static const struct field tick_fields[] = {
	HEADER,
	NUMBER(event_tick, pass_start_ns),
	NUMBER(event_tick, processes),
	NUMBER(event_tick, gap_ms),
	END,
};

static const struct field counters_fields[] = {
	HEADER,
	NUMBERS(event_counters, submitted, CLASS_COUNT),
	NUMBERS(event_counters, dropped, CLASS_COUNT),
	NUMBERS(event_counters, truncated, CLASS_COUNT),
	NUMBERS(event_counters, failed, CLASS_COUNT),
	NUMBERS(event_counters, skipped, CLASS_COUNT),
	END,
};

static const struct field degraded_fields[] = {
	HEADER,
	NUMBER(event_degraded, active),
	PAD(event_degraded, pad),
	TEXT(event_degraded, what),
	TEXT(event_degraded, why),
	END,
};

static const struct field tamper_fields[] = {
	HEADER,
	TEXT(event_tamper, what),
	TEXT(event_tamper, why),
	END,
};

static const struct field rules_fields[] = {HEADER, BYTES(event_rules, rules_digest), END};

static const struct field end_fields[] = {
	HEADER,
	NUMBER(event_end, reason),
	PAD(event_end, pad),
	END,
};

const struct record_layout record_layouts[] = {
	{{EVENT_EXEC, EVENT_PROCESS}, sizeof(struct event_exec), exec_fields},
	{{EVENT_FORK}, sizeof(struct event_fork), fork_fields},
	{{EVENT_EXIT}, sizeof(struct event_exit), exit_fields},
	{{EVENT_CONNECT}, sizeof(struct event_connect), connect_fields},
	{{EVENT_CGROUP_MKDIR, EVENT_CGROUP_RELEASE, EVENT_CGROUP_ATTACH, EVENT_CGROUP_RENAME,
		 EVENT_CGROUP},
		sizeof(struct event_cgroup), cgroup_fields},
	{{EVENT_SOCKET}, sizeof(struct event_socket), socket_fields},
	{{EVENT_PAYLOAD}, sizeof(struct event_payload), payload_fields},
	{{EVENT_CONTAINER}, sizeof(struct event_container), container_fields},
	{{EVENT_TASK}, sizeof(struct event_task), task_fields},
	{{EVENT_THREAD}, sizeof(struct event_thread), thread_fields},
	{{EVENT_MEMORY}, sizeof(struct event_memory), memory_fields},
	{{EVENT_CONTENT}, sizeof(struct event_content), content_fields},
	{{EVENT_HUGEPAGES}, sizeof(struct event_hugepages), hugepages_fields},
	{{EVENT_HOST}, sizeof(struct event_host), host_fields},
	{{EVENT_WALL}, sizeof(struct event_wall), wall_fields},
	{{EVENT_TICK}, sizeof(struct event_tick), tick_fields},
	{{EVENT_COUNTERS}, sizeof(struct event_counters), counters_fields},
	{{EVENT_DEGRADED}, sizeof(struct event_degraded), degraded_fields},
	{{EVENT_RULES}, sizeof(struct event_rules), rules_fields},
	{{EVENT_END}, sizeof(struct event_end), end_fields},
	{{EVENT_PRELOAD}, sizeof(struct event_preload), preload_fields},
	{{EVENT_HIDDEN}, sizeof(struct event_hidden), hidden_fields},
	{{EVENT_INCIDENT}, sizeof(struct event_incident), incident_fields},
	{{EVENT_FINDING}, sizeof(struct event_finding), finding_fields},
	{{EVENT_TAMPER}, sizeof(struct event_tamper), tamper_fields},
};

const size_t record_layouts_count = sizeof(record_layouts) / sizeof(record_layouts[0]);

const struct record_layout *record_layout_find(unsigned type)
{
	for (size_t i = 0; type && i < record_layouts_count; i++) {
		for (unsigned k = 0; k < sizeof(record_layouts[i].types); k++) {
			if (record_layouts[i].types[k] == type)
				return &record_layouts[i];
		}
	}
	return NULL;
}

bool field_is_tail(const struct field *field)
{
	return field->kind == FIELD_TAIL_TEXT || field->kind == FIELD_TAIL_LIST;
}
