/* SPDX-License-Identifier: Apache-2.0 */
/* Reads clocks and host facts into records, so that nothing behind the pipeline's door has to. */
#include "sources/host.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "version.h"

#define SECOND_NS 1000000000

static __s64 clock_ns(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) < 0)
		return 0;
	return (__s64)now.tv_sec * SECOND_NS + now.tv_nsec;
}

__u64 host_now_ns(void)
{
	return (__u64)clock_ns(CLOCK_BOOTTIME);
}

struct event_header host_header(unsigned type, size_t size)
{
	return (struct event_header){
		.type = (__u16)type, .size = (__u32)size, .time_ns = host_now_ns()};
}

static void read_line(const char *path, char *ret_line, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? 0 : read(fd, ret_line, size - 1);

	if (fd >= 0)
		close(fd);
	ret_line[len > 0 ? len : 0] = '\0';
	ret_line[strcspn(ret_line, "\n")] = '\0';
}

void host_boot_id(char ret_id[static 40])
{
	memset(ret_id, 0, 40);
	read_line("/proc/sys/kernel/random/boot_id", ret_id, 40);
}

void host_facts(const __u8 *rules_digest, unsigned cgroup_version, const struct host_names *names,
	struct event_host *ret_host)
{
	struct utsname name;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	memset(ret_host, 0, sizeof(*ret_host));
	ret_host->header = host_header(EVENT_HOST, sizeof(*ret_host));
	memcpy(ret_host->rules_digest, rules_digest, sizeof(ret_host->rules_digest));
	if (uname(&name) == 0) {
		snprintf(ret_host->hostname, sizeof(ret_host->hostname), "%s", name.nodename);
		snprintf(ret_host->kernel, sizeof(ret_host->kernel), "%s", name.release);
		snprintf(ret_host->machine, sizeof(ret_host->machine), "%.15s", name.machine);
	}
	if (names->node)
		snprintf(ret_host->hostname, sizeof(ret_host->hostname), "%s", names->node);
	if (names->cluster)
		snprintf(ret_host->cluster, sizeof(ret_host->cluster), "%s", names->cluster);
	host_boot_id(ret_host->boot_id);
	snprintf(ret_host->version, sizeof(ret_host->version), "%s", MINERWATCH_VERSION);
	ret_host->cpus = cpus > 0 ? (__u32)cpus : 1;
	ret_host->cgroup_version = cgroup_version;
}

void host_wall(struct event_wall *ret_wall)
{
	memset(ret_wall, 0, sizeof(*ret_wall));
	ret_wall->header = host_header(EVENT_WALL, sizeof(*ret_wall));
	ret_wall->offset_ns = clock_ns(CLOCK_REALTIME) - (__s64)ret_wall->header.time_ns;
}
