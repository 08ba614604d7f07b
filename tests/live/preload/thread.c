/* SPDX-License-Identifier: Apache-2.0 */
/* A library that brings a thread of the stand-in's sums into whatever program loads it. */
#include "standin.h"

static const struct standin_options options = {.threads = 1, .duty = 100, .rounding = true};

__attribute__((constructor)) static void start(void)
{
	standin_arithmetic_start(&options);
}
