// SPDX-License-Identifier: Apache-2.0
/* Takes the directory of pins for one user of it, or says why it is not to be had. */
#include <errno.h>
#include <unistd.h>

#include "commands.h"
#include "log.h"
#include "sources/pins.h"

#define TRIES 3 /* it can be removed between opening and locking */

static int take(const char *path, bool make, int *ret_directory, pid_t *ret_holder)
{
	int fd, err = -ESTALE;

	for (unsigned i = 0; i < TRIES && err == -ESTALE; i++) {
		err = pins_open(path, make, &fd);
		if (err < 0)
			return err;
		err = pins_lock(fd, ret_holder);
		if (err < 0)
			close(fd);
	}
	if (err == 0)
		*ret_directory = fd;
	return err;
}

enum exit_code take_pins_or_say(const char *path, bool make, int *ret_directory)
{
	pid_t holder = 0;
	int err = take(path, make, ret_directory, &holder);

	if (err == 0 || (err == -ENOENT && !make))
		return EXIT_OK;
	if (err == -EBUSY && holder)
		log_error(
			"--pin %s: a sensor works with these pins: process %d", path, (int)holder);
	else if (err == -EBUSY)
		log_error("--pin %s: a sensor works with these pins: process not to be seen from "
			  "here",
			path);
	else
		log_error("--pin %s: %s", path, pins_open_why(err));
	return exit_code_of(err);
}
