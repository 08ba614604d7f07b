// SPDX-License-Identifier: Apache-2.0
/* Reads what is left in the rings of pinned sets that another one has replaced. */
#include "sources/older_rings.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "decode.h"
#include "log.h"
#include "sources/live_pins.h"

struct older_ring {
	struct older_rings *rings;
	uint64_t until_ns;
};

struct older_rings {
	struct record_out out;
	struct ring_buffer *buffer;
	uint64_t unreadable;
	struct older_ring each[PINS_MAX];
};

/* Another version's record may be shorter than ours; those that are not can be read (event.h). */
static int take(void *context, void *data, size_t len)
{
	const struct event_header *header = data;
	const struct older_ring *ring = context;
	struct event event;

	if (len < sizeof(*header) || event_decode(data, len, &event) == -EINVAL) {
		ring->rings->unreadable++;
		return 0;
	}
	if (header->time_ns >= ring->until_ns)
		return 0;
	return ring->rings->out.feed(ring->rings->out.context, data, len);
}

static int add(struct older_rings *rings, int fd, struct older_ring *ring)
{
	if (rings->buffer)
		return ring_buffer__add(rings->buffer, fd, take, ring);
	rings->buffer = ring_buffer__new(fd, take, ring, NULL);
	return rings->buffer ? 0 : -errno;
}

int older_rings_open(int directory, const struct pins_set sets[], unsigned count, uint64_t until_ns,
	const struct record_out *out, struct older_rings **ret_rings)
{
	struct older_rings *rings = calloc(1, sizeof(*rings));

	if (!rings)
		return -ENOMEM;
	rings->out = *out;
	for (unsigned i = 0; i < count; i++) {
		struct older_ring *ring = &rings->each[i];
		int fd = sets[i].whole ? live_pins_ring(directory, &sets[i]) : -ENOENT;

		if (fd < 0)
			continue;
		ring->rings = rings;
		ring->until_ns = i + 1 < count ? sets[i + 1].since_ns : until_ns;
		if (add(rings, fd, ring) < 0)
			log_warning("pinned records cannot be read: %s", sets[i].name);
		close(fd); /* mapped, which is all that reading needs */
	}
	if (!rings->buffer) {
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
	ring_buffer__free(rings->buffer);
	free(rings);
}

int older_rings_consume(struct older_rings *rings)
{
	int n = ring_buffer__consume(rings->buffer);

	return n < 0 ? n : 0;
}
