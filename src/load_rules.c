/* SPDX-License-Identifier: Apache-2.0 */
/* Loads the rules for a command and says what is wrong with them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "log.h"
#include "rules.h"

static bool say(const char *directory, int err)
{
	if (err == 0)
		return true;
	if (err == -EINVAL)
		log_error("the rules are not usable; every problem stands above");
	else
		log_error("%s: %s", directory ? directory : "rules", strerror(-err));
	return false;
}

bool rules_load_or_say(const char *directory, struct rules **ret_rules)
{
	return say(directory, rules_load(directory, stderr, ret_rules));
}

int rules_bundle_or_say(const char *directory, int *ret_fd)
{
	int err = rules_bundle(directory, stderr, ret_fd);

	say(directory, err);
	return err;
}

static uint64_t wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

void rules_remark(const struct rules *rules, FILE *out)
{
	rules_allow_remark(rules, wall_ns(), out);
}

void rules_remark_over(const struct rules *rules, uint64_t *since_ns, FILE *out)
{
	uint64_t now_ns = wall_ns();

	if (*since_ns)
		rules_allow_over(rules, *since_ns, now_ns, out);
	*since_ns = now_ns;
}
