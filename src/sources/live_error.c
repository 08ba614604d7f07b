// SPDX-License-Identifier: Apache-2.0
/* Says what the errors of loading mean that do not say it themselves. */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "sources/live.h"

#define MEMLOCK_ENOUGH (64UL << 20) /* bytes: all our maps many times over */

const char *live_error(int err)
{
	struct rlimit memlock = {.rlim_cur = RLIM_INFINITY};

	if (err == -ESRCH) /* libbpf found no vmlinux BTF */
		return "the kernel does not describe its types (BTF)";
	/* Kernels before 5.11 charge maps to the limit; libbpf tries to raise it. */
	if (err == -EPERM && getrlimit(RLIMIT_MEMLOCK, &memlock) == 0 &&
		memlock.rlim_cur < MEMLOCK_ENOUGH)
		return "not permitted: the memlock limit is low and CAP_SYS_RESOURCE to raise "
		       "it is missing, or another capability";
	return strerror(-err);
}
