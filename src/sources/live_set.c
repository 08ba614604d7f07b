// SPDX-License-Identifier: Apache-2.0
/* The table of hooks, and the descriptors of their programs. */
#include "sources/live_set.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "minerwatch.skel.h"
#include "pinned_loss.h"
#include "sources/ring_reader.h"

#define LOSSES_SIZE (CLASS_COUNT * sizeof(struct pinned_loss))

const struct hook hooks[HOOK_COUNT] = {
	[HOOK_EXEC] = {"exec", {"report_exec"}, false},
	[HOOK_FORK] = {"fork", {"report_fork"}, false},
	[HOOK_EXIT] = {"exit", {"report_exit"}, false},
	[HOOK_TCP] = {"connect_tcp", {"report_connect_tcp"}, false},
	[HOOK_UDP] = {"connect_udp", {"report_connect_udp4", "report_connect_udp6"}, true},
	/* The readers first: no marked socket's SYN may pass unseen. */
	[HOOK_PAYLOAD] = {"payload",
		{"read_sent", "read_received", "mark_connect4", "mark_connect6"}, true},
	[HOOK_CGROUP] = {"cgroup",
		{"report_cgroup_mkdir", "report_cgroup_release", "report_cgroup_rename",
			"report_cgroup_attach"},
		false},
	[HOOK_TASKS] = {"tasks", {"report_tasks"}, false},
	[HOOK_SOCKETS] = {"sockets", {"report_sockets"}, false},
};

void live_set_init(struct live_set *set)
{
	*set = (struct live_set){.ring = -1, .variables = -1, .losses = -1};
	for (unsigned i = 0; i < HOOK_COUNT; i++)
		for (unsigned j = 0; j < HOOK_PROGRAMS_MAX; j++)
			set->programs[i][j] = set->links[i][j] = -1;
}

int live_set_map(struct live_set *set)
{
	void *bss = mmap(
		NULL, sizeof(*set->bss), PROT_READ | PROT_WRITE, MAP_SHARED, set->variables, 0);

	if (bss == MAP_FAILED)
		return -errno;
	set->bss = bss;
	return 0;
}

int live_set_map_losses(struct live_set *set)
{
	struct bpf_map_info info = {0};
	__u32 len = sizeof(info);
	void *loss;

	if (bpf_obj_get_info_by_fd(set->losses, &info, &len) < 0)
		return -errno;
	if (info.type != BPF_MAP_TYPE_ARRAY || info.value_size != sizeof(*set->loss) ||
		info.max_entries != CLASS_COUNT)
		return -EINVAL;
	loss = mmap(NULL, LOSSES_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, set->losses, 0);
	if (loss == MAP_FAILED)
		return -errno;
	set->loss = loss;
	return 0;
}

int live_ring_open(int ring, struct ring_reader **ret_reader)
{
	struct bpf_map_info info = {0};
	__u32 len = sizeof(info);
	int err = bpf_obj_get_info_by_fd(ring, &info, &len);

	return err ? err : ring_reader_open(ring, info.max_entries, ret_reader);
}

static void close_one(int fd)
{
	if (fd >= 0)
		close(fd);
}

void live_set_done(struct live_set *set)
{
	for (unsigned i = 0; i < HOOK_COUNT; i++) {
		for (unsigned j = 0; j < HOOK_PROGRAMS_MAX; j++) {
			close_one(set->links[i][j]);
			close_one(set->programs[i][j]);
		}
	}
	if (set->bss)
		munmap(set->bss, sizeof(*set->bss));
	if (set->loss)
		munmap(set->loss, LOSSES_SIZE);
	close_one(set->losses);
	close_one(set->variables);
	close_one(set->ring);
	live_set_init(set);
}
