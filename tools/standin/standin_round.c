/* SPDX-License-Identifier: Apache-2.0 */
/* The rounding modes that RandomX's programs switch between, set by chance around a sum. */
#include <stdint.h>

#include "standin.h"

#if defined(__x86_64__)
/* XMRig's four values: all exceptions masked, flush to zero, denormals are zero, each mode. */
static void set_mode(unsigned mode)
{
	uint32_t mxcsr = 0x9fc0u | mode << 13;

	__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}
#elif defined(__aarch64__)
static void set_mode(unsigned mode)
{
	uint64_t fpcr = (uint64_t)mode << 22;

	__asm__ volatile("msr fpcr, %0" : : "r"(fpcr));
}
#else
static void set_mode(unsigned mode)
{
	(void)mode;
}
#endif

/* Of the C library's generators none may be called in a foreign rounding mode: xorshift is
 * integers. */
void standin_round(unsigned *seed)
{
	volatile double sum = 1.0;

	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	set_mode(*seed >> 16 & 3);
	sum = sum + 0.1;
	(void)sum;
}
