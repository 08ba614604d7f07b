/* SPDX-License-Identifier: Apache-2.0 */
/* What a saved floating-point control word (x86: MXCSR, arm64: FPCR) says of the arithmetic. */
#ifndef MINERWATCH_FP_CONTROL_H
#define MINERWATCH_FP_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#define FP_MODES 4 /* to nearest is mode 0 */

enum fp_machine { FP_NONE, FP_X86, FP_ARM64 };

/* The machine this is built for. */
#if defined(__x86_64__)
#define FP_HERE FP_X86
#elif defined(__aarch64__)
#define FP_HERE FP_ARM64
#else
#define FP_HERE FP_NONE
#endif

/* machine: as uname(2) says it. */
enum fp_machine fp_machine(const char *machine);

/*
 * The rounding mode, 0 to 3, where the word is one that RandomX runs in; -1 where it is not. x86:
 * flush to zero and denormals are zero are both set (XMRig,
 * src/crypto/randomx/jit_compiler_x86_static.S; the sticky exception bits vary). arm64: any word,
 * since RandomX sets nothing but the mode there (jit_compiler_a64.cpp); a weaker sign.
 */
int fp_randomx_mode(enum fp_machine machine, uint32_t word);

/* A word in that mode that no RandomX program sets on x86: flush to zero alone. */
uint32_t fp_canary_word(enum fp_machine machine, unsigned mode);
/* Are both the same but for the sticky exception bits? */
bool fp_same(enum fp_machine machine, uint32_t word, uint32_t other);

#endif
