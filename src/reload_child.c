// SPDX-License-Identifier: Apache-2.0
/* The process that reads rules for a running sensor: on request, or when their files change. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "promises.h"
#include "reload.h"
#include "rules.h"
#include "util/fd_message.h"

/* A change is read when it has stood still for one of these: well within 10 s of it. */
#define LOOK_EVERY_MS 2000
#define FILES_MAX 1024 /* of a directory that are looked at: rules are a dozen */

struct fingerprint {
	uint8_t bytes[32];
};

static void add_time(crypto_generichash_state *state, struct timespec time)
{
	crypto_generichash_update(state, (const uint8_t *)&time.tv_sec, sizeof(time.tv_sec));
	crypto_generichash_update(state, (const uint8_t *)&time.tv_nsec, sizeof(time.tv_nsec));
}

/* One file's part of it; what cannot be read is a state of its own. */
static void add_file(crypto_generichash_state *state, int directory, const char *name)
{
	struct stat status = {0};

	fstatat(directory, name, &status, 0);
	crypto_generichash_update(state, (const uint8_t *)name, strlen(name) + 1);
	crypto_generichash_update(state, (const uint8_t *)&status.st_dev, sizeof(status.st_dev));
	crypto_generichash_update(state, (const uint8_t *)&status.st_ino, sizeof(status.st_ino));
	crypto_generichash_update(state, (const uint8_t *)&status.st_size, sizeof(status.st_size));
	crypto_generichash_update(state, (const uint8_t *)&status.st_mode, sizeof(status.st_mode));
	add_time(state, status.st_mtim);
	add_time(state, status.st_ctim);
}

/* Of the files links lead to, too: a ConfigMap changes by exchanging one link. */
static void look(const char *path, struct fingerprint *ret_fingerprint)
{
	DIR *directory = *path ? opendir(path) : NULL;
	crypto_generichash_state state;
	struct dirent *entry;

	crypto_generichash_init(&state, NULL, 0, sizeof(ret_fingerprint->bytes));
	for (unsigned i = 0; directory && i < FILES_MAX && (entry = readdir(directory)); i++)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			add_file(&state, dirfd(directory), entry->d_name);
	crypto_generichash_final(&state, ret_fingerprint->bytes, sizeof(ret_fingerprint->bytes));
	if (directory)
		closedir(directory);
}

static bool same(const struct fingerprint *a, const struct fingerprint *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static int read_rules(const char *directory, bool asked)
{
	struct reload_answer result = {.asked = asked};
	int fd = -1, err;

	result.error = rules_bundle(*directory ? directory : NULL, stderr, &fd);
	err = fd_message_send(STDIN_FILENO, &result, sizeof(result), result.error ? -1 : fd, 0);
	if (!result.error)
		close(fd);
	return err;
}

/* Waits for a request. True: there is one; false: it is time to look. */
static bool wait_for(struct reload_request *request, int *ret_error)
{
	struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
	int count = poll(&ready, 1, request->watch ? LOOK_EVERY_MS : -1);
	ssize_t len;

	*ret_error = 0;
	if (count <= 0)
		return false;
	len = recv(STDIN_FILENO, request, sizeof(*request), 0);
	if (len != sizeof(*request))
		*ret_error = -EPIPE;
	request->directory[sizeof(request->directory) - 1] = '\0';
	return true;
}

void reload_child(int fd)
{
	static struct reload_request request;
	struct fingerprint known, seen = {{0}}, now;
	int err;

	if (helper_begin(fd) < 0 || promise_keep(SECCOMP_LOADER) < 0)
		return;
	known = seen;
	for (;;) {
		if (wait_for(&request, &err)) {
			look(request.directory, &seen);
			/* Nobody looked since the set in force was read: it is compared with. */
			known = request.now ? seen : (struct fingerprint){{0}};
			if (!err && request.now)
				err = read_rules(request.directory, true);
			if (err)
				return;
			continue;
		}
		look(request.directory, &now);
		/* Half-written files are still changing: wait until they stand still. */
		if (!same(&now, &known) && same(&now, &seen)) {
			known = now;
			if (read_rules(request.directory, false))
				return;
		}
		seen = now;
	}
}
