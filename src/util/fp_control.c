/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the bits of floating-point control words. */
#include "util/fp_control.h"

#include <string.h>

/* Intel SDM volume 1, 10.2.3: MXCSR. */
#define MXCSR_MODE_SHIFT 13
#define MXCSR_FLUSH 0x8000u
#define MXCSR_DENORMALS_ARE_ZERO 0x0040u
#define MXCSR_MASKED 0x1f80u /* all exceptions; what a process starts with */
#define MXCSR_STICKY 0x003fu
/* Arm ARM, C5.2.8: FPCR. */
#define FPCR_MODE_SHIFT 22
#define FPCR_FLUSH (1u << 24)

enum fp_machine fp_machine(const char *machine)
{
	if (strcmp(machine, "x86_64") == 0)
		return FP_X86;
	return strcmp(machine, "aarch64") == 0 ? FP_ARM64 : FP_NONE;
}

int fp_randomx_mode(enum fp_machine machine, uint32_t word)
{
	const uint32_t randomx = MXCSR_FLUSH | MXCSR_MASKED | MXCSR_DENORMALS_ARE_ZERO;
	const uint32_t modes = (FP_MODES - 1) << MXCSR_MODE_SHIFT;

	if (machine == FP_X86 && (word & ~(modes | MXCSR_STICKY)) == randomx)
		return (int)(word >> MXCSR_MODE_SHIFT & (FP_MODES - 1));
	if (machine == FP_ARM64)
		return (int)(word >> FPCR_MODE_SHIFT & (FP_MODES - 1));
	return -1;
}

uint32_t fp_canary_word(enum fp_machine machine, unsigned mode)
{
	switch (machine) {
	case FP_X86:
		return MXCSR_FLUSH | MXCSR_MASKED | mode << MXCSR_MODE_SHIFT;
	case FP_ARM64:
		return FPCR_FLUSH | mode << FPCR_MODE_SHIFT;
	case FP_NONE:
		break;
	}
	return 0;
}

bool fp_same(enum fp_machine machine, uint32_t word, uint32_t other)
{
	uint32_t sticky = machine == FP_X86 ? MXCSR_STICKY : 0;

	return (word & ~sticky) == (other & ~sticky);
}
