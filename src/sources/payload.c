/* SPDX-License-Identifier: Apache-2.0 */
/* Puts segments together and lets through only those bytes that a reader knows. */
#include "sources/payload.h"

#include "util/hash.h"
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "wire/payload_class.h"

#define UNKNOWN_AFTER_NS UINT64_C(1000000000)

struct direction_key {
	uint64_t socket;
	uint64_t direction;
};

/* The bytes of one direction since reading began. */
struct direction {
	struct direction_key key;
	struct event_payload first; /* the segment that came first */
	uint64_t first_ns;
	uint32_t seen; /* bytes so far, at least */
	unsigned segments; /* bit a segment's number */
	bool fed; /* it was told of */
	unsigned fed_class; /* enum payload_class, as last told */
	size_t fed_len;
	bool last; /* no more will come */
	bool here[EVENT_PAYLOAD_MAX];
	char bytes[EVENT_PAYLOAD_MAX];
	UT_hash_handle hh;
};

struct payload {
	struct record_out out;
	struct direction *directions; /* in the order in which they began */
	uint64_t given_up;
	struct {
		struct event_payload head;
		char data[EVENT_PAYLOAD_MAX];
	} record; /* the one that is being fed */
};

struct payload *payload_new(const struct record_out *out)
{
	struct payload *payload = calloc(1, sizeof(*payload));

	if (payload)
		payload->out = *out;
	return payload;
}

static void remove_one(struct payload *payload, struct direction *direction)
{
	if (!direction->fed)
		payload->given_up++;
	HASH_DEL(payload->directions, direction);
	free(direction);
}

void payload_free(struct payload *payload)
{
	if (!payload)
		return;
	while (payload->directions)
		remove_one(payload, payload->directions);
	free(payload);
}

uint64_t payload_given_up(const struct payload *payload)
{
	return payload->given_up;
}

static struct direction *add_one(struct payload *payload, const struct direction_key *key)
{
	struct direction *direction = calloc(1, sizeof(*direction));

	if (!direction)
		return NULL;
	if (HASH_COUNT(payload->directions) == PAYLOAD_DIRECTIONS_MAX)
		remove_one(payload, payload->directions);
	direction->key = *key;
	HASH_ADD(hh, payload->directions, key, sizeof(direction->key), direction);
	return direction;
}

/* NULL: out of memory. A number that was there already belongs to a new reading of the direction.
 */
static struct direction *direction_of(struct payload *payload, const struct event_payload *segment)
{
	struct direction_key key = {segment->socket, segment->direction};
	struct direction *direction;

	HASH_FIND(hh, payload->directions, &key, sizeof(key), direction);
	if (direction && (direction->segments >> segment->segments & 1)) {
		remove_one(payload, direction);
		direction = NULL;
	}
	if (direction)
		return direction;
	direction = add_one(payload, &key);
	if (!direction) {
		payload->given_up++;
		return NULL;
	}
	direction->first = *segment;
	direction->first_ns = segment->header.time_ns;
	return direction;
}

/* Where segments overlap, the byte that came first stays. */
static void bytes_add(
	struct direction *direction, const struct event_payload *segment, const char *data)
{
	for (unsigned i = 0; i < segment->data_len; i++) {
		unsigned at = segment->offset + i;

		if (!direction->here[at])
			direction->bytes[at] = data[i];
		direction->here[at] = true;
	}
	if (segment->offset + segment->seen > direction->seen)
		direction->seen = segment->offset + segment->seen;
	direction->segments |= 1u << segment->segments;
	direction->last |= segment->payload_flags & PAYLOAD_LAST;
}

/* The bytes from the start up to the first that is missing. */
static struct span bytes_whole(const struct direction *direction)
{
	size_t len = 0;

	while (len < EVENT_PAYLOAD_MAX && direction->here[len])
		len++;
	return (struct span){direction->bytes, len};
}

static bool is_known(const struct payload_verdict *verdict)
{
	return verdict->class != PAYLOAD_NONE && verdict->class < PAYLOAD_OTHER_JSON;
}

