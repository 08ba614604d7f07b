/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of a unix socket, which may bring a descriptor along. */
#ifndef MINERWATCH_FD_MESSAGE_H
#define MINERWATCH_FD_MESSAGE_H

#include <stddef.h>
#include <sys/types.h>

/* flags: of sendmsg; no SIGPIPE either way. fd stays the caller's; -1: none. 0 or -errno. */
int fd_message_send(int socket, const void *bytes, size_t len, int fd, int flags);
/*
 * Waits for room, and for a second while the kernel has no memory for it: of what a helper found
 * out there is no other copy. 0 or -errno.
 */
int packet_send(int socket, const void *bytes, size_t len);
/*
 * flags: of recvmsg; the descriptor is close-on-exec either way. Returns the packet's length (0:
 * the other end is closed) and the descriptor, which is the caller's then; -1: none; or -errno.
 */
ssize_t fd_message_receive(int socket, void *bytes, size_t size, int flags, int *ret_fd);

#endif
