/* SPDX-License-Identifier: Apache-2.0 */
/* Tells what the user wrote wrong from what this host cannot for now. */
#include <errno.h>

#include "options.h"

enum exit_code exit_code_of(int err)
{
	switch (err) {
	case 0:
		return EXIT_OK;
	case -EADDRINUSE:
	case -EBUSY:
	case -EDQUOT:
	case -EIO:
	case -EMFILE:
	case -ENFILE:
	case -ENOBUFS:
	case -ENOLCK:
	case -ENOMEM:
	case -ENOSPC:
	case -EROFS:
	case -ESTALE:
		return EXIT_ENVIRONMENT;
	default:
		return EXIT_USAGE;
	}
}
