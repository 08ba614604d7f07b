// SPDX-License-Identifier: Apache-2.0
/* Feeds any bytes to the reader of mining protocols; the first byte says where they are also cut.
 */
/* Parser: src/wire/stratum.c src/wire/stratum_words.c src/wire/stratum_http.c src/wire/json_scan.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "wire/stratum.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool promise)
{
	if (!promise)
		abort();
}

static void expect_inside(struct span part, struct span bytes)
{
	expect(!part.len ||
		(part.data >= bytes.data && part.data + part.len <= bytes.data + bytes.len));
}

static void expect_message(const struct stratum_message *message, struct span bytes)
{
	expect(message->dialect != STRATUM_NONE && message->what && message->method);
	expect(stratum_dialect_name(message->dialect) != NULL);
	expect_inside(message->user, bytes);
	expect_inside(message->agent, bytes);
	expect_inside(message->worker, bytes);
	expect_inside(message->algo, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span bytes = {(const char *)data + 1, len - 1}, cut;
	struct stratum_message whole, part;

	if (len == 0)
		return 0;
	if (stratum_read(bytes, &whole))
		expect_message(&whole, bytes);
	else
		expect(!whole.dialect && !whole.what && !whole.sure);
	/* More bytes take nothing back. */
	cut = (struct span){bytes.data, bytes.len * data[0] / 256};
	if (stratum_read(cut, &part)) {
		expect_message(&part, cut);
		expect(whole.dialect && !(part.what & ~whole.what) && whole.sure >= part.sure);
	}
	return 0;
}
