/* SPDX-License-Identifier: Apache-2.0 */
/* The stand-in's life: options, disguise, its threads, and an end that always comes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "standin.h"

/* Tells whoever asked "PID PORT\n": everything is set up (a FIFO makes a test wait for that). */
static int report(const char *path, unsigned port)
{
	int fd, err = 0;

	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	if (dprintf(fd, "%d %u\n", getpid(), port) < 0)
		err = -EIO;
	close(fd);
	return err;
}

static int live(const struct standin_options *options, char **argv)
{
	unsigned port = 0;
	int err;

	err = standin_disguise(options, argv);
	if (err)
		return err;
	/* After the forks and execs, which would forget it; kills us should the sleep below fail.
	 */
	alarm(options->seconds + 2);
	if (options->name && prctl(PR_SET_NAME, options->name))
		return -errno;
	if (options->serve || options->dial) {
		err = standin_pool_start(options, &port);
		if (err)
			return err;
	}
	if (options->pool) {
		err = options->relay ? standin_relay_start(options)
				     : standin_talk_start(options, argv);
		if (err)
			return err;
	}
	if (options->memory) {
		err = standin_memory_map(options);
		if (err)
			return err;
	}
	if (options->hugepages) {
		err = standin_hugepages_map(options);
		if (err)
			return err;
	}
	err = standin_arithmetic_start(options);
	if (err)
		return err;
	err = options->report ? report(options->report, port) : 0;
	if (!err && options->processes)
		err = standin_processes_run(options);
	return err;
}

int main(int argc, char **argv)
{
	static struct standin_options options; /* threads read it to the very end */
	struct timespec rest;
	int err;

	if (argc == 2 && !strcmp(argv[1], "--help")) {
		standin_help();
		return 0;
	}
	if (standin_options_read(&options))
		return 2;
	signal(SIGPIPE, SIG_IGN);
	err = live(&options, argv);
	if (err) {
		fprintf(stderr, "standin: %s\n", strerror(-err));
		return 1;
	}
	rest = (struct timespec){.tv_sec = options.seconds};
	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, &rest) == EINTR)
		;
	return 0;
}
