/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of its own for each test of the status socket. */
#include "socket_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int place_make(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return -1;
	strcpy(place->directory, "/tmp/test_status-XXXXXX");
	if (!mkdtemp(place->directory))
		return -1;
	snprintf(place->path, sizeof(place->path), "%s/s.sock", place->directory);
	*state = place;
	return 0;
}

int place_remove(void **state)
{
	struct place *place = *state;
	int err;

	unlink(place->path);
	err = rmdir(place->directory);
	free(place);
	return err;
}
