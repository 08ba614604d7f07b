// SPDX-License-Identifier: Apache-2.0
/* Reads what is left in the rings of pinned sets that another one has replaced. */
#include "sources/older_rings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "decode.h"
#include "log.h"
#include "sources/live_pins.h"
#include "sources/live_set.h"
#include "sources/ring_reader.h"

struct older_ring {
	struct ring_reader *reader;
	uint64_t until_ns;
};

struct older_rings {
	struct record_out out;
	uint64_t unreadable;
	unsigned count;
	struct older_ring each[PINS_MAX];
};

/* Another version's record may be shorter than ours; those that are not can be read (event.h). */
static int take(struct older_rings *rings, const struct older_ring *ring, void *data, size_t len)
{
	const struct event_header *header = data;
	struct event event;

	if (len < sizeof(*header) || event_decode(data, len, &event) == -EINVAL) {
		rings->unreadable++;
		return 0;
	}
	if (header->time_ns >= ring->until_ns)
		return 0;
	return rings->out.feed(rings->out.context, data, len);
}

int older_rings_open(int directory, const struct pins_set sets[], unsigned count, uint64_t until_ns,
	const struct record_out *out, struct older_rings **ret_rings)
{
	struct older_rings *rings = calloc(1, sizeof(*rings));

	if (!rings)
		return -ENOMEM;
	rings->out = *out;
	for (unsigned i = 0; i < count; i++) {
		struct older_ring *ring = &rings->each[rings->count];
		int fd, err;

		if (!sets[i].whole)
			continue;
		fd = live_pins_ring(directory, &sets[i]);
		err = fd < 0 ? fd : live_ring_open(fd, &ring->reader);
		if (fd >= 0)
			close(fd); /* mapped, which is all that reading needs */
		if (err) {
			log_warning("pinned records cannot be read: %s: %s", sets[i].name,
				strerror(-err));
			continue;
		}
		ring->until_ns = i + 1 < count ? sets[i + 1].since_ns : until_ns;
		rings->count++;
	}
	if (!rings->count) {
		older_rings_free(rings);
		rings = NULL;
	}
	*ret_rings = rings;
	return 0;
}

void older_rings_free(struct older_rings *rings)
{
	if (!rings)
		return;
	if (rings->unreadable)
		log_warning("%llu records of another version could not be read",
			(unsigned long long)rings->unreadable);
	for (unsigned i = 0; i < rings->count; i++)
		ring_reader_free(rings->each[i].reader);
	free(rings);
}

int older_rings_consume(struct older_rings *rings)
{
	int err = 0;

	for (unsigned i = 0; i < rings->count; i++) {
		struct older_ring *ring = &rings->each[i];
		void *data;
		size_t len;

		while (!err && ring_reader_next(ring->reader, &data, &len))
			err = take(rings, ring, data, len);
	}
	return err;
}
