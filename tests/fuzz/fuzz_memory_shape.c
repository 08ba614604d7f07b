/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds any text to the reader of maps and checks that its counts stay within the text's lines. */
/* Parser: src/examiner/memory_shape.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "examiner/memory_shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct event_memory memory = {0};
	char *text = malloc(len + 1);
	size_t lines = 0;

	if (!text)
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	memory_shape_read(text, &memory);
	free(text);
	if (memory.datasets > lines || memory.caches > lines || memory.codes > lines ||
		memory.scratchpads > lines * 64)
		abort();
	return 0;
}
