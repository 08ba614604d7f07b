/* SPDX-License-Identifier: Apache-2.0 */
/* A ring that runs one io_uring operation at a time: user memory the kernel shares with us. */
#ifndef URING_H
#define URING_H

struct uring;
struct io_uring_sqe;

/* flags: IORING_SETUP_*. 0 or -errno. */
int uring_open(unsigned flags, struct uring **ret_uring);
void uring_close(struct uring *uring); /* NULL is legal */
/* Hands one entry in and waits for its end: the operation's result, or -errno. */
int uring_run(struct uring *uring, const struct io_uring_sqe *entry);

#endif
