/* SPDX-License-Identifier: Apache-2.0 */
/* The socket a running sensor is asked at: made, answered at, asked. */
#include "status_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "options.h"
#include "util/monotonic.h"

#define WAITING_MAX 8 /* who may wait to be answered; the next one waits in connect(2) */
#define NAME_LEN_MAX 64 /* leaves room for /proc/self/fd/NUMBER/ in an address */
#define CLAIMS_MAX 3 /* each after clearing away a dead socket */

/* The directory is held by its descriptor: what its path means may change, what was checked not. */
struct place {
	int directory;
	const char *name; /* of the socket in it */
	char fresh[32]; /* name it is made under */
};

static bool is_ours(uid_t uid)
{
	return uid == 0 || uid == geteuid();
}

static bool peer_is_ours(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && is_ours(peer.uid);
}

/*
 * The directory of path, held. It may stand in one that everybody writes to: O_NOFOLLOW and a look
 * at what was opened leave nothing to those who put something else in its place.
 */
static int place_open(const char *path, bool make, struct place *ret_place)
{
	const char *slash = strrchr(path, '/');
	char directory[STATUS_PATH_SIZE];
	struct stat stat;
	int fd;

	if (!slash || slash == path || !slash[1] || (size_t)(slash - path) >= sizeof(directory))
		return -EINVAL;
	if (strlen(slash + 1) > NAME_LEN_MAX)
		return -ENAMETOOLONG;
	snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path), path);
	if (make && mkdir(directory, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ELOOP || errno == ENOTDIR ? -EPERM : -errno;
	if (fstat(fd, &stat) < 0 || !is_ours(stat.st_uid) || stat.st_mode & (S_IWGRP | S_IWOTH)) {
		close(fd);
		return -EPERM;
	}
	ret_place->directory = fd;
	ret_place->name = slash + 1;
	snprintf(ret_place->fresh, sizeof(ret_place->fresh), ".minerwatch-%d", (int)getpid());
	return 0;
}

/* The address of a name in the directory that was checked. */
static struct sockaddr_un address_in(const struct place *place, const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s",
		place->directory, name);
	return address;
}

/* 0: nobody listens there, -EADDRINUSE: somebody does, -EEXIST: it is no socket. */
static int check_dead(const struct place *place, const char *name)
{
	struct sockaddr_un address = address_in(place, name);
	struct stat stat;
	int fd, err;

	if (fstatat(place->directory, name, &stat, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(stat.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* EAGAIN, EPROTOTYPE and the like: it is somebody's all the same. */
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		err = -EADDRINUSE;
	else
		err = errno == ECONNREFUSED || errno == ENOENT ? 0 : -EADDRINUSE;
	close(fd);
	return err;
}

/*
 * Two may clear the same name at once, and one of them be listening there by now: so it is first
 * renamed, looked at again, and put back if it turns out to live.
 */
static int clear_away(const struct place *place)
{
	char aside[sizeof(place->fresh) + 4];
	int err = check_dead(place, place->name);

	if (err < 0)
		return err;
	snprintf(aside, sizeof(aside), "%s.old", place->fresh);
	if (renameat(place->directory, place->name, place->directory, aside) < 0)
		return errno == ENOENT ? 0 : -errno;
	err = check_dead(place, aside);
	if (err < 0 && renameat2(place->directory, aside, place->directory, place->name,
			       RENAME_NOREPLACE) == 0)
		return err;
	unlinkat(place->directory, aside, 0);
	return err;
}

/* Made under another name and listened at first: under its own one it is alive from the start. */
static int listen_at(const struct place *place, int *ret_fd)
{
	struct sockaddr_un address = address_in(place, place->fresh);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), err = 0;
	mode_t mask;

	if (fd < 0)
		return -errno;
	unlinkat(place->directory, place->fresh, 0); /* of a dead process with our pid */
	mask = umask(0177);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		listen(fd, WAITING_MAX) < 0)
		err = -errno;
	umask(mask);
	if (err < 0)
		close(fd);
	else
		*ret_fd = fd;
	return err;
}

int status_socket_open(const char *path, int *ret_fd)
{
	struct place place;
	int fd = -1, err = place_open(path, true, &place);

	if (err < 0)
		return err;
	err = listen_at(&place, &fd);
	for (unsigned i = 0; err == 0 && i < CLAIMS_MAX; i++) {
		if (linkat(place.directory, place.fresh, place.directory, place.name, 0) == 0)
			break;
		err = errno == EEXIST ? clear_away(&place) : -errno;
		if (err == 0 && i + 1 == CLAIMS_MAX)
			err = -EADDRINUSE; /* others are always faster */
	}
	unlinkat(place.directory, place.fresh, 0);
	close(place.directory);
	if (err < 0) {
		if (fd >= 0)
			close(fd);
		return err;
	}
	*ret_fd = fd;
	return 0;
}

void status_socket_close(const char *path, int fd)
{
	struct place place;

	/* In this order nobody else can have taken the name yet. */
	if (place_open(path, false, &place) == 0) {
		unlinkat(place.directory, place.name, 0);
		close(place.directory);
	}
	close(fd);
}

int status_socket_accept(int fd, int *ret_peer)
{
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (peer < 0)
		return -errno;
	if (!peer_is_ours(peer)) {
		close(peer);
		return -EACCES;
	}
	*ret_peer = peer;
	return 0;
}

/* Reads until the peer closes, the line is full or time is up; the number of bytes or -errno. */
static int read_until(int fd, int64_t end_ms, char *line, size_t size)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	size_t have = 0;

	while (have < size) {
		int64_t left_ms = end_ms - monotonic_ms();
		ssize_t got;

		if (left_ms <= 0 || poll(&ready, 1, (int)left_ms) <= 0)
			return -ETIME;
		got = recv(fd, line + have, size - have, MSG_DONTWAIT);
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (int)have;
}

int status_socket_ask(const char *path, int wait_ms, char *ret_line, size_t size)
{
	/* connect(2) waits as well, for its turn among those who ask. */
	struct timeval wait = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int64_t end_ms = monotonic_ms() + wait_ms;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), len;

	if (fd < 0)
		return -errno;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) < 0 ||
		connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		len = errno == EAGAIN ? -ETIME : -errno;
	else if (!peer_is_ours(fd))
		len = -EPERM;
	else
		len = read_until(fd, end_ms, ret_line, size);
	if (len >= 0 && (len == 0 || ret_line[len - 1] != '\n'))
		len = -EPROTO;
	close(fd);
	return len;
}
