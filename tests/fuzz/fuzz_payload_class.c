// SPDX-License-Identifier: Apache-2.0
/* Feeds any first bytes to the classifier; the first byte chooses direction and protocol. */
/* Parser: src/wire/payload_class.c src/wire/http_head.c */
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/payload_class.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool promise)
{
	if (!promise)
		abort();
}

/* The pieces are of the bytes, in order, none twice. */
static void expect_pieces(const struct payload_verdict *verdict, struct span bytes)
{
	const char *from = bytes.data;

	for (unsigned i = 0; i < PAYLOAD_PIECES; i++) {
		struct span piece = verdict->keep[i];

		if (!piece.len)
			continue;
		expect(piece.data >= from && piece.data + piece.len <= bytes.data + bytes.len);
		from = piece.data + piece.len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span bytes = {(const char *)data + 1, len - 1};
	char kept[EVENT_PAYLOAD_MAX], twice[EVENT_PAYLOAD_MAX];
	enum payload_direction direction;
	struct payload_verdict verdict, again;
	unsigned protocol;
	size_t kept_len;

	if (len == 0 || bytes.len > EVENT_PAYLOAD_MAX)
		return 0;
	direction = data[0] & 1 ? PAYLOAD_RECEIVED : PAYLOAD_SENT;
	protocol = data[0] & 2 ? IPPROTO_UDP : IPPROTO_TCP;
	verdict = payload_classify(bytes, direction, protocol);
	expect_pieces(&verdict, bytes);
	kept_len = payload_keep(&verdict, kept, sizeof(kept));
	expect((kept_len > 0) == (verdict.class < PAYLOAD_OTHER_JSON));
	expect(!verdict.more || bytes.len < EVENT_PAYLOAD_MAX);
	if (kept_len == 0)
		return 0;
	/* What is kept may be kept. */
	again = payload_classify((struct span){kept, kept_len}, direction, protocol);
	expect(again.class == verdict.class);
	expect(payload_keep(&again, twice, sizeof(twice)) == kept_len);
	expect(memcmp(kept, twice, kept_len) == 0);
	return 0;
}
