/* SPDX-License-Identifier: Apache-2.0 */
/* The files of src/rules/ as tools/embed writes them into the binary. */
#ifndef MINERWATCH_RULES_EMBEDDED_H
#define MINERWATCH_RULES_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
	const char *name; /* "pools.list" */
	const unsigned char *packed; /* by zlib: our own program must not look like a miner's, which
					holds such words in clear */
	size_t packed_len;
	size_t len; /* unpacked */
};

extern const struct embedded_file embedded_rules[];
extern const unsigned embedded_rules_count;

/* Writes file->len bytes and a NUL. 0 or -EBADMSG: the binary is damaged. */
int embedded_unpack(const struct embedded_file *file, char *ret_bytes);

#endif
