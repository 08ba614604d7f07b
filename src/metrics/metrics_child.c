/* SPDX-License-Identifier: Apache-2.0 */
/* The exporting process: gives up all privileges, then serves. */
#include "metrics/metrics_child.h"

#include <unistd.h>

#include "metrics/metrics_server.h"
#include "promises.h"
#include "util/fd_message.h"

void metrics_child(int fd)
{
	int listener;
	char byte;

	if (helper_begin(fd) < 0)
		return;
	if (fd_message_receive(STDIN_FILENO, &byte, sizeof(byte), 0, &listener) == 1 &&
		listener >= 0 && promise_keep(SECCOMP_EXPORTER) == 0)
		metrics_serve(listener, STDIN_FILENO);
}
