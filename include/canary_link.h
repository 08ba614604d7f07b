/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers the programs in the kernel, each of which can die by itself. */
#ifndef MINERWATCH_CANARY_LINK_H
#define MINERWATCH_CANARY_LINK_H

/* In the order of live_set.h's hooks and their programs; pinned programs are known by them. */
enum canary_link {
	LINK_EXEC,
	LINK_FORK,
	LINK_EXIT,
	LINK_TCP,
	LINK_UDP4,
	LINK_UDP6,
	LINK_SENT,
	LINK_RECEIVED,
	LINK_MARK4,
	LINK_MARK6,
	LINK_MKDIR,
	LINK_RELEASE,
	LINK_RENAME,
	LINK_ATTACH,
	LINK_TASKS,
	LINK_SOCKETS,
	CANARY_LINKS
};

#define LINK_BIT(link) (1u << (link))

#endif
