/* SPDX-License-Identifier: Apache-2.0 */
/* The files of src/rules/ as tools/embed writes them into the binary. */
#ifndef MINERWATCH_RULES_EMBEDDED_H
#define MINERWATCH_RULES_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
	const char *name; /* "pools.list" */
	const unsigned char *data;
	size_t len;
};

extern const struct embedded_file embedded_rules[];
extern const unsigned embedded_rules_count;

#endif
