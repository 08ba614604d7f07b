/* SPDX-License-Identifier: Apache-2.0 */
/* What the detectors on content begin with. */
#ifndef MINERWATCH_CONTENT_INPUT_H
#define MINERWATCH_CONTENT_INPUT_H

#include <stdbool.h>

#include "detector.h"

struct content_input {
	const char *object; /* "program", "mapped", "memory" */
	unsigned result; /* enum content_result */
	const uint8_t *sha256; /* NULL: not digested */
	struct span patterns; /* names, each with its NUL */
	struct span path;
};

/*
 * What the event says of a file it has mapped or of its memory; else what is known of the program
 * the process runs. False: nothing.
 */
bool content_of_input(const struct detector_input *in, struct content_input *ret_content);

#endif
