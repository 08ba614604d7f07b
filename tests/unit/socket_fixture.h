/* SPDX-License-Identifier: Apache-2.0 */
/* A directory of its own for each test of the status socket. */
#ifndef MINERWATCH_SOCKET_FIXTURE_H
#define MINERWATCH_SOCKET_FIXTURE_H

struct place {
	char directory[32];
	char path[64];
};

/* For cmocka: *state is a struct place. The removal fails when a test leaves more than the socket.
 */
int place_make(void **state);
int place_remove(void **state);

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

#endif
