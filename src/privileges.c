/* SPDX-License-Identifier: Apache-2.0 */
/* Gives up what a process needs no more, for good. */
#include "privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CAPABILITY_MAX 64 /* numbers that fit the two words of capset(2) */

/* Rights of Landlock's first version but for reading; later ones are added by version. */
#define LANDLOCK_WRITES_V1                                                       \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |            \
		LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
		LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |     \
		LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |     \
		LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |   \
		LANDLOCK_ACCESS_FS_MAKE_SYM)
/* Absent from older linux/landlock.h: include/uapi/linux/landlock.h, Linux 5.19 and 6.2. */
#define LANDLOCK_REFER (UINT64_C(1) << 13)
#define LANDLOCK_TRUNCATE (UINT64_C(1) << 14)

static int set_capabilities(uint64_t keep, uint64_t use)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	for (unsigned word = 0; word < 2; word++) {
		data[word].permitted &= (uint32_t)(keep >> (32 * word));
		data[word].effective = data[word].permitted & (uint32_t)(use >> (32 * word));
		data[word].inheritable = 0;
	}
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

int privileges_keep(uint64_t keep)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return -errno;
	/*
	 * The bounding set only matters to programs started later: none. Without CAP_SETPCAP it
	 * stays; no_new_privs makes it worthless all the same.
	 */
	if (privileges_has(CAP_SETPCAP))
		for (int capability = 0; capability < CAPABILITY_MAX; capability++)
			if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
				break; /* beyond the last one this kernel knows */
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return set_capabilities(keep, keep);
}

int privileges_use(uint64_t use)
{
	return set_capabilities(UINT64_MAX, use);
}

bool privileges_has(unsigned capability)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	return data[capability / 32].effective & (1u << (capability % 32));
}

static long landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

bool privileges_can_be_read_only(void)
{
	return landlock_version() > 0;
}

int privileges_read_only(void)
{
	struct landlock_ruleset_attr rules = {.handled_access_fs = LANDLOCK_WRITES_V1};
	long version = landlock_version();
	int fd, err = 0;

	if (version < 0)
		return -errno;
	if (version >= 2)
		rules.handled_access_fs |= LANDLOCK_REFER;
	if (version >= 3)
		rules.handled_access_fs |= LANDLOCK_TRUNCATE;
	fd = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		err = -errno;
	close(fd);
	return err;
}

bool privileges_die_with_parent(int parent_pid)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent_pid;
}
