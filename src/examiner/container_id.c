/* SPDX-License-Identifier: Apache-2.0 */
/* Which ids may become a part of a file's path. */
#include "examiner/container_id.h"

#include <string.h>

static bool is_alphanumeric(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= 'a' && byte <= 'z');
}

bool container_id_is_safe(const char *id)
{
	size_t len = strnlen(id, CONTAINER_ID_SIZE);

	if (len == 0 || len == CONTAINER_ID_SIZE || !is_alphanumeric(id[len - 1]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_alphanumeric(id[i]) &&
			(!strchr("._-", id[i]) || i == 0 || !is_alphanumeric(id[i - 1])))
			return false;
	return true;
}
