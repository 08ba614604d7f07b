/* SPDX-License-Identifier: Apache-2.0 */
/* Makes records by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_fixture.h"

static struct event_header header_of(
	unsigned type, uint64_t time_ns, const struct core_process *process, size_t size)
{
	return (struct event_header){.type = (__u16)type,
		.size = (__u32)size,
		.time_ns = time_ns,
		.start_ns = process->start_ns,
		.cgroup_id = process->cgroup_id,
		.pid = process->pid,
		.tid = process->pid};
}

static void fill_kin(struct event_kin *kin, const struct core_process *process)
{
	kin->parent_start_ns = process->parent_start_ns;
	kin->ppid = process->ppid;
	kin->session = process->session;
	kin->uid = 1000;
	kin->cpus_allowed = 2;
	snprintf(kin->comm, sizeof(kin->comm), "p%u", process->pid);
}

static __u16 put(char **next, const char *text, size_t len)
{
	memcpy(*next, text, len);
	*next += len;
	return (__u16)len;
}

/* Components from the last one up, each with its NUL, as the kernel walks. */
static __u16 put_path(char **next, const char *path)
{
	size_t end = strlen(path), len = 0;

	while (end) {
		const char *slash = memrchr(path, '/', end);

		len += put(next, slash + 1, (size_t)(path + end - slash - 1));
		*(*next)++ = '\0';
		len++;
		end = (size_t)(slash - path);
	}
	return (__u16)len;
}

size_t core_make_exec(__u64 *record, unsigned type, uint64_t time_ns,
	const struct core_process *process, const struct core_program *program)
{
	struct event_exec *exec = (struct event_exec *)record;
	const char *name = strrchr(program->path, '/') + 1;
	char *next = (char *)(exec + 1), *argv;

	memset(record, 0, EVENT_RECORD_MAX);
	fill_kin(&exec->kin, process);
	exec->file = (struct event_file){.inode = program->inode,
		.dev = 1,
		.nlink = program->nlink,
		.fs_magic = program->fs_magic};
	exec->name_len = put(&next, name, strlen(name) + 1);
	exec->filename_len = put(&next, program->path, strlen(program->path) + 1);
	if (type == EVENT_EXEC)
		exec->path_len = put_path(&next, program->path);
	argv = next;
	exec->argv_len = put(&next, program->args, strlen(program->args) + 1);
	for (; *argv; argv++)
		if (*argv == '|')
			*argv = '\0';
	exec->header = header_of(type, time_ns, process, (size_t)(next - (char *)record));
	exec->header.flags = program->flags;
	return exec->header.size;
}

size_t core_make_kin(
	__u64 *record, unsigned type, uint64_t time_ns, const struct core_process *process)
{
	size_t size = type == EVENT_FORK ? sizeof(struct event_fork) : sizeof(struct event_task);
	struct event_fork *fork = (struct event_fork *)record; /* a TASK begins alike */

	memset(record, 0, size);
	fork->header = header_of(type, time_ns, process, size);
	fill_kin(&fork->kin, process);
	return size;
}

size_t core_make_exit(
	__u64 *record, uint64_t time_ns, const struct core_process *process, uint64_t cpu_ns)
{
	struct event_exit *exit = (struct event_exit *)record;

	*exit = (struct event_exit){
		.header = header_of(EVENT_EXIT, time_ns, process, sizeof(*exit)), .cpu_ns = cpu_ns};
	return sizeof(*exit);
}

size_t core_make_thread(__u64 *record, uint64_t time_ns, const struct core_process *process,
	uint64_t run_ns, uint64_t wait_ns)
{
	struct event_thread *thread = (struct event_thread *)record;

	*thread = (struct event_thread){
		.header = header_of(EVENT_THREAD, time_ns, process, sizeof(*thread)),
		.run_ns = run_ns,
		.wait_ns = wait_ns,
		.interval_ns = SECONDS(1)};
	return sizeof(*thread);
}

size_t core_make_connect(__u64 *record, uint64_t time_ns, const struct core_process *process,
	const uint8_t address[4], uint16_t port, uint16_t protocol)
{
	struct event_connect *connect = (struct event_connect *)record;

	*connect = (struct event_connect){
		.header = header_of(EVENT_CONNECT, time_ns, process, sizeof(*connect)),
		.destination = {[10] = 0xff, [11] = 0xff},
		.destination_port = port,
		.protocol = protocol,
		.family = 2,
		.uid = 1000};
	memcpy(connect->destination + 12, address, 4);
	snprintf(connect->comm, sizeof(connect->comm), "p%u", process->pid);
	return sizeof(*connect);
}

size_t core_make_cgroup(__u64 *record, unsigned type, uint64_t time_ns,
	const struct core_process *process, uint64_t id, const char *path)
{
	struct event_cgroup *cgroup = (struct event_cgroup *)record;
	size_t len = strlen(path) + 1, size = sizeof(*cgroup) + len;
	struct core_process nobody = {0};

	memset(record, 0, size);
	cgroup->header = header_of(type, time_ns, process ? process : &nobody, size);
	cgroup->header.cgroup_id = id;
	cgroup->path_len = (__u32)len;
	memcpy(cgroup + 1, path, len);
	return size;
}

void *core_make_plain(__u64 *record, unsigned type, uint64_t time_ns, size_t size)
{
	struct core_process nobody = {0};

	memset(record, 0, size);
	*(struct event_header *)record = header_of(type, time_ns, &nobody, size);
	return record;
}

int core_decode_alone(const void *record, size_t len, struct event *ret_event)
{
	void *copy = malloc(len ? len : 1);
	int err;

	assert_non_null(copy);
	memcpy(copy, record, len);
	err = event_decode(copy, len, ret_event);
	free(copy);
	return err;
}

size_t core_make_content(__u64 *record, uint64_t time_ns, const struct core_process *process,
	const struct event_content *says, const char *path, const char *names)
{
	struct event_content *content = (struct event_content *)record;
	char *next = (char *)(content + 1), *name;

	memset(record, 0, EVENT_RECORD_MAX);
	*content = *says;
	if (content->file.inode)
		content->file.dev = 1;
	content->path_len = put(&next, path, strlen(path) + 1);
	name = next;
	if (names)
		content->patterns_len = put(&next, names, strlen(names) + 1);
	for (; name < next; name++)
		if (*name == '|')
			*name = '\0';
	content->header =
		header_of(EVENT_CONTENT, time_ns, process, (size_t)(next - (char *)record));
	return content->header.size;
}
