// SPDX-License-Identifier: Apache-2.0
/* Compares the records as userspace compiles them with the BTF of the built kernel programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <bpf/btf.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"
#include "event.h"
#pragma GCC diagnostic pop

#define MEMBERS_MAX 20

struct member {
	const char *name;
	size_t offset, size;
};

struct layout {
	const char *name;
	size_t size;
	struct member members[MEMBERS_MAX]; /* ends with name NULL */
};

#define M(type, member)                                                                    \
	{                                                                                  \
#member, offsetof(struct type, member), sizeof(((struct type *)0)->member) \
	}

/* What the kernel programs make. The other records never leave userspace. */
static const struct layout layouts[] = {
	{"event_header", sizeof(struct event_header),
		{M(event_header, type), M(event_header, flags), M(event_header, size),
			M(event_header, time_ns), M(event_header, start_ns),
			M(event_header, cgroup_id), M(event_header, pid), M(event_header, tid)}},
	{"event_kin", sizeof(struct event_kin),
		{M(event_kin, parent_start_ns), M(event_kin, ppid), M(event_kin, session),
			M(event_kin, uid), M(event_kin, cpus_allowed), M(event_kin, comm)}},
	{"event_file", sizeof(struct event_file),
		{M(event_file, inode), M(event_file, ctime_ns), M(event_file, size),
			M(event_file, fs_magic), M(event_file, dev), M(event_file, nlink),
			M(event_file, mode), M(event_file, directory_mode)}},
	{"event_exec", sizeof(struct event_exec),
		{M(event_exec, header), M(event_exec, kin), M(event_exec, file),
			M(event_exec, old_tid), M(event_exec, name_len),
			M(event_exec, filename_len), M(event_exec, path_len),
			M(event_exec, argv_len), M(event_exec, pad)}},
	{"event_fork", sizeof(struct event_fork), {M(event_fork, header), M(event_fork, kin)}},
	{"event_exit", sizeof(struct event_exit),
		{M(event_exit, header), M(event_exit, cpu_ns), M(event_exit, exit_code),
			M(event_exit, pad)}},
	{"event_connect", sizeof(struct event_connect),
		{M(event_connect, header), M(event_connect, socket), M(event_connect, source),
			M(event_connect, destination), M(event_connect, source_port),
			M(event_connect, destination_port), M(event_connect, protocol),
			M(event_connect, family), M(event_connect, netns), M(event_connect, uid),
			M(event_connect, comm), M(event_connect, repeats)}},
	{"event_cgroup", sizeof(struct event_cgroup),
		{M(event_cgroup, header), M(event_cgroup, path_len), M(event_cgroup, level)}},
	{"event_task", sizeof(struct event_task),
		{M(event_task, header), M(event_task, kin), M(event_task, file),
			M(event_task, threads), M(event_task, pad)}},
	{"event_thread", sizeof(struct event_thread),
		{M(event_thread, header), M(event_thread, run_ns), M(event_thread, wait_ns),
			M(event_thread, interval_ns), M(event_thread, switches),
			M(event_thread, fp_control), M(event_thread, cpu)}},
	{"event_payload", sizeof(struct event_payload),
		{M(event_payload, header), M(event_payload, socket),
			M(event_payload, sender_start_ns), M(event_payload, local),
			M(event_payload, remote), M(event_payload, local_port),
			M(event_payload, remote_port), M(event_payload, protocol),
			M(event_payload, data_len), M(event_payload, sender_pid),
			M(event_payload, netns), M(event_payload, offset), M(event_payload, seen),
			M(event_payload, direction), M(event_payload, payload_class),
			M(event_payload, payload_flags), M(event_payload, segments),
			M(event_payload, pad)}},
	{"event_socket", sizeof(struct event_socket),
		{M(event_socket, header), M(event_socket, socket), M(event_socket, opened_ns),
			M(event_socket, owner_start_ns), M(event_socket, bytes_sent),
			M(event_socket, bytes_received), M(event_socket, local),
			M(event_socket, remote), M(event_socket, local_port),
			M(event_socket, remote_port), M(event_socket, protocol),
			M(event_socket, family), M(event_socket, netns), M(event_socket, owner_pid),
			M(event_socket, state), M(event_socket, socket_flags)}},
};

static const char *object_path;

static void compare(const struct btf *btf, const struct layout *layout)
{
	int id = btf__find_by_name_kind(btf, layout->name, BTF_KIND_STRUCT);
	const struct btf_type *type;
	unsigned count = 0;

	print_message("%s\n", layout->name);
	assert_true(id > 0);
	type = btf__type_by_id(btf, (__u32)id);
	assert_int_equal(type->size, layout->size);
	while (count < MEMBERS_MAX && layout->members[count].name)
		count++;
	assert_int_equal(btf_vlen(type), count);
	for (unsigned i = 0; i < count; i++) {
		const struct btf_member *member = &btf_members(type)[i];
		const struct member *expected = &layout->members[i];

		assert_string_equal(btf__name_by_offset(btf, member->name_off), expected->name);
		assert_int_equal(btf_member_bit_offset(type, i), expected->offset * 8);
		assert_int_equal(btf__resolve_size(btf, member->type), expected->size);
	}
}

static void kernel_and_userspace_agree(void **state)
{
	struct btf *btf = btf__parse(object_path, NULL);

	(void)state;
	assert_non_null(btf);
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		compare(btf, &layouts[i]);
	btf__free(btf);
}

/* The object: first argument, else MINERWATCH_BPF_OBJECT. */
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(kernel_and_userspace_agree)};

	object_path = argc > 1 ? argv[1] : getenv("MINERWATCH_BPF_OBJECT");
	if (!object_path) {
		print_error("test_event_layout: which object?\n");
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
