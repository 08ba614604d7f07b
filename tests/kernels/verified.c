/* SPDX-License-Identifier: Apache-2.0 */
/* Prints how many instructions this kernel's verifier goes through for each program (row S10). */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "minerwatch.skel.h"

#define LOG_STATS 4 /* BPF_LOG_STATS, include/linux/bpf_verifier.h: the sums alone */
#define LOG_SIZE 65536
#define PROGRAMS_MAX 32
#define LIMIT 1000000 /* BPF_COMPLEXITY_LIMIT_INSNS, include/linux/bpf.h, since 5.2 */
#define WANTED_BELOW (LIMIT / 4) /* another kernel's verifier may need more */

static char logs[PROGRAMS_MAX][LOG_SIZE];

/* As on a host with cgroup2 and without lockdown: no branch is dead. */
static void configure(struct minerwatch_bpf *bpf)
{
	bpf->rodata->cgroup_version = 2;
	bpf->rodata->read_kernel = true;
	bpf->rodata->cgroup_budget = 1;
}

/* All of them, or one alone. */
static int load(const char *alone)
{
	struct minerwatch_bpf *bpf = minerwatch_bpf__open();
	struct bpf_program *program;
	unsigned count = 0;
	int err;

	if (!bpf)
		return -errno;
	configure(bpf);
	bpf_object__for_each_program(program, bpf->obj)
	{
		char *log = logs[count++ % PROGRAMS_MAX];
		bool wanted = !alone || !strcmp(bpf_program__name(program), alone);

		bpf_program__set_autoload(program, wanted);
		if (!wanted)
			continue;
		log[0] = '\0';
		bpf_program__set_log_level(program, LOG_STATS);
		bpf_program__set_log_buf(program, log, LOG_SIZE);
	}
	err = count > PROGRAMS_MAX ? -E2BIG : minerwatch_bpf__load(bpf);
	minerwatch_bpf__destroy(bpf);
	return err;
}

/* False: too many. */
static bool report(const char *name, const char *log, int err)
{
	const char *processed = strstr(log, "processed ");
	unsigned long instructions = processed ? strtoul(processed + 10, NULL, 10) : 0;

	if (err) {
		printf("%s: refused: %s\n", name, strerror(-err));
		return true;
	}
	printf("%s: %lu instructions\n", name, instructions);
	return instructions && instructions < WANTED_BELOW;
}

static int print_nothing(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level;
	(void)format;
	(void)arguments;
	return 0;
}

int main(void)
{
	struct minerwatch_bpf *bpf = minerwatch_bpf__open();
	struct bpf_program *program;
	unsigned count = 0;
	bool good = true;
	int err;

	if (!bpf) {
		perror("open");
		return 1;
	}
	libbpf_set_print(print_nothing);
	/* One that is refused takes the others along: then each by itself. */
	err = load(NULL);
	bpf_object__for_each_program(program, bpf->obj)
	{
		const char *name = bpf_program__name(program);

		good &= report(name, logs[count++ % PROGRAMS_MAX], err ? load(name) : 0);
	}
	minerwatch_bpf__destroy(bpf);
	return !good;
}
