// SPDX-License-Identifier: Apache-2.0
/* Reads the answer of a DNS server: which name was asked for, which addresses it has. */
#include "wire/dns_answer.h"

#include <errno.h>
#include <string.h>

#include "wire/cursor.h"

#define HEADER_SIZE 12
#define FLAG_ANSWER 0x8000
#define FLAGS_OPCODE 0x7800
#define FLAGS_ERROR 0x000f
#define TYPE_A 1
#define TYPE_CNAME 5
#define TYPE_AAAA 28
#define CLASS_INTERNET 1
#define POINTERS_MAX 32 /* in one name; servers write one */
#define CHAIN_MAX 16 /* CNAMEs followed */
#define TTL_MAX INT32_MAX /* above, it counts as 0: RFC 2181 section 8 */

struct record {
	char owner[DNS_NAME_MAX]; /* as dns_answer.name; "": cannot be read, or the root */
	uint32_t type, class, ttl;
	size_t data, len; /* where its data stands */
};

/* The cursor from that byte of the datagram on. */
static struct cursor cursor_at(struct span datagram, size_t at)
{
	return (struct cursor){{datagram.data + at, datagram.len - at}, 0};
}

/* Adds a label to name; false: a byte that a host's name has not, or too long. */
static bool add_label(struct span label, char name[static DNS_NAME_MAX], size_t *len)
{
	if (*len + label.len + 1 >= DNS_NAME_MAX)
		return false;
	if (*len)
		name[(*len)++] = '.';
	for (size_t i = 0; i < label.len; i++) {
		char c = label.data[i];

		if (c <= ' ' || c > '~' || c == '.')
			return false;
		name[(*len)++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return true;
}

/*
 * The name at *at, which moves behind it. A pointer leads to before the part it ends, so there is
 * an end. name is "" where no host is called that. -EINVAL: cut off, or no name.
 */
static int take_name(struct span datagram, size_t *at, char name[static DNS_NAME_MAX])
{
	size_t len = 0, part = *at, here = *at;
	unsigned pointers = 0;
	bool readable = true;

	for (;;) {
		struct cursor rest = cursor_at(datagram, here), label;
		uint32_t size, low;

		if (cursor_number(&rest, 1, &size))
			return -EINVAL;
		if (size >= 0xc0) {
			if (cursor_number(&rest, 1, &low) || pointers == POINTERS_MAX)
				return -EINVAL;
			if (pointers++ == 0)
				*at = here + 2;
			here = (size & 0x3f) << 8 | low;
			if (here >= part)
				return -EINVAL;
			part = here;
			continue;
		}
		if (size > 63 || cursor_piece(&rest, size, &label))
			return -EINVAL;
		here += 1 + size;
		if (size == 0)
			break;
		readable = readable && add_label(label.bytes, name, &len);
	}
	if (pointers == 0)
		*at = here;
	name[readable ? len : 0] = '\0';
	return 0;
}

static int take_record(struct span datagram, size_t *at, struct record *ret_record)
{
	struct cursor rest, data;
	int err = take_name(datagram, at, ret_record->owner);

	if (err)
		return err;
	rest = cursor_at(datagram, *at);
	err = cursor_number(&rest, 2, &ret_record->type);
	if (!err)
		err = cursor_number(&rest, 2, &ret_record->class);
	if (!err)
		err = cursor_number(&rest, 4, &ret_record->ttl);
	if (!err)
		err = cursor_vector(&rest, 2, &data);
	if (err)
		return err;
	ret_record->ttl = ret_record->ttl > TTL_MAX ? 0 : ret_record->ttl;
	ret_record->data = (size_t)(data.bytes.data - datagram.data);
	ret_record->len = data.bytes.len;
	*at = ret_record->data + ret_record->len;
	return 0;
}

static void add_address(const char *data, size_t size, uint32_t ttl_s, struct dns_answer *answer)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	uint8_t *address;

	if (answer->count == DNS_ADDRESSES_MAX)
		return;
	address = answer->addresses[answer->count].address;
	if (size == 4)
		memcpy(address, mapped, sizeof(mapped));
	memcpy(address + 16 - size, data, size);
	answer->addresses[answer->count++].ttl_s = ttl_s;
}

struct walk {
	struct span datagram;
	size_t first; /* where the first record begins */
	unsigned count; /* of records, as the header says */
	char name[DNS_NAME_MAX]; /* whose records are wanted */
	uint32_t ttl_s; /* the smallest on the way to it */
};

/* Takes the addresses of walk->name. True: it is another name for one that walk->name is now. */
static bool walk_records(struct walk *walk, struct dns_answer *answer)
{
	char next[DNS_NAME_MAX] = "";
	uint32_t next_ttl = 0;
	size_t at = walk->first;
	struct record record;

	for (unsigned i = 0; i < walk->count; i++) {
		const char *data;
		uint32_t ttl;

		if (take_record(walk->datagram, &at, &record))
			break;
		if (record.class != CLASS_INTERNET || strcmp(record.owner, walk->name) != 0)
			continue;
		data = walk->datagram.data + record.data;
		ttl = record.ttl < walk->ttl_s ? record.ttl : walk->ttl_s;
		if ((record.type == TYPE_A && record.len == 4) ||
			(record.type == TYPE_AAAA && record.len == 16))
			add_address(data, record.len, ttl, answer);
		if (record.type == TYPE_CNAME && !next[0]) {
			if (take_name(walk->datagram, &record.data, next))
				next[0] = '\0';
			next_ttl = ttl;
		}
	}
	memcpy(walk->name, next, sizeof(next));
	walk->ttl_s = next_ttl;
	return next[0] != '\0';
}

static void add_alias(const char *name, size_t *used, struct dns_answer *answer)
{
	size_t len = strlen(name) + 1;

	if (*used + len >= sizeof(answer->aliases))
		return;
	memcpy(answer->aliases + *used, name, len);
	*used += len;
}

/* The header and the one question; *ret_walk stands before the first record. */
static bool take_question(struct span datagram, struct walk *ret_walk)
{
	struct cursor rest = {datagram, 0};
	uint32_t id, flags, questions, answers, type, class;
	size_t at = HEADER_SIZE;

	if (cursor_number(&rest, 2, &id) || cursor_number(&rest, 2, &flags) ||
		cursor_number(&rest, 2, &questions) || cursor_number(&rest, 2, &answers) ||
		datagram.len < HEADER_SIZE)
		return false;
	if (!(flags & FLAG_ANSWER) || flags & (FLAGS_OPCODE | FLAGS_ERROR) || questions != 1)
		return false;
	if (take_name(datagram, &at, ret_walk->name) || !ret_walk->name[0])
		return false;
	rest = cursor_at(datagram, at);
	if (cursor_number(&rest, 2, &type) || cursor_number(&rest, 2, &class))
		return false;
	ret_walk->datagram = datagram;
	ret_walk->first = at + 4;
	ret_walk->count = answers;
	ret_walk->ttl_s = TTL_MAX;
	return (type == TYPE_A || type == TYPE_AAAA) && class == CLASS_INTERNET;
}

bool dns_answer_read(struct span datagram, struct dns_answer *ret_answer)
{
	struct dns_answer answer = {0};
	struct walk walk = {0};
	unsigned names = 0;
	size_t used = 0;

	if (!take_question(datagram, &walk))
		return false;
	memcpy(answer.name, walk.name, sizeof(answer.name));
	/* Once for each name, because the order of records is the server's choice. */
	while (walk_records(&walk, &answer) && names++ < CHAIN_MAX)
		add_alias(walk.name, &used, &answer);
	if (answer.count == 0)
		return false;
	*ret_answer = answer;
	return true;
}
