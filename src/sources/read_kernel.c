// SPDX-License-Identifier: Apache-2.0
/* Tries whether programs may read kernel memory by address. */
#include "sources/read_kernel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

/*
 * By a program that does it. libbpf_probe_bpf_helper (libbpf 1.1) looks for words in the verifier's
 * log that newer kernels do not use any more (seen on 6.12), and then says that all is allowed.
 * Tracing programs cannot be tried without a hook; they get this helper from the same table.
 */
bool read_kernel_allowed(void)
{
	const struct bpf_insn program[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_10},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = 0},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, NULL, "Dual BSD/GPL", program,
		sizeof(program) / sizeof(program[0]), NULL);

	if (fd < 0)
		return errno != EINVAL;
	close(fd);
	return true;
}
