/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the stand-in: a program that looks like a miner and computes nothing of value. */
#ifndef STANDIN_H
#define STANDIN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct standin_options {
	unsigned seconds;
	unsigned threads;
	unsigned duty; /* percent of each 10 ms period */
	unsigned idle; /* threads that only sleep */
	unsigned processes; /* workers of 300 ms, one after another, instead of threads; 0: threads
			     */
	unsigned keepalive; /* seconds between keepalives; pool: between jobs */
	const char *pool; /* NULL: no talk */
	const char *serve, *dial; /* both NULL: no stub pool */
	const char *via; /* proxy in front of the pool; NULL: none */
	const char *relay; /* unix socket whose talk goes on to pool; NULL: none */
	const char *dialect, *line, *send, *socket; /* rows of the talk's tables; never NULL */
	const char *user, *pass, *agent, *worker; /* of the login; never NULL */
	const char *name; /* comm; NULL: as it is */
	const char *disguise; /* NULL: none */
	const char *report; /* NULL: nobody asks */
	const char *memory; /* "fast", "light"; NULL: none */
	unsigned hugepages; /* of 2 MiB, set aside and mapped */
	bool rounding; /* the sums run in changing rounding modes */
	bool verifier; /* ... for 50 ms every 2 s */
	bool netns; /* private addresses too: we are in a test's network namespace */
	bool verbose;
};

/* Fills *ret_options from STANDIN_* of the environment. 0, or -EINVAL after a message on stderr. */
int standin_options_read(struct standin_options *ret_options);
void standin_help(void);

/* Carries out the steps of the list; steps that execute a copy come back in the new image. */
int standin_disguise(const struct standin_options *options, char **argv);

/* Starts the threads of dummy sums and the idle ones; they end with the process. 0 or -errno. */
int standin_arithmetic_start(const struct standin_options *options);
/* Has the sums done by processes of 300 ms, one after another. 0 or -errno. */
int standin_processes_run(const struct standin_options *options);

/* Sets one of the four modes that RandomX uses, by chance from *seed, and one sum in it. */
void standin_round(unsigned *seed);

/* Maps memory of the shape RandomX has, touching next to nothing of it. 0 or -errno. */
int standin_memory_map(const struct standin_options *options);
/* Raises the host's number of huge pages and maps as many. 0 or -errno; gives nothing back. */
int standin_hugepages_map(const struct standin_options *options);

/*
 * "ADDRESS:PORT", "[ADDRESS%INTERFACE]:PORT", "PORT" (then 127.0.0.1), all numeric, or "unix:PATH";
 * -EINVAL when it is none, -EACCES when it is neither this machine's nor allowed by options->netns.
 */
int standin_address(const struct standin_options *options, const char *text,
	struct sockaddr_storage *ret_address, socklen_t *ret_len);

/* Starts the thread that talks to options->pool, trying again each second. 0 or -errno. */
int standin_talk_start(const struct standin_options *options, char **argv);

/* Listens at options->relay and starts the thread that carries bytes to options->pool and back. */
int standin_relay_start(const struct standin_options *options);

/* Listens at options->serve, or dials, and starts the stub pool's thread. 0 or -errno. */
int standin_pool_start(const struct standin_options *options, unsigned *ret_port);

#endif
