/* SPDX-License-Identifier: Apache-2.0 */
/* A library that keeps the visiting process from taking the mode it is asked for: the same, for the
 * sensor, as a kernel that shows another word than the one that was saved. */
#include <sys/syscall.h>
#include <unistd.h>

#include "sources/visit.h"

#define ORDINARY 0x1f80u /* MXCSR as every process starts with it */

ssize_t recv(int fd, void *data, size_t size, int flags)
{
	ssize_t len = syscall(SYS_recvfrom, fd, data, size, flags, NULL, NULL);
	struct visit_request *request = data;

	if (len == sizeof(*request) && request->word == VISIT_CANARY)
		request->fp_control = ORDINARY;
	return len;
}
