/* SPDX-License-Identifier: Apache-2.0 */
/* Reads how many huge pages of each size the host has set aside. */
#include "sources/hugepages.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "event.h"
#include "sources/host.h"

static const struct {
	const char *path;
	uint64_t kib;
} sizes[] = {
	{"/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", 2048},
	{"/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", 1048576},
};

static uint64_t read_number(const char *path)
{
	char text[24];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return 0;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	return strtoull(text, NULL, 10);
}

int hugepages_tick(struct hugepages *hugepages, const struct record_out *out)
{
	struct event_hugepages record = {0};
	uint64_t kib = 0;

	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		kib += read_number(sizes[i].path) * sizes[i].kib;
	if (hugepages->known && kib == hugepages->kib)
		return 0;
	hugepages->known = true;
	hugepages->kib = kib;
	record.header = host_header(EVENT_HUGEPAGES, sizeof(record));
	record.kib = kib;
	return out->feed(out->context, &record, sizeof(record));
}
