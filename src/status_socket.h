/* SPDX-License-Identifier: Apache-2.0 */
/* The socket a running sensor is asked at: made, answered at, asked. */
#ifndef MINERWATCH_STATUS_SOCKET_H
#define MINERWATCH_STATUS_SOCKET_H

#include <stddef.h>

/*
 * A listening socket at path, mode 0600, non-blocking. Its directory is made (mode 0700) if it
 * alone is missing; it must belong to root or to us, be no link, and nobody else may write to it;
 * the one above may be open to all, as /tmp or a pod's volume. A socket nobody listens at is
 * replaced. Returns 0, -EADDRINUSE: somebody listens there, -EEXIST: there is
 * something that is no socket, -EPERM: the directory is not ours alone, or -errno.
 */
int status_socket_open(const char *path, int *ret_fd);
/* Closes it and removes its name. */
void status_socket_close(const char *path, int fd);

/*
 * Takes one who asks; never blocks. Only root and our own user are answered: -EACCES for others.
 * Returns 0 with a descriptor, or -errno; -EAGAIN: there is none.
 */
int status_socket_accept(int fd, int *ret_peer);

/*
 * Asks at path and reads the answer up to its newline, which is kept. Nobody but root and our own
 * user is believed. Returns its length, -ETIME after wait_ms, -EPERM: somebody else listens there,
 * -EPROTO: no whole line of size bytes came, or -errno.
 */
int status_socket_ask(const char *path, int wait_ms, char *ret_line, size_t size);

#endif
