// SPDX-License-Identifier: Apache-2.0
/* What doctor says of kernel programs that were pinned. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "sources/pins.h"

static void say(const char *word, const char *text, const char *path)
{
	printf("%-8s%-14s%s: %s\n", word, "pins", path, text);
}

void doctor_pins(const char *path)
{
	struct pins_set sets[PINS_MAX];
	pid_t holder;
	int directory, err = pins_open(path, false, &directory);

	if (err == -ENOENT)
		return;
	if (err < 0) {
		say("NOTE", pins_open_why(err), path);
		return;
	}
	err = pins_lock(directory, &holder);
	if (err == -EBUSY)
		say("ok", "a sensor works with them", path);
	else if (pins_list(directory, sets) > 0)
		say("NOTE",
			"no sensor runs, its programs still do: start it again, or end them with "
			"minerwatch detach",
			path);
	close(directory);
}
