// SPDX-License-Identifier: Apache-2.0
/* The state file's bytes, made and read. */
#include "state_file.h"

#include <errno.h>
#include <sodium/crypto_shorthash.h>
#include <string.h>

#define MAGIC "MWSTATE"
#define VERSION 1
#define ALIGNED(len) (((len) + 7) & ~(size_t)7)

/* Little-endian, as records are. */
struct head {
	char magic[8];
	uint32_t version;
	uint32_t len; /* of the items */
	uint64_t sequence;
	char boot_id[STATE_BOOT_ID_SIZE];
	uint8_t items[STATE_DIGEST_SIZE]; /* digest of them */
	uint8_t head[STATE_DIGEST_SIZE]; /* digest of all before */
};

struct item_head {
	uint32_t kind; /* enum state_item_kind */
	uint32_t len; /* without what aligns the next one */
};

/* Before the text of a line. */
struct line_head {
	uint64_t time_ns;
	uint32_t severity;
	uint32_t pad;
};

_Static_assert(STATE_DIGEST_SIZE == crypto_shorthash_BYTES, "SipHash-2-4");
_Static_assert(sizeof(struct head) % 8 == 0, "what follows is aligned");
_Static_assert(sizeof(struct item_head) + sizeof(struct line_head) + 7 <= STATE_LINE_ROOM,
	"of a line: its heads, and what aligns the next item");

/*
 * Against damage, not against root: no secret key. All is digested at each write, before alerts go
 * out, and a digest that could not be forged takes two to ten times as long.
 */
static void digest(const void *data, size_t len, uint8_t ret_digest[static STATE_DIGEST_SIZE])
{
	static const unsigned char key[crypto_shorthash_KEYBYTES];

	crypto_shorthash(ret_digest, data, len, key);
}

void state_slot_begin(struct state_slot *slot)
{
	slot->len = sizeof(struct head);
	slot->skipping = false;
	slot->left_out = 0;
}

/* An item of two parts. */
static bool add(
	struct state_slot *slot, enum state_item_kind kind, struct span first, struct span second)
{
	size_t len = first.len + second.len, room = STATE_SLOT_SIZE - slot->len;
	struct item_head item = {.kind = kind, .len = (uint32_t)len};
	unsigned char *at = slot->bytes + slot->len;

	if (len > STATE_SLOT_SIZE || sizeof(item) + ALIGNED(len) > room)
		return false;
	memcpy(at, &item, sizeof(item));
	at += sizeof(item);
	if (first.len)
		memcpy(at, first.data, first.len);
	memcpy(at + first.len, second.data, second.len);
	memset(at + len, 0, ALIGNED(len) - len);
	slot->len += sizeof(item) + ALIGNED(len);
	return true;
}

void state_slot_line(
	struct state_slot *slot, uint64_t time_ns, enum severity severity, struct span line)
{
	struct line_head head = {.time_ns = time_ns, .severity = (uint32_t)severity};

	slot->left_out +=
		!add(slot, STATE_LINE, (struct span){(const char *)&head, sizeof(head)}, line);
}

void state_slot_record(void *context, const void *record, size_t len)
{
	const struct event_header *header = record;
	struct state_slot *slot = context;

	if (header->type == EVENT_INCIDENT) {
		slot->incident = slot->len;
		slot->skipping = false;
	}
	if (slot->skipping || add(slot, STATE_RECORD, (struct span){0}, (struct span){record, len}))
		return;
	slot->len = slot->incident;
	slot->skipping = true;
	slot->left_out++;
}

void state_slot_digest(struct state_slot *slot)
{
	digest(slot->bytes + sizeof(struct head), slot->len - sizeof(struct head), slot->digest);
}

void state_slot_seal(
	struct state_slot *slot, uint64_t sequence, const char boot_id[static STATE_BOOT_ID_SIZE])
{
	struct head head = {
		.magic = MAGIC,
		.version = VERSION,
		.len = (uint32_t)(slot->len - sizeof(head)),
		.sequence = sequence,
	};

	memcpy(head.boot_id, boot_id, sizeof(head.boot_id));
	memcpy(head.items, slot->digest, sizeof(head.items));
	digest(&head, offsetof(struct head, head), head.head);
	memcpy(slot->bytes, &head, sizeof(head));
}

