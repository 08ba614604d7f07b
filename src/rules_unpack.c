// SPDX-License-Identifier: Apache-2.0
/* Unpacks an embedded rules file. */
#include <errno.h>
#include <zlib.h>

#include "rules_embedded.h"

int embedded_unpack(const struct embedded_file *file, char *ret_bytes)
{
	uLongf len = file->len;

	if (uncompress((unsigned char *)ret_bytes, &len, file->packed, file->packed_len) != Z_OK ||
		len != file->len)
		return -EBADMSG;
	ret_bytes[len] = '\0';
	return 0;
}
