// SPDX-License-Identifier: Apache-2.0
/* `minerwatch detach`: ends the kernel programs that a sensor left at work. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "log.h"
#include "sources/pins.h"

/* Its own sets and nothing else: who gave us the wrong directory loses nothing. */
static int remove_all(int directory, unsigned *ret_removed)
{
	struct pins_set sets[PINS_MAX];
	int count, err = 0;

	while ((count = pins_list(directory, sets)) > 0 && !err)
		for (int i = 0; i < count && !err; i++, *ret_removed += !err)
			err = pins_remove(directory, sets[i].name);
	return err ? err : count;
}

enum exit_code command_detach(const struct options *options)
{
	const char *path = options->pin ? options->pin : PINS_PATH;
	unsigned removed = 0;
	int directory = -1, err;
	enum exit_code code = take_pins_or_say(path, false, &directory);

	if (code != EXIT_OK)
		return code;
	err = directory < 0 ? 0 : remove_all(directory, &removed);
	/* What others put there keeps it. */
	if (directory >= 0 && !err && rmdir(path) < 0 && errno != ENOTEMPTY)
		err = -errno;
	if (directory >= 0)
		close(directory);
	if (err) {
		log_error("%s: %s", path, strerror(-err));
		return EXIT_RUNTIME;
	}
	log_info("%s: %s", path, removed ? "nothing is pinned any more" : "nothing was pinned");
	return EXIT_OK;
}