/* The record's head is filled but for what the verdict says. */
static int feed(struct payload *payload, const struct payload_verdict *verdict)
{
	struct event_payload *head = &payload->record.head;
	size_t kept = is_known(verdict) ? payload_keep(verdict, payload->record.data,
						  sizeof(payload->record.data))
					: 0;

	head->header.type = EVENT_PAYLOAD;
	head->header.size = (uint32_t)(sizeof(*head) + kept);
	head->payload_class = (uint8_t)verdict->class;
	head->data_len = (uint16_t)kept;
	head->offset = 0;
	return payload->out.feed(payload->out.context, &payload->record, head->header.size);
}

static int feed_direction(struct payload *payload, struct direction *direction,
	const struct payload_verdict *verdict, size_t len, uint64_t now_ns)
{
	struct event_payload *head = &payload->record.head;

	*head = direction->first;
	head->header.time_ns = now_ns;
	head->seen = direction->seen;
	head->segments = (uint8_t)__builtin_popcount(direction->segments);
	head->payload_flags &= PAYLOAD_ARMED | PAYLOAD_AFTER_HTTP;
	if (direction->last)
		head->payload_flags |= PAYLOAD_LAST;
	direction->fed = true;
	direction->fed_class = verdict->class;
	direction->fed_len = len;
	return feed(payload, verdict);
}

/* wait: more may come that says what this is. */
static int judge(struct payload *payload, struct direction *direction, bool wait, uint64_t now_ns)
{
	struct span bytes = bytes_whole(direction);
	struct payload_verdict verdict = payload_classify(
		bytes, (enum payload_direction)direction->key.direction, IPPROTO_TCP);
	bool news = verdict.class != direction->fed_class || bytes.len > direction->fed_len;

	if (is_known(&verdict))
		return news ? feed_direction(payload, direction, &verdict, bytes.len, now_ns) : 0;
	/* Once, unless bytes that were known before are so no longer: then the first word stays. */
	if (direction->fed || (wait && verdict.more && !direction->last))
		return 0;
	return feed_direction(payload, direction, &verdict, bytes.len, now_ns);
}

static int take_segment(
	struct payload *payload, const struct event_payload *segment, const char *data)
{
	struct direction *direction = direction_of(payload, segment);
	int err;

	if (!direction)
		return 0;
	bytes_add(direction, segment, data);
	err = judge(payload, direction, true, segment->header.time_ns);
	if (direction->last)
		remove_one(payload, direction);
	return err;
}

/* One datagram is one payload. */
static int take_datagram(
	struct payload *payload, const struct event_payload *datagram, const char *data)
{
	struct payload_verdict verdict = payload_classify((struct span){data, datagram->data_len},
		(enum payload_direction)datagram->direction, datagram->protocol);

	payload->record.head = *datagram;
	return feed(payload, &verdict);
}

/* The kernel programs send no others. */
static bool segment_ok(const struct event_payload *segment, size_t len)
{
	return len >= sizeof(*segment) && segment->data_len <= len - sizeof(*segment) &&
	       segment->offset <= EVENT_PAYLOAD_MAX &&
	       segment->data_len <= EVENT_PAYLOAD_MAX - segment->offset &&
	       segment->direction <= PAYLOAD_RECEIVED && segment->segments >= 1 &&
	       segment->segments <= EVENT_PAYLOAD_SEGMENTS;
}

int payload_feed(void *context, void *record, size_t len)
{
	struct payload *payload = context;
	const struct event_payload *segment = record;

	if (len < sizeof(segment->header) || segment->header.type != EVENT_SEGMENT)
		return payload->out.feed(payload->out.context, record, len);
	if (!segment_ok(segment, len)) {
		payload->given_up++;
		return 0;
	}
	if (segment->protocol == IPPROTO_UDP)
		return take_datagram(payload, segment, (const char *)(segment + 1));
	return take_segment(payload, segment, (const char *)(segment + 1));
}

int payload_tick(struct payload *payload, uint64_t now_ns, bool end)
{
	struct direction *direction, *next;
	int err = 0;

	HASH_ITER(hh, payload->directions, direction, next)
	{
		if (err < 0 || (!end && now_ns < direction->first_ns + UNKNOWN_AFTER_NS))
			break; /* those that follow began later */
		if (direction->fed)
			continue;
		if (bytes_whole(direction).len)
			err = judge(payload, direction, false, now_ns);
		else
			remove_one(payload, direction); /* its start was dropped on the way */
	}
	return err;
}
