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
#define LIMIT 1000000 /* BPF_COMPLEXITY_LIMIT_INSNS, include/linux/bpf.h, since 5.2 */
#define WANTED_BELOW (LIMIT / 4) /* another kernel's verifier may need more */

static char log_text[LOG_SIZE];

/* As on a host with cgroup2 and without lockdown: no branch is dead. */
static void configure(struct minerwatch_bpf *bpf)
{
	bpf->rodata->cgroup_version = 2;
	bpf->rodata->read_kernel = true;
	bpf->rodata->cgroup_budget = 1;
}

/* Each by itself: one that this kernel refuses does not take the others along. */
static int load(const char *name)
{
	struct minerwatch_bpf *bpf = minerwatch_bpf__open();
	struct bpf_program *program;
	int err;

	if (!bpf)
		return -errno;
	configure(bpf);
	bpf_object__for_each_program(program, bpf->obj)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	program = bpf_object__find_program_by_name(bpf->obj, name);
	bpf_program__set_log_level(program, LOG_STATS);
	bpf_program__set_log_buf(program, log_text, sizeof(log_text));
	log_text[0] = '\0';
	err = minerwatch_bpf__load(bpf);
	minerwatch_bpf__destroy(bpf);
	return err;
}

/* False: too many. */
static bool report(const char *name, int err)
{
	const char *processed = strstr(log_text, "processed ");
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
	bool good = true;

	if (!bpf) {
		perror("open");
		return 1;
	}
	libbpf_set_print(print_nothing);
	bpf_object__for_each_program(program, bpf->obj)
	{
		const char *name = bpf_program__name(program);

		good &= report(name, load(name));
	}
	minerwatch_bpf__destroy(bpf);
	return !good;
}
