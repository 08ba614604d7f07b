// SPDX-License-Identifier: Apache-2.0
/* Reads /etc/ld.so.preload now and then. */
#include "sources/preload.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sources/host.h"

#define EVERY_NS UINT64_C(60000000000)

/*
 * By system calls: the library that stands there may have replaced the C library's functions, and
 * what it hides first is this file. 0 bytes where there is none.
 */
static size_t read_text(const char *path, char text[static EVENT_PRELOAD_MAX])
{
	int fd = (int)syscall(
		SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
	struct stat stat;
	long len = 0;

	if (fd < 0)
		return 0;
	if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode))
		len = syscall(SYS_read, fd, text, EVENT_PRELOAD_MAX);
	close(fd);
	return len > 0 ? (size_t)len : 0;
}

int preload_tick(
	struct preload *preload, const char *path, uint64_t now_ns, const struct record_out *out)
{
	struct {
		struct event_preload record;
		char text[EVENT_PRELOAD_MAX];
	} made = {0};
	size_t len, size;

	if (now_ns < preload->due_ns)
		return 0;
	preload->due_ns = now_ns + EVERY_NS;
	len = read_text(path, made.text);
	if (len == preload->len && memcmp(made.text, preload->text, len) == 0)
		return 0;
	preload->len = len;
	memcpy(preload->text, made.text, len);
	size = sizeof(made.record) + len;
	made.record.header = host_header(EVENT_PRELOAD, size);
	made.record.len = (__u32)len;
	return out->feed(out->context, &made, size);
}
