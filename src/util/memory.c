/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for tables whose sizes are bounded: where there is none left, the process says so and
 * ends. */
#include "util/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_CODE 1 /* failed while running */

void memory_exhausted(void)
{
	static const char text[] = "minerwatch: error: out of memory\n";

	/* Where stderr is gone too, the exit code tells. */
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(EXIT_CODE);
}

void *memory_zeroed(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		memory_exhausted();
	return memory;
}

char *memory_text(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		memory_exhausted();
	return copy;
}
