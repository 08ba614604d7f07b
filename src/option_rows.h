/* SPDX-License-Identifier: Apache-2.0 */
/* The table of options: the one truth for command line, configuration file and environment. */
#ifndef MINERWATCH_OPTION_ROWS_H
#define MINERWATCH_OPTION_ROWS_H

#include <stdbool.h>

#include "options.h"

struct option_row {
	const char *name;
	const char *argument; /* NULL: a flag, whose only value is "true" */
	const char *commands; /* blank-separated */
	const char *environment; /* the variable that stands in for it; NULL: none */
	const char *expected; /* what a good value is */
	const char *help;
	bool (*set)(const char *text, struct options *options);
};

/* OPTION_ROWS of them; in option_rows.c. */
extern const struct option_row option_rows[OPTION_ROWS];

/* It may be there several times: set adds to what there is. */
bool option_row_is_list(const struct option_row *row);

#endif
