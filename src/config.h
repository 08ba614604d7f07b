/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration file: options of `run`, one `name: value` a line, in a small part of YAML. */
#ifndef MINERWATCH_CONFIG_H
#define MINERWATCH_CONFIG_H

#include <stddef.h>

#include "options.h"

#define CONFIG_FILE_MAX (64 << 10) /* bytes; a file that says everything there is has 1 KiB */

struct config_problem {
	unsigned line; /* from 1 */
	char reason[192];
};

/*
 * Sets in options what the text says (options_set). Anything but one flat mapping of names to plain
 * or quoted values is a problem. Returns 0, -EINVAL with *ret_problem, or -ENOMEM.
 */
int config_parse(
	const char *text, size_t len, struct options *options, struct config_problem *ret_problem);
/* The same for the file options->config; says on stderr what is wrong: "FILE:LINE: reason". */
int config_load(struct options *options);

#endif
