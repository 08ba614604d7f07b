/* SPDX-License-Identifier: Apache-2.0 */
/* Opens the socket the exporter is asked at. */
#include "metrics/metrics_listener.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "util/loopback_address.h"

#define WAITING_MAX 16

static int listen_at(const struct loopback_address *address, int *ret_fd)
{
	int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int one = 1;

	if (fd < 0)
		return -errno;
	/* Connections of the run before may still be closing at this port. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
		bind(fd, &address->any, address->len) < 0 || listen(fd, WAITING_MAX) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	*ret_fd = fd;
	return 0;
}

enum exit_code metrics_listen_or_say(const char *text, int *ret_fd)
{
	struct loopback_address address;
	int err;

	*ret_fd = -1;
	if (!text)
		return EXIT_OK;
	err = loopback_address_read(text, &address) ? listen_at(&address, ret_fd) : -EINVAL;
	if (err < 0)
		log_error("--metrics %s: %s", text, strerror(-err));
	return exit_code_of(err);
}
