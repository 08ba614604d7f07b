/* SPDX-License-Identifier: Apache-2.0 */
/* A socket at whose other end somebody reads lines. */
#ifndef MINERWATCH_RECEIVER_H
#define MINERWATCH_RECEIVER_H

#include <sys/socket.h>

#include "sink.h"

/* An absolute path that is short enough for a socket's address. */
bool receiver_valid_path(const char *path);
/* Connects within 5 s. 0 with a blocking socket that is the caller's, or -errno. */
int receiver_connect(const struct sockaddr *address, socklen_t len, int type, int *ret_fd);
int receiver_connect_path(const char *path, int type, int *ret_fd);
/* All of it, however long that takes. 0 or -errno. */
int receiver_send(int fd, const char *bytes, size_t len);

/* The connection's end has come: by whichever side. */
bool receiver_gone(int fd);
/*
 * What was sent so far is out of our hands: read by the other end of a unix stream, in the other
 * host's kernel by TCP, in the receiver's queue as a datagram.
 */
bool receiver_has_all(int fd);
/*
 * The same at the very end, when nothing is sent again: what a unix stream's other end has yet to
 * read it still can. What TCP has not delivered is taken back as far as can be.
 */
bool receiver_leave(int fd);

#endif
