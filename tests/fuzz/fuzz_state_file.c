/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds any bytes to the reader of the state file, and what it lets through to the decoder. */
/* Parser: src/state_file.c src/decode_incident.c */
#include <sodium/crypto_shorthash.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "state_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define NOW UINT64_C(1000000000000)

static const char boot[STATE_BOOT_ID_SIZE] = "boot";

static void expect(bool promise)
{
	if (!promise)
		abort();
}

static void expect_event(const struct event *event)
{
	if (event->header->type != EVENT_FINDING)
		return;
	for (unsigned i = 0; i < FINDING_TEXTS; i++) {
		struct span text = event->finding_text[i];
		static char copy[EVENT_ARGV_MAX];

		expect(text.len <= sizeof(copy));
		if (text.len) /* a sanitizer sees any read beyond */
			memcpy(copy, text.data, text.len);
	}
}

/* What the sensor does with an item. */
static void take(const struct state_item *item)
{
	static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
	struct event event;

	expect(item->kind == STATE_LINE || item->kind == STATE_RECORD);
	if (item->kind == STATE_LINE) {
		expect(item->bytes.len > 0 && item->bytes.data[item->bytes.len - 1] == '\n');
		expect(item->severity < SEVERITY_COUNT);
		return;
	}
	expect(item->bytes.len >= sizeof(struct event_header) &&
		item->bytes.len <= EVENT_RECORD_MAX);
	memcpy(record, item->bytes.data, item->bytes.len);
	((struct event_header *)record)->time_ns = NOW;
	if (event_decode(record, item->bytes.len, &event) == 0)
		expect_event(&event);
}

static void read_file(const void *bytes, size_t len)
{
	struct state_found found = {0};
	struct state_item item;
	size_t taken = 0;

	if (state_file_find(bytes, len, boot, &found) < 0)
		return;
	while (state_file_next(&found.items, &item)) {
		take(&item);
		expect(++taken <= len / 8);
	}
	expect(found.items.len == 0);
}

/* A slot with right checksums around these items. */
static size_t seal(unsigned char *bytes, uint64_t sequence, const uint8_t *items, size_t len)
{
	struct state_slot slot = {.bytes = bytes};

	state_slot_begin(&slot);
	memcpy(bytes + slot.len, items, len);
	slot.len += len;
	state_slot_digest(&slot);
	state_slot_seal(&slot, sequence, boot);
	return slot.len;
}

/* One record, with the header's length and type made right. */
static void read_record(const uint8_t *data, size_t len, unsigned type)
{
	static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
	struct event_header *header = (struct event_header *)record;
	struct event event;

	if (len < sizeof(*header) || len > sizeof(record))
		return;
	memcpy(record, data, len);
	header->type = (__u16)type;
	header->size = (__u32)len;
	header->time_ns = NOW;
	if (event_decode(record, len, &event) == 0)
		expect_event(&event);
}

/* The same incident over and over, until there is no room for it. */
static void fill(unsigned char *bytes, const uint8_t *data, size_t len)
{
	static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
	struct state_slot slot = {.bytes = bytes};
	struct event_header *header = (struct event_header *)record;
	size_t size = sizeof(record) - (len ? data[0] : 0) * 8;

	state_slot_begin(&slot);
	state_slot_line(&slot, NOW, SEVERITY_HIGH, (struct span){"x\n", 2});
	for (unsigned i = 0; !slot.left_out; i++) {
		header->type = i % 3 ? EVENT_FINDING : EVENT_INCIDENT;
		state_slot_record(&slot, record, size);
		expect(slot.len <= STATE_SLOT_SIZE);
	}
	state_slot_record(&slot, record, size);
	state_slot_digest(&slot);
	state_slot_seal(&slot, 1, boot);
	read_file(bytes, slot.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const unsigned char no_key[crypto_shorthash_KEYBYTES];
	static unsigned char *file;
	size_t half;

	if (!file)
		file = calloc(STATE_SLOTS, STATE_SLOT_SIZE);
	if (!file)
		abort();
	if (len == 0 || len > (64 << 10))
		return 0;
	len--;
	half = len / 2;
	switch (*data++) {
	case 'f': /* as it comes */
		read_file(data, len);
		break;
	case 's': /* sealed */
		read_file(file, seal(file, 1, data, len));
		break;
	case 't': /* two slots */
		seal(file, 1 + (len & 1), data, half);
		len = seal(file + STATE_SLOT_SIZE, 2 - (len & 1), data + half, len - half);
		read_file(file, STATE_SLOT_SIZE + len);
		break;
	case 'h': /* a head that somebody sealed */
		half = len < 72 ? len : 72;
		seal(file, 1, data, 0);
		memcpy(file, data, half);
		crypto_shorthash(file + 72, file, 72, no_key);
		read_file(file, 4096);
		break;
	case 'm': /* slow */
		if (len <= 1)
			fill(file, data, len);
		break;
	case 'i':
		read_record(data, len, EVENT_INCIDENT);
		break;
	case 'n':
		read_record(data, len, EVENT_FINDING);
		break;
	default:
		break;
	}
	return 0;
}
