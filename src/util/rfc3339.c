// SPDX-License-Identifier: Apache-2.0
/* Writes a moment of event time as RFC 3339 text. */
#include "util/rfc3339.h"

#include <stdio.h>

#define NS_PER_S 1000000000
#define S_PER_DAY 86400
#define DAYS_PER_ERA 146097 /* 400 Gregorian years: the calendar repeats */
#define EPOCH_DAY 719468 /* 1970-01-01, counted from 0000-03-01 */

struct date {
	int year, month, day;
};

/*
 * Days are counted from a 1 March, so that the leap day is the last of its year and months have the
 * pattern 31 30 31 30 31 that (153 * month + 2) / 5 counts. No day before year 0 occurs here.
 */
static struct date date_of(int64_t days_since_epoch)
{
	int64_t days = days_since_epoch + EPOCH_DAY;
	int64_t era = days / DAYS_PER_ERA;
	int day_of_era = (int)(days % DAYS_PER_ERA);
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
				  day_of_era / (DAYS_PER_ERA - 1)) /
			  365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month = (5 * day_of_year + 2) / 153; /* 0: March */
	struct date date = {
		.year = (int)era * 400 + year_of_era + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = day_of_year - (153 * month + 2) / 5 + 1,
	};

	return date;
}

void rfc3339_format(uint64_t boot_ns, int64_t wall_offset_ns, char ret_text[static RFC3339_SIZE])
{
	/* Seconds and nanoseconds apart: their sum may not fit into 64 bits of nanoseconds. */
	int64_t seconds = (int64_t)(boot_ns / NS_PER_S) + wall_offset_ns / NS_PER_S;
	int64_t ns = (int64_t)(boot_ns % NS_PER_S) + wall_offset_ns % NS_PER_S;
	int64_t days;
	struct date date;

	if (ns < 0) {
		ns += NS_PER_S;
		seconds--;
	} else if (ns >= NS_PER_S) {
		ns -= NS_PER_S;
		seconds++;
	}
	days = seconds / S_PER_DAY;
	seconds %= S_PER_DAY;
	if (seconds < 0) {
		seconds += S_PER_DAY;
		days--;
	}
	date = date_of(days);
	snprintf(ret_text, RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%09uZ",
		(unsigned)date.year % 10000, (unsigned)date.month % 100, (unsigned)date.day % 100,
		(unsigned)(seconds / 3600), (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60),
		(unsigned)ns);
}
