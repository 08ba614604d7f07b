/* SPDX-License-Identifier: Apache-2.0 */
/* A library to preload that makes the n-th call of a kind fail in each process: FAULT=KIND:N, and
 * every later one too with FAULT=KIND:N+. FAULT=KIND:0 counts, and says how many on descriptor 2.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { ALLOCATION, READ, WRITE, OPEN, BPF, KINDS };

static const struct {
	const char *name;
	int error;
} kinds[KINDS] = {
	[ALLOCATION] = {"allocation", ENOMEM},
	[READ] = {"read", EIO},
	[WRITE] = {"write", ENOSPC},
	[OPEN] = {"open", EMFILE},
	[BPF] = {"bpf", ENOMEM},
};

static enum kind chosen = KINDS;
static unsigned long nth;
static bool onwards, counting;
static atomic_ulong calls;
static const void *program; /* where it is loaded */

static void __attribute__((constructor)) begin(void)
{
	Dl_info info;
	const char *text = getenv("FAULT"), *colon = text ? strchr(text, ':') : NULL;
	char *end;

	if (!colon)
		return;
	for (unsigned i = 0; i < KINDS; i++)
		if (strlen(kinds[i].name) == (size_t)(colon - text) &&
			strncmp(text, kinds[i].name, (size_t)(colon - text)) == 0)
			chosen = i;
	nth = strtoul(colon + 1, &end, 10);
	onwards = *end == '+';
	counting = nth == 0;
	/* Its first instruction lies in it. */
	if (dladdr((const void *)getauxval(AT_ENTRY), &info))
		program = info.dli_fbase;
}

static void __attribute__((destructor)) tell(void)
{
	if (counting)
		dprintf(STDERR_FILENO, "%s calls: %lu\n", kinds[chosen].name, calls);
}

static bool fails(enum kind kind)
{
	unsigned long now;

	if (kind != chosen)
		return false;
	now = atomic_fetch_add(&calls, 1) + 1;
	if (counting || (onwards ? now < nth : now != nth))
		return false;
	errno = kinds[kind].error;
	return true;
}

#define REAL(name) ((__typeof__(&(name)))real(#name))

static void *real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

/* glibc's own names: dlsym allocates, so that these cannot be looked up. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

/* The program's own: what a library does without memory is its own matter. */
static bool allocation_fails(const void *caller)
{
	Dl_info info;

	return chosen == ALLOCATION && dladdr(caller, &info) && info.dli_fbase == program &&
	       fails(ALLOCATION);
}

void *malloc(size_t size)
{
	return allocation_fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return allocation_fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return allocation_fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

ssize_t read(int fd, void *data, size_t len)
{
	return fails(READ) ? -1 : REAL(read)(fd, data, len);
}

ssize_t pread(int fd, void *data, size_t len, off_t offset)
{
	return fails(READ) ? -1 : REAL(pread)(fd, data, len, offset);
}

ssize_t pread64(int fd, void *data, size_t len, off64_t offset)
{
	return fails(READ) ? -1 : REAL(pread64)(fd, data, len, offset);
}

ssize_t write(int fd, const void *data, size_t len)
{
	return fails(WRITE) ? -1 : REAL(write)(fd, data, len);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	return fails(WRITE) ? -1 : REAL(pwrite)(fd, data, len, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
	return fails(WRITE) ? -1 : REAL(pwrite64)(fd, data, len, offset);
}

static unsigned mode_of(int flags, va_list list)
{
	return flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? va_arg(list, unsigned) : 0;
}

/* How our children leave: without destructors. */
void _exit(int code)
{
	tell();
	REAL(_exit)(code);
	__builtin_unreachable();
}

#define OPEN_LIKE(name)                               \
	int name(const char *path, int flags, ...)    \
	{                                             \
		unsigned mode;                        \
		va_list list;                         \
                                                      \
		va_start(list, flags);                \
		mode = mode_of(flags, list);          \
		va_end(list);                         \
		if (fails(OPEN))                      \
			return -1;                    \
		return REAL(name)(path, flags, mode); \
	}

#define OPENAT_LIKE(name)                                         \
	int name(int directory, const char *path, int flags, ...) \
	{                                                         \
		unsigned mode;                                    \
		va_list list;                                     \
                                                                  \
		va_start(list, flags);                            \
		mode = mode_of(flags, list);                      \
		va_end(list);                                     \
		if (fails(OPEN))                                  \
			return -1;                                \
		return REAL(name)(directory, path, flags, mode);  \
	}

OPEN_LIKE(open)
OPEN_LIKE(open64)
OPENAT_LIKE(openat)
OPENAT_LIKE(openat64)

long syscall(long number, ...)
{
	unsigned long a[6];
	va_list list;

	va_start(list, number);
	for (unsigned i = 0; i < 6; i++)
		a[i] = va_arg(list, unsigned long);
	va_end(list);
	if (number == SYS_bpf && fails(BPF))
		return -1;
	return REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
