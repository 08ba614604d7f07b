/* SPDX-License-Identifier: Apache-2.0 */
/* Makes an exact number of events in a chosen way and prints as JSON what it made. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "generate.h"

#define COUNT_MAX 100000
#define CHILD "--child" /* first argument of the programs that exec's ways execute */

static const struct kind kinds[] = {
	{"exec", exec_ways},
	{"fork", fork_ways},
	{"connect", connect_ways},
	{"cgroup", cgroup_ways},
	{"sockaddr", sockaddr_ways},
	{"payload", payload_ways},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

int generate_in_child(struct generate *run, int (*start)(struct generate *run))
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(-start(run));
	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ENOSYS;
}

/* Errors that mean "not on this kernel", when the very first event fails with them. */
static bool means_unsupported(int err)
{
	static const int errors[] = {ENOSYS, EOPNOTSUPP, EPROTONOSUPPORT, ENOPROTOOPT, EAFNOSUPPORT,
		EADDRNOTAVAIL, EPERM, EACCES, EROFS, ENOEXEC};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (err == -errors[i])
			return true;
	return false;
}

static int usage(void)
{
	fputs("usage: generate KIND COUNT WAY [PLACE]\n", stderr);
	for (size_t i = 0; i < KINDS; i++) {
		fprintf(stderr, "  %s:", kinds[i].name);
		for (const struct way *way = kinds[i].ways; way->name; way++)
			fprintf(stderr, " %s", way->name);
		fputc('\n', stderr);
	}
	return 2;
}

static int make(
	struct generate *run, const struct kind *kind, const struct way *way, unsigned count)
{
	unsigned made = 0;
	int err;

	err = way->begin ? way->begin(run) : 0;
	while (!err && made < count) {
		err = way->make(run);
		made += !err;
	}
	exec_clean(run);
	uring_close(run->uring);
	if (err && (made || !means_unsupported(err))) {
		fprintf(stderr, "generate: %s %s: %s after %u\n", kind->name, way->name,
			strerror(-err), made);
		return 1;
	}
	printf("{\"kind\":\"%s\",\"way\":\"%s\",\"pid\":%d,\"marker\":\"%s\",", kind->name,
		way->name, getpid(), run->marker);
	if (err)
		printf("\"skipped\":\"%s\"}\n", strerror(-err));
	else
		printf("\"made\":%u}\n", made);
	return 0;
}

int main(int argc, char **argv)
{
	struct generate run = {.listener = -1};
	unsigned long count;
	char *end;

	if (argc > 1 && !strcmp(argv[1], CHILD))
		return 0;
	if (argc < 4)
		return usage();
	count = strtoul(argv[2], &end, 10);
	if (*end || !count || count > COUNT_MAX)
		return usage();
	run.place = argv[4];
	snprintf(run.marker, sizeof(run.marker), "generate-marker-%d", getpid());
	for (size_t i = 0; i < KINDS; i++)
		for (const struct way *way = kinds[i].ways; way->name; way++)
			if (!strcmp(argv[1], kinds[i].name) && !strcmp(argv[3], way->name))
				return make(&run, &kinds[i], way, count);
	return usage();
}
