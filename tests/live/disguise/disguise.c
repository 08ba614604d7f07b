/* SPDX-License-Identifier: Apache-2.0 */
/* A program that hides what it is, connects, and waits: TEXT=... disguise argv|exe PORT. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAPPINGS_MAX 16
#define NOT_ALLOWED 77

struct mapping {
	char *start;
	size_t len;
	int protection;
};

/* As setproctitle does it: into the memory the arguments stand in. */
static int overwrite_arguments(int argc, char **argv, const char *text)
{
	size_t room = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) + 1 - argv[0]);
	char *copy = strdup(text);

	if (!copy || strlen(copy) >= room)
		return -ENOSPC;
	memset(argv[0], 0, room);
	memcpy(argv[0], copy, strlen(copy));
	free(copy);
	return 0;
}

/* Mappings of our own file, from /proc/self/maps (proc(5)). */
static unsigned own_mappings(struct mapping mappings[MAPPINGS_MAX])
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end, inode;
	unsigned count = 0;
	char line[512], mode[8];
	struct stat self;

	if (!maps || stat("/proc/self/exe", &self))
		return 0;
	while (count < MAPPINGS_MAX && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s %*s %*s %lu", &start, &end, mode, &inode) != 4 ||
			inode != self.st_ino)
			continue;
		mappings[count++] = (struct mapping){(char *)start, end - start,
			(mode[0] == 'r' ? PROT_READ : 0) | (mode[1] == 'w' ? PROT_WRITE : 0) |
				(mode[2] == 'x' ? PROT_EXEC : 0)};
	}
	fclose(maps);
	return count;
}

/*
 * In a user namespace of one's own nobody's leave is needed (kernel/sys.c, prctl_set_mm_map); the
 * layout is given back as /proc/PID/stat tells it (proc(5), fields 26 to 51).
 */
static int change_link(int fd)
{
	struct prctl_mm_map map = {.exe_fd = (__u32)fd};
	unsigned long long f[52] = {0};
	FILE *stat;
	char text[1024], *at;

	unshare(CLONE_NEWUSER); /* refused on some hosts; root may do without */
	stat = fopen("/proc/self/stat", "re");
	if (!stat || !fgets(text, sizeof(text), stat))
		return -EIO;
	fclose(stat);
	at = strrchr(text, ')') + 3; /* behind field 3, the state */
	for (unsigned i = 4; i <= 51; i++)
		f[i] = strtoull(at, &at, 10);
	map.start_code = f[26];
	map.end_code = f[27];
	map.start_stack = f[28];
	map.start_data = f[45];
	map.end_data = f[46];
	map.start_brk = f[47];
	map.brk = (unsigned long)sbrk(0);
	map.arg_start = f[48];
	map.arg_end = f[49];
	map.env_start = f[50];
	map.env_end = f[51];
	return prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) ? -errno : 0;
}

/*
 * The kernel changes the link only when nothing of the old file is mapped any more. So each mapping
 * gives way to a copy of no file at its own place, under the running code too.
 */
static int replace_exe(const char *path)
{
	struct mapping mappings[MAPPINGS_MAX];
	unsigned count = own_mappings(mappings);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (unsigned i = 0; i < count; i++) {
		const struct mapping *mapping = &mappings[i];
		char *copy = mmap(NULL, mapping->len, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (copy == MAP_FAILED)
			return -errno;
		memcpy(copy, mapping->start, mapping->len);
		if (mprotect(copy, mapping->len, mapping->protection) ||
			mremap(copy, mapping->len, mapping->len, MREMAP_MAYMOVE | MREMAP_FIXED,
				mapping->start) == MAP_FAILED)
			return -errno;
	}
	return change_link(fd);
}

static int connect_to(unsigned port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return -errno;
	return 0;
}

int main(int argc, char **argv)
{
	const char *text = getenv("TEXT"); /* no argument: those are compared */
	unsigned port;
	int err;

	if (argc != 3 || !text)
		return 2;
	port = (unsigned)strtoul(argv[2], NULL, 10);
	err = !strcmp(argv[1], "exe") ? replace_exe(text) : overwrite_arguments(argc, argv, text);
	if (!err && port)
		err = connect_to(port);
	if (err) {
		fprintf(stderr, "disguise: %s\n", strerror(-err));
		return err == -EPERM ? NOT_ALLOWED : 1;
	}
	puts("hidden");
	fflush(stdout);
	alarm(120); /* nobody may be left to end us */
	for (;;)
		pause();
}
