/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Honest arithmetic that comes near RandomX's: all rounding modes without flushing (interval
 * arithmetic, fesetround), flushing without modes (fast-math), flushing and two modes (an
 * emulator). Usage: rounding fesetround|fast-math|two-modes SECONDS
 */
#include <fenv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>

static void flush(unsigned mode)
{
	_mm_setcsr(0x9fc0u | mode << 13);
}
#else
static void flush(unsigned mode)
{
	(void)mode;
}
#endif

static void set_mode(const char *kind, unsigned turn)
{
	static const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};

	if (strcmp(kind, "fesetround") == 0)
		fesetround(modes[turn % 4]);
	else
		flush(strcmp(kind, "two-modes") == 0 ? turn % 3 : 0); /* to nearest, down, up */
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc == 3 ? strtol(argv[2], NULL, 10) : 0);
	volatile double sum = 1.0;

	if (argc != 3)
		return 2;
	for (unsigned turn = 0; time(NULL) < end; turn++) {
		set_mode(argv[1], turn);
		for (unsigned i = 0; i < 20000; i++)
			sum = sum * 1.0000001 + 0.1;
	}
	fesetround(FE_TONEAREST);
	printf("%g\n", sum);
	return 0;
}
