/* SPDX-License-Identifier: Apache-2.0 */
/* Looks up values in any bytes taken for a bbolt database. */
/* Parser: src/examiner/bolt_db.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "examiner/bolt_db.h"

#define FILE_MAX 65536
#define META_SIZE 64 /* behind the 16 bytes of its page's head */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* No mutation would meet the checksum of a meta page, so every place of one gets a good one. */
static void mend(uint8_t *file, size_t len)
{
	for (size_t offset = 0; offset + 16 + META_SIZE <= len && offset <= 8192;
		offset = offset ? offset * 2 : 1024) {
		uint64_t sum = UINT64_C(0xcbf29ce484222325);

		for (size_t i = 0; i < META_SIZE - 8; i++)
			sum = (sum ^ file[offset + 16 + i]) * UINT64_C(0x100000001b3);
		memcpy(file + offset + 16 + META_SIZE - 8, &sum, sizeof(sum));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const paths[][6] = {
		{"v1", "tools", "containers", "one", "image", NULL}, {"v1", NULL}, {"", "", NULL}};
	static uint8_t file[FILE_MAX];
	static int fd = -1;
	char value[64];

	if (len > sizeof(file))
		return 0;
	if (fd < 0)
		fd = memfd_create("bolt", MFD_CLOEXEC);
	memcpy(file, data, len);
	mend(file, len);
	if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, file, len, 0) != (ssize_t)len)
		abort();
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		memset(value, 'x', sizeof(value));
		if (bolt_db_find(fd, paths[i], value, sizeof(value) - 1) == 0) {
			if (!memchr(value, '\0', sizeof(value) - 1))
				abort();
		} else if (value[0] != 'x') {
			abort();
		}
		if (value[sizeof(value) - 1] != 'x')
			abort();
	}
	return 0;
}
