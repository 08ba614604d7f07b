/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the times that runtimes write. */
#include "examiner/created_time.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#define SECOND_NS UINT64_C(1000000000)

/* Takes ".123" and more off *text; digits beyond nine do not count. */
static uint64_t fraction(const char **text)
{
	uint64_t ns = 0;

	if (**text != '.')
		return 0;
	(*text)++;
	for (uint64_t unit = SECOND_NS / 10; **text >= '0' && **text <= '9'; unit /= 10, (*text)++)
		ns += unit * (uint64_t)(**text - '0');
	return ns;
}

/* "Z" or "+hh:mm" and nothing behind it. */
static bool offset(const char *text, int *ret_seconds)
{
	int hours, minutes, used = 0;
	char sign;

	if (text[0] == 'Z' && text[1] == '\0') {
		*ret_seconds = 0;
		return true;
	}
	if (sscanf(text, "%c%2d:%2d%n", &sign, &hours, &minutes, &used) != 3 || text[used] ||
		(sign != '+' && sign != '-') || hours < 0 || hours > 23 || minutes < 0 ||
		minutes > 59)
		return false;
	*ret_seconds = (sign == '-' ? -1 : 1) * (hours * 60 + minutes) * 60;
	return true;
}

uint64_t created_time(const char *text)
{
	struct tm tm = {0};
	int used = 0, east;
	uint64_t ns;
	time_t seconds;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		    &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used) != 6 ||
		tm.tm_year < 1970 || tm.tm_year >= 2262)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	text += used;
	ns = fraction(&text);
	seconds = timegm(&tm);
	if (!offset(text, &east) || seconds - east < 0)
		return 0;
	return (uint64_t)(seconds - east) * SECOND_NS + ns;
}
