// SPDX-License-Identifier: Apache-2.0
/* `minerwatch detach`: ends the kernel programs that a sensor left at work. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "log.h"
#include "sources/pins.h"

enum exit_code command_detach(const struct options *options)
{
	const char *path = options->pin ? options->pin : PINS_PATH;
	int directory = -1, removed;
	enum exit_code code = take_pins_or_say(path, false, &directory);

	if (code != EXIT_OK)
		return code;
	removed = directory < 0 ? 0 : pins_remove_all(directory);
	/* What others put there keeps it. */
	if (directory >= 0 && removed >= 0 && rmdir(path) < 0 && errno != ENOTEMPTY)
		removed = -errno;
	if (directory >= 0)
		close(directory);
	if (removed < 0) {
		log_error("%s: %s", path, strerror(-removed));
		return EXIT_RUNTIME;
	}
	log_info("%s: %s", path, removed ? "nothing is pinned any more" : "nothing was pinned");
	return EXIT_OK;
}
