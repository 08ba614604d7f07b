/* SPDX-License-Identifier: Apache-2.0 */
/* Messages for people, one line each, on stderr. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

/* One write a line: lines of several processes do not mix. Foreign bytes may stand in any message.
 */
static void print(const char *level, const char *format, va_list args)
{
	char line[LINE_MAX_BYTES];
	int len = snprintf(line, sizeof(line), "minerwatch: %s", level);
	int more = vsnprintf(line + len, sizeof(line) - (size_t)len - 1, format, args);

	if (more > 0)
		len += more < (int)sizeof(line) - len - 2 ? more : (int)sizeof(line) - len - 2;
	for (int i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, (size_t)len) < 0)
		return; /* nowhere left to say it */
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("error: ", format, args);
	va_end(args);
}

void log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("warning: ", format, args);
	va_end(args);
}

void log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("", format, args);
	va_end(args);
}
