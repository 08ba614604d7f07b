/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz harness of the record decoder: one input is one record. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Touches every byte of a span, so that one that points outside is noticed. */
static unsigned sum(struct span span)
{
	unsigned total = 0;

	for (size_t i = 0; i < span.len; i++)
		total += (unsigned char)span.data[i];
	return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct event event;
	static volatile unsigned sink;
	void *record = malloc(len ? len : 1); /* exactly as long: what is read beyond is seen */

	if (!record)
		abort();
	if (len)
		memcpy(record, data, len);
	if (len >= sizeof(struct event_header)) /* a wrong size is refused at once: say it right */
		((struct event_header *)record)->size = (__u32)len;
	if (event_decode(record, len, &event) == 0) {
		if (!event_type_name(event.header->type))
			abort();
		sink += sum(event.name) + sum(event.filename) + sum(event.path) + sum(event.argv);
		if (event.header->type == EVENT_CONTAINER)
			for (unsigned i = 0; i < CONTAINER_TEXTS; i++)
				sink += sum(event.container_text[i]);
	}
	free(record);
	return 0;
}
