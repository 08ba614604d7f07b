// SPDX-License-Identifier: Apache-2.0
/* Feeds any bytes to the reader of requests to proxies and to the skipper of their answers. */
/* Parser: src/wire/proxy_request.c src/wire/socks_request.c src/wire/proxy_answer.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/span.h"
#include "wire/proxy_answer.h"
#include "wire/proxy_request.h"

#define JOINED_MAX 1024

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool promise)
{
	if (!promise)
		abort();
}

static void expect_end(struct span rest, struct span bytes)
{
	expect(!rest.len || rest.data + rest.len == bytes.data + bytes.len);
}

/* What is kept reads the same and holds nothing of the tunnel. */
static void expect_kept(const struct proxy_request *request)
{
	struct span a = request->keep[0], b = request->keep[1];
	char joined[JOINED_MAX];
	struct proxy_request again;

	if (a.len + b.len > sizeof(joined))
		return;
	memcpy(joined, a.data, a.len);
	if (b.len)
		memcpy(joined + a.len, b.data, b.len);
	expect(proxy_request_read((struct span){joined, a.len + b.len}, &again));
	expect(span_equal(again.host, request->host));
	expect(memcmp(again.address, request->address, sizeof(again.address)) == 0);
	expect(again.port == request->port && strcmp(again.kind, request->kind) == 0);
	expect(again.tunnel.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span bytes = {(const char *)data, len}, cut = {bytes.data, len / 2}, tunnel;
	struct proxy_request request, earlier;

	if (proxy_answer_skip(bytes, &tunnel)) {
		expect_end(tunnel, bytes);
		expect(len < 2 || proxy_answer_skip(cut, &tunnel));
	}
	if (!proxy_request_read(bytes, &request))
		return 0;
	expect(!proxy_request_begun(bytes));
	expect(request.port != 0);
	expect_end(request.tunnel, bytes);
	expect_kept(&request);
	if (proxy_request_read(cut, &earlier))
		expect(span_equal(earlier.host, request.host) && earlier.port == request.port);
	else
		expect(proxy_request_begun(cut));
	return 0;
}
