/* SPDX-License-Identifier: Apache-2.0 */
/* Takes what made a descriptor readable. */
#ifndef MINERWATCH_WAKE_H
#define MINERWATCH_WAKE_H

#include <stddef.h>

/*
 * Of a descriptor that does not wait and gives len bytes at a time (timerfd, signalfd). 1: *data is
 * filled; 0: there is nothing; -errno: it stays readable, so that a loop that went on would never
 * sleep again, nor hear of what it waits for.
 */
int wake_take(int fd, void *data, size_t len);

#endif
