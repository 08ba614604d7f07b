/* SPDX-License-Identifier: Apache-2.0 */
/* A library to preload that makes the n-th call of a kind fail in each process: FAULT=KIND:N, and
 * every later one too with FAULT=KIND:N+. FAULT=KIND:0 counts, and says how many on descriptor 2.
 * Who called is said there, too. FAULT_SPARED=NAME:NAME: libraries whose allocations do not fail.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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
	[WRITE] = {"write", ENOSPC}, /* ENOBUFS where it is a packet */
	[OPEN] = {"open", EMFILE},
	[BPF] = {"bpf", ENOMEM},
};

#define SPARED_MAX 8

static enum kind chosen = KINDS;
static unsigned long nth;
static bool onwards, counting;
static atomic_ulong calls;
static struct {
	uintptr_t start, end;
} spared[SPARED_MAX];
static unsigned spared_count;

/* name: in LIST, of names between colons? */
static bool is_listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = list; len && (at = strstr(at, name)); at += len)
		if ((at == list || at[-1] == ':') && (at[len] == ':' || at[len] == '\0'))
			return true;
	return false;
}

static int note_spared(struct dl_phdr_info *object, size_t size, void *list)
{
	const char *slash = strrchr(object->dlpi_name, '/');

	(void)size;
	if (!is_listed(list, slash ? slash + 1 : object->dlpi_name))
		return 0;
	for (unsigned i = 0; i < object->dlpi_phnum && spared_count < SPARED_MAX; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];

		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
			continue;
		spared[spared_count].start = object->dlpi_addr + segment->p_vaddr;
		spared[spared_count].end = spared[spared_count].start + segment->p_memsz;
		spared_count++;
	}
	return 0;
}

static void __attribute__((constructor)) begin(void)
{
	const char *text = getenv("FAULT"), *colon = text ? strchr(text, ':') : NULL;
	const char *list = getenv("FAULT_SPARED");
	char *end;

	if (!colon)
		return;
	if (list)
		dl_iterate_phdr(note_spared, (void *)list);
	for (unsigned i = 0; i < KINDS; i++)
		if (strlen(kinds[i].name) == (size_t)(colon - text) &&
			strncmp(text, kinds[i].name, (size_t)(colon - text)) == 0)
			chosen = i;
	nth = strtoul(colon + 1, &end, 10);
	onwards = *end == '+';
	counting = nth == 0;
}

static void __attribute__((destructor)) tell(void)
{
	if (counting)
		dprintf(STDERR_FILENO, "%s calls: %lu\n", kinds[chosen].name, calls);
}

/* As NAME+OFFSET, for addr2line. */
static void say_who(const void *caller)
{
	Dl_info info = {.dli_fname = "?"};

	dladdr(caller, &info);
	dprintf(STDERR_FILENO, "fault: %s %lu of %s+0x%tx (%s) in process %d\n", kinds[chosen].name,
		nth, info.dli_fname, (const char *)caller - (const char *)info.dli_fbase,
		info.dli_sname ? info.dli_sname : "?", (int)getpid());
}

static bool fails_for(enum kind kind, const void *caller)
{
	unsigned long now;

	if (kind != chosen)
		return false;
	now = atomic_fetch_add(&calls, 1) + 1;
	if (counting || (onwards ? now < nth : now != nth))
		return false;
	if (now == nth)
		say_who(caller);
	errno = kinds[kind].error;
	return true;
}

#define fails(kind) fails_for(kind, __builtin_return_address(0))
#define REAL(name) ((__typeof__(&(name)))real(#name))

static void *real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

/* glibc's own names: dlsym allocates, so that these cannot be looked up. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static bool allocation_fails(const void *caller)
{
	uintptr_t at = (uintptr_t)caller;

	for (unsigned i = 0; i < spared_count; i++)
		if (at >= spared[i].start && at < spared[i].end)
			return false;
	return fails_for(ALLOCATION, caller);
}

#define allocates() (!allocation_fails(__builtin_return_address(0)))

void *malloc(size_t size)
{
	return allocates() ? __libc_malloc(size) : NULL;
}

void *calloc(size_t count, size_t size)
{
	return allocates() ? __libc_calloc(count, size) : NULL;
}

void *realloc(void *old, size_t size)
{
	return allocates() ? __libc_realloc(old, size) : NULL;
}

/* These three allocate within libc, for whoever called them. */
void *reallocarray(void *old, size_t count, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(count, size, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	return allocates() ? __libc_realloc(old, all) : NULL;
}

char *strndup(const char *text, size_t max)
{
	size_t len = strnlen(text, max);
	char *copy = allocates() ? __libc_malloc(len + 1) : NULL;

	if (copy) {
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	return copy;
}

char *strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = allocates() ? __libc_malloc(size) : NULL;

	return copy ? memcpy(copy, text, size) : NULL;
}

int posix_memalign(void **ret_memory, size_t alignment, size_t size)
{
	void *memory = allocates() ? __libc_memalign(alignment, size) : NULL;

	if (memory)
		*ret_memory = memory;
	return memory ? 0 : ENOMEM;
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

ssize_t recv(int fd, void *data, size_t len, int flags)
{
	return fails(READ) ? -1 : REAL(recv)(fd, data, len, flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	return fails(READ) ? -1 : REAL(recvmsg)(fd, message, flags);
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

#define packet_fails() (fails(WRITE) && (errno = ENOBUFS))

ssize_t send(int fd, const void *data, size_t len, int flags)
{
	return packet_fails() ? -1 : REAL(send)(fd, data, len, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	return packet_fails() ? -1 : REAL(sendmsg)(fd, message, flags);
}

ssize_t sendto(int fd, const void *data, size_t len, int flags, const struct sockaddr *to,
	socklen_t to_len)
{
	return packet_fails() ? -1 : REAL(sendto)(fd, data, len, flags, to, to_len);
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

/* What openat is where the compiler sees that there is no mode. */
int __openat_2(int directory, const char *path, int flags);
int __openat_2(int directory, const char *path, int flags)
{
	return fails(OPEN) ? -1 : REAL(__openat_2)(directory, path, flags);
}

FILE *fopen(const char *path, const char *mode)
{
	return fails(OPEN) ? NULL : REAL(fopen)(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
	return fails(OPEN) ? NULL : REAL(fopen64)(path, mode);
}

DIR *opendir(const char *path)
{
	return fails(OPEN) ? NULL : REAL(opendir)(path);
}

/* Of those made by number. */
static enum kind kind_of(long number)
{
	switch (number) {
	case SYS_bpf:
		return BPF;
	case SYS_read:
		return READ;
	case SYS_openat:
	case SYS_openat2:
		return OPEN;
	default:
		return KINDS;
	}
}

long syscall(long number, ...)
{
	unsigned long a[6];
	va_list list;

	va_start(list, number);
	for (unsigned i = 0; i < 6; i++)
		a[i] = va_arg(list, unsigned long);
	va_end(list);
	if (kind_of(number) != KINDS && fails(kind_of(number)))
		return -1;
	return REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
