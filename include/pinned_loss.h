/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What pinned programs say of their losses to the next reader, of whatever version. */
#ifndef MINERWATCH_PINNED_LOSS_H
#define MINERWATCH_PINNED_LOSS_H

#include "event.h"

/*
 * Of one class. The map pinned as `losses` has CLASS_COUNT of them, in the order of event_class. It
 * stays as it is: a version that needs another one gives it another name.
 */
struct pinned_loss {
	__u64 dropped; /* by these programs, and by those they replaced what was not told */
	__u64 told; /* of these and of what the kernel left out: said on stderr */
};

#endif