/* Without room for its head it has no text, which none may have. */
static void split_line(struct state_item *item)
{
	struct line_head head = {0};
	size_t len = item->bytes.len < sizeof(head) ? item->bytes.len : sizeof(head);

	memcpy(&head, item->bytes.data, len);
	item->bytes = (struct span){item->bytes.data + len, item->bytes.len - len};
	item->time_ns = head.time_ns;
	item->severity = head.severity;
}

/* The first item of what is left, if there is room for all of it. */
static bool take(struct span *items, struct state_item *ret_item)
{
	struct item_head head;

	if (items->len < sizeof(head))
		return false;
	memcpy(&head, items->data, sizeof(head));
	if (head.len > STATE_SLOT_SIZE || ALIGNED(head.len) > items->len - sizeof(head))
		return false;
	*ret_item = (struct state_item){
		.kind = head.kind, .bytes = {items->data + sizeof(head), head.len}};
	if (head.kind == STATE_LINE)
		split_line(ret_item);
	items->data += sizeof(head) + ALIGNED(head.len);
	items->len -= sizeof(head) + ALIGNED(head.len);
	return true;
}

/* Nothing but what a run hands on: no record of a file is to stand in for the kernel's. */
static bool item_ok(const struct state_item *item)
{
	struct event_header header;

	if (item->kind == STATE_LINE)
		return item->severity < SEVERITY_COUNT && item->bytes.len > 0 &&
		       item->bytes.data[item->bytes.len - 1] == '\n';
	if (item->kind != STATE_RECORD || item->bytes.len < sizeof(header) ||
		item->bytes.len > EVENT_RECORD_MAX)
		return false;
	memcpy(&header, item->bytes.data, sizeof(header));
	return header.type == EVENT_INCIDENT || header.type == EVENT_FINDING ||
	       header.type == EVENT_CONTAINER;
}

static bool items_ok(struct span items)
{
	struct state_item item;

	while (take(&items, &item))
		if (!item_ok(&item))
			return false;
	return items.len == 0;
}

static bool is_zero(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

/* One slot. 0, -ENOENT: never written, -ESTALE, -EPROTO, -EINVAL. */
static int read_slot(const char *bytes, size_t len, const char *boot_id, struct head *ret_head)
{
	struct span items = {bytes + sizeof(*ret_head), 0};
	struct head head;
	uint8_t found[STATE_DIGEST_SIZE];

	if (is_zero(bytes, len < sizeof(head) ? len : sizeof(head)))
		return -ENOENT;
	if (len < sizeof(head))
		return -EINVAL;
	memcpy(&head, bytes, sizeof(head));
	digest(&head, offsetof(struct head, head), found);
	if (memcmp(head.magic, MAGIC, sizeof(head.magic)) != 0 ||
		memcmp(head.head, found, sizeof(found)) != 0)
		return -EINVAL;
	if (head.version != VERSION)
		return -EPROTO;
	if (head.len > len - sizeof(head) || !event_string_ok(head.boot_id, sizeof(head.boot_id)))
		return -EINVAL;
	items.len = head.len;
	digest(items.data, items.len, found);
	if (memcmp(head.items, found, sizeof(found)) != 0 || !items_ok(items))
		return -EINVAL;
	if (strncmp(head.boot_id, boot_id, sizeof(head.boot_id)) != 0)
		return -ESTALE;
	*ret_head = head;
	return 0;
}

int state_file_find(const void *bytes, size_t len, const char boot_id[static STATE_BOOT_ID_SIZE],
	struct state_found *ret_found)
{
	int result = -ENOENT;

	for (unsigned slot = 0; slot < STATE_SLOTS; slot++) {
		size_t start = (size_t)slot * STATE_SLOT_SIZE;
		size_t left = len > start ? len - start : 0;
		const char *at = (const char *)bytes + start;
		struct head head;
		int err = read_slot(
			at, left < STATE_SLOT_SIZE ? left : STATE_SLOT_SIZE, boot_id, &head);

		if (err < 0) {
			if (result != 0 && err != -ENOENT)
				result = err;
			continue;
		}
		if (result == 0 && head.sequence < ret_found->sequence)
			continue;
		result = 0;
		*ret_found =
			(struct state_found){slot, head.sequence, {at + sizeof(head), head.len}};
	}
	return result;
}

bool state_file_next(struct span *items, struct state_item *ret_item)
{
	return take(items, ret_item);
}
