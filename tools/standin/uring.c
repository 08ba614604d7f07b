/* SPDX-License-Identifier: Apache-2.0 */
/* The least io_uring that runs one operation at a time, without a library. */
#include "uring.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct uring {
	int fd;
	unsigned flags;
	unsigned *sq_tail, *sq_mask, *sq_array, *sq_flags;
	unsigned *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

static void *map(int fd, size_t size, off_t offset)
{
	void *memory =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);

	return memory == MAP_FAILED ? NULL : memory;
}

static int map_rings(struct uring *uring, const struct io_uring_params *params)
{
	char *sq = map(uring->fd, params->sq_off.array + params->sq_entries * sizeof(unsigned),
		IORING_OFF_SQ_RING);
	char *cq = map(uring->fd,
		params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe),
		IORING_OFF_CQ_RING);

	uring->sqes =
		map(uring->fd, params->sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	if (!sq || !cq || !uring->sqes)
		return -ENOMEM;
	uring->sq_tail = (unsigned *)(sq + params->sq_off.tail);
	uring->sq_mask = (unsigned *)(sq + params->sq_off.ring_mask);
	uring->sq_flags = (unsigned *)(sq + params->sq_off.flags);
	uring->sq_array = (unsigned *)(sq + params->sq_off.array);
	uring->cq_head = (unsigned *)(cq + params->cq_off.head);
	uring->cq_tail = (unsigned *)(cq + params->cq_off.tail);
	uring->cq_mask = (unsigned *)(cq + params->cq_off.ring_mask);
	uring->cqes = (struct io_uring_cqe *)(cq + params->cq_off.cqes);
	return 0;
}

int uring_open(unsigned flags, struct uring **ret_uring)
{
	struct io_uring_params params = {.flags = flags, .sq_thread_idle = 1000};
	struct uring *uring = calloc(1, sizeof(*uring));
	int err;

	if (!uring)
		return -ENOMEM;
	uring->flags = flags;
	uring->fd = syscall(SYS_io_uring_setup, 2, &params);
	err = uring->fd < 0 ? -errno : map_rings(uring, &params);
	if (err) {
		uring_close(uring);
		return err;
	}
	*ret_uring = uring;
	return 0;
}

/* Its mappings go with the process. */
void uring_close(struct uring *uring)
{
	if (!uring)
		return;
	close(uring->fd);
	free(uring);
}

static int enter(const struct uring *uring)
{
	unsigned submit = 1, flags = IORING_ENTER_GETEVENTS;

	if (uring->flags & IORING_SETUP_SQPOLL) {
		submit = 0; /* the kernel's thread looks by itself, unless it fell asleep */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (__atomic_load_n(uring->sq_flags, __ATOMIC_RELAXED) & IORING_SQ_NEED_WAKEUP)
			flags |= IORING_ENTER_SQ_WAKEUP;
	}
	return syscall(SYS_io_uring_enter, uring->fd, submit, 1, flags, NULL, 0) < 0 ? -errno : 0;
}

int uring_run(struct uring *uring, const struct io_uring_sqe *entry)
{
	unsigned tail = *uring->sq_tail, slot = tail & *uring->sq_mask;
	unsigned head = *uring->cq_head;
	int err;

	uring->sqes[slot] = *entry;
	uring->sq_array[slot] = slot;
	__atomic_store_n(uring->sq_tail, tail + 1, __ATOMIC_RELEASE);
	err = enter(uring);
	if (err)
		return err;
	if (__atomic_load_n(uring->cq_tail, __ATOMIC_ACQUIRE) == head)
		return -EINTR;
	err = uring->cqes[head & *uring->cq_mask].res;
	__atomic_store_n(uring->cq_head, head + 1, __ATOMIC_RELEASE);
	return err;
}
