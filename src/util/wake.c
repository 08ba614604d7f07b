/* SPDX-License-Identifier: Apache-2.0 */
/* Takes what made a descriptor readable. */
#include "util/wake.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

int wake_take(int fd, void *data, size_t len)
{
	ssize_t got = read(fd, data, len);

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	return (size_t)got == len ? 1 : -EPROTO;
}
