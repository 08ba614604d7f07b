/* SPDX-License-Identifier: Apache-2.0 */
/* Makes short processes, connects to ever new loopback addresses and cgroups, as many as it is
 * told. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD "--child" /* what the short processes are: this program, that ends at once */
#define FIRST_ADDRESS 0x7f010000 /* 127.1.0.0; nobody listens there */
#define PORT 9 /* discard */

struct counts {
	unsigned long processes, destinations, cgroups;
};

static int cgroup_path(const char *place, unsigned long number, char path[static PATH_MAX])
{
	int len = snprintf(path, PATH_MAX, "%s/soak-%lu", place, number);

	return len > 0 && len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* *ret_fd: what a process has to write "0" to, to move in. */
static int cgroup_make(const char *place, unsigned long number, int *ret_fd)
{
	char path[PATH_MAX];
	int err = cgroup_path(place, number, path), directory, fd;

	if (err)
		return err;
	if (mkdir(path, 0755))
		return -errno;
	directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return -errno;
	fd = openat(directory, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : 0;
	close(directory);
	*ret_fd = fd;
	return err;
}

static void cgroups_remove(const char *place, unsigned long count)
{
	char path[PATH_MAX];

	for (unsigned long i = 0; i < count; i++)
		if (!cgroup_path(place, i, path))
			rmdir(path);
}

static int process_make(int cgroup_fd)
{
	static char *const argv[] = {"soak", CHILD, NULL}, *const environment[] = {NULL};
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		if (cgroup_fd >= 0 && write(cgroup_fd, "0", 1) != 1)
			_exit(126);
		execve("/proc/self/exe", argv, environment);
		_exit(127);
	}
	if (pid < 0)
		return -errno;
	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return status ? -ECHILD : 0;
}

/* Refused at once; the attempt is what counts. */
static int destination_connect(unsigned long number)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl((uint32_t)(FIRST_ADDRESS + number))};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 ||
		(errno != EINPROGRESS && errno != ECONNREFUSED)) {
		close(fd);
		return -EIO;
	}
	close(fd);
	return 0;
}

/* Whether the next of them is to be made before process i: spread evenly over so many processes. */
static bool is_due(unsigned long i, unsigned long made, unsigned long of, unsigned long processes)
{
	return made < of && made * processes <= i * of;
}

static int make_all(const struct counts *counts, const char *place, struct counts *made)
{
	int err = 0;

	while (made->processes < counts->processes && !err) {
		unsigned long i = made->processes;
		int fd = -1;

		/* In the first half: all stay until the end, so that the second can be flat. */
		if (is_due(i, made->cgroups, counts->cgroups, counts->processes / 2)) {
			err = cgroup_make(place, made->cgroups, &fd);
			made->cgroups += !err;
		}
		if (!err &&
			is_due(i, made->destinations, counts->destinations, counts->processes)) {
			err = destination_connect(made->destinations);
			made->destinations += !err;
		}
		if (!err)
			err = process_make(fd);
		made->processes += !err;
		if (fd >= 0)
			close(fd);
	}
	return err;
}

static bool read_count(const char *text, unsigned long *ret_count)
{
	char *end;

	*ret_count = strtoul(text, &end, 10);
	return *ret_count && *ret_count <= 10000000 && !*end;
}

int main(int argc, char **argv)
{
	struct counts counts, made = {0};
	int err;

	if (argc > 1 && !strcmp(argv[1], CHILD))
		return 0;
	if (argc != 5 || !read_count(argv[1], &counts.processes) ||
		!read_count(argv[2], &counts.destinations) ||
		!read_count(argv[3], &counts.cgroups)) {
		fputs("usage: soak PROCESSES DESTINATIONS CGROUPS CGROUP-DIRECTORY\n", stderr);
		return 2;
	}
	err = make_all(&counts, argv[4], &made);
	printf("%lu processes, %lu destinations, %lu cgroups\n", made.processes, made.destinations,
		made.cgroups);
	if (err)
		fprintf(stderr, "soak: %s\n", strerror(-err));
	cgroups_remove(argv[4], made.cgroups);
	return err ? 1 : 0;
}
