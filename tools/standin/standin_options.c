/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stand-in's controls. They come from the environment, so that argv can be whatever a test
 * wants detectors to read.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "standin.h"

struct control {
	const char *name;
	size_t offset; /* in struct standin_options */
	enum { NUMBER, TEXT, SWITCH } kind;
	unsigned minimum, maximum, initial;
	const char *help;
	const char *text; /* TEXT: unless told otherwise; NULL: none */
};

#define AT(member) offsetof(struct standin_options, member)

static const struct control controls[] = {
	{"STANDIN_SECONDS", AT(seconds), NUMBER, 1, 600, 30, "life in seconds, 1-600; default 30",
		NULL},
	{"STANDIN_THREADS", AT(threads), NUMBER, 0, 64, 1, "threads of dummy sums, 0-64; default 1",
		NULL},
	{"STANDIN_DUTY", AT(duty), NUMBER, 1, 100, 100,
		"percent of each 10 ms they are busy, 1-100; default 100", NULL},
	{"STANDIN_ROUNDING", AT(rounding), SWITCH, 0, 0, 0,
		"1: each 10 us or so the sums change the rounding mode as RandomX does", NULL},
	{"STANDIN_VERIFIER", AT(verifier), SWITCH, 0, 0, 0,
		"1: as STANDIN_ROUNDING, but busy for 50 ms every 2 s, like a node that verifies",
		NULL},
	{"STANDIN_IDLE", AT(idle), NUMBER, 0, 64, 0, "threads that only sleep, 0-64; default 0",
		NULL},
	{"STANDIN_PROCESSES", AT(processes), NUMBER, 0, 1000, 0,
		"that many processes of 300 ms do the sums, one after another, instead of threads",
		NULL},
	{"STANDIN_MEMORY", AT(memory), TEXT, 0, 0, 0,
		"fast or light: map memory of the shape RandomX has, untouched", NULL},
	{"STANDIN_HUGEPAGES", AT(hugepages), NUMBER, 0, 8, 0,
		"raise the host's number of 2 MiB pages by that many and map them, 0-8; default "
		"0;\n"
		"      whoever starts it restores the number",
		NULL},
	{"STANDIN_POOL", AT(pool), TEXT, 0, 0, 0,
		"ADDRESS:PORT or unix:PATH to talk to, as a pool's client", NULL},
	{"STANDIN_DIALECT", AT(dialect), TEXT, 0, 0, 0,
		"cryptonote, bitcoin, ethereum, daemon (a node's HTTP); default cryptonote",
		"cryptonote"},
	{"STANDIN_LINE", AT(line), TEXT, 0, 0, 0,
		"plain, shuffled, spaced, newline (first), split (two writes), blanks (4 KiB "
		"first),\n"
		"      truncated; default plain",
		"plain"},
	{"STANDIN_SEND", AT(send), TEXT, 0, 0, 0,
		"write, send, sendmsg, uring, sqpoll, fastopen, int80; default write", "write"},
	{"STANDIN_SOCKET", AT(socket), TEXT, 0, 0, 0,
		"where the connection comes from; default own\n"
		"      passed    a helper connects, passes it (SCM_RIGHTS) and ends\n"
		"      taken     the same, by pidfd_getfd\n"
		"      inherited whoever connected forks, the child executes and talks\n"
		"      accepted  the pool dials in: STANDIN_POOL is where to listen",
		"own"},
	{"STANDIN_VIA", AT(via), TEXT, 0, 0, 0,
		"connect:ADDRESS:PORT or socks5:ADDRESS:PORT, a proxy; STANDIN_POOL can be any "
		"name",
		NULL},
	{"STANDIN_RELAY", AT(relay), TEXT, 0, 0, 0,
		"unix:PATH to listen at: no talk of our own, what comes goes on to STANDIN_POOL",
		NULL},
	{"STANDIN_SERVE", AT(serve), TEXT, 0, 0, 0,
		"[ADDRESS:]PORT[,...] to listen at, as a stub pool and proxy; port 0: any", NULL},
	{"STANDIN_DIAL", AT(dial), TEXT, 0, 0, 0, "ADDRESS:PORT of a miner that a stub pool dials",
		NULL},
	{"STANDIN_USER", AT(user), TEXT, 0, 0, 0, "login sent; default \"standin\"", "standin"},
	{"STANDIN_PASS", AT(pass), TEXT, 0, 0, 0, "password sent; default \"x\"", "x"},
	{"STANDIN_AGENT", AT(agent), TEXT, 0, 0, 0, "agent sent; default \"standin/1\"",
		"standin/1"},
	{"STANDIN_WORKER", AT(worker), TEXT, 0, 0, 0, "worker sent; default \"rig\"", "rig"},
	{"STANDIN_KEEPALIVE", AT(keepalive), NUMBER, 1, 600, 5,
		"seconds between keepalives (client) and jobs (pool); default 5", NULL},
	{"STANDIN_NETNS", AT(netns), SWITCH, 0, 0, 0,
		"1: private and documentation addresses too, for tests in a network namespace",
		NULL},
	{"STANDIN_NAME", AT(name), TEXT, 0, 0, 0, "comm to take, at most 15 bytes", NULL},
	{"STANDIN_DISGUISE", AT(disguise), TEXT, 0, 0, 0,
		"steps before work, by comma, from left to right:\n"
		"      memfd     execute a copy in a memfd\n"
		"      deleted   execute a copy in $TMPDIR or /tmp, which it deletes once it runs\n"
		"      unlinked  execute a copy that was deleted before\n"
		"      daemon    fork, setsid, the parent exits",
		NULL},
	{"STANDIN_REPORT", AT(report), TEXT, 0, 0, 0,
		"file or FIFO that gets \"PID PORT\" once all is set up", NULL},
	{"STANDIN_VERBOSE", AT(verbose), SWITCH, 0, 0, 0, "1: say on stderr what is talked", NULL},
};

#define CONTROLS (sizeof(controls) / sizeof(controls[0]))

void standin_help(void)
{
	puts("standin: looks like a miner and is none. It adds numbers up, at most 10 minutes, and "
	     "may\n"
	     "talk like a pool's client with a stub pool on the same machine; it hashes nothing.\n"
	     "Its arguments mean nothing to it: they are there for a detector to read. Its "
	     "controls\n"
	     "are environment variables:");
	for (size_t i = 0; i < CONTROLS; i++)
		printf("  %-18s %s\n", controls[i].name, controls[i].help);
}

static int read_number(const struct control *control, const char *text, unsigned *ret_number)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || *end || text[0] < '0' || text[0] > '9')
		return -EINVAL;
	if (number < control->minimum || number > control->maximum)
		return -EINVAL;
	*ret_number = number;
	return 0;
}

static int read_control(const struct control *control, const char *text, void *ret_field)
{
	switch (control->kind) {
	case NUMBER:
		*(unsigned *)ret_field = control->initial;
		return text ? read_number(control, text, ret_field) : 0;
	case TEXT:
		*(const char **)ret_field = text ? text : control->text;
		return 0;
	case SWITCH:
		*(bool *)ret_field = text && text[0] == '1';
		return 0;
	}
	return -EINVAL;
}

int standin_options_read(struct standin_options *ret_options)
{
	struct standin_options options = {0};

	for (size_t i = 0; i < CONTROLS; i++) {
		const char *text = getenv(controls[i].name);

		if (read_control(&controls[i], text, (char *)&options + controls[i].offset)) {
			fprintf(stderr, "standin: %s=%s: %s\n", controls[i].name, text,
				controls[i].help);
			return -EINVAL;
		}
	}
	*ret_options = options;
	return 0;
}
