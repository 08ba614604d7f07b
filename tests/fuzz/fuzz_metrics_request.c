// SPDX-License-Identifier: Apache-2.0
/* Feeds any bytes to the reader of requests to the exporter, whole and in part. */
/* Parser: src/metrics/metrics_request.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "metrics/metrics_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool promise)
{
	if (!promise)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct metrics_request earlier = {0}, request;

	if (len > METRICS_REQUEST_MAX)
		len = METRICS_REQUEST_MAX;
	/* What was answered once stays so, whatever follows; what is full is answered. */
	for (size_t part = 0; part <= len; part += 1 + len / 16) {
		request = metrics_request_read((struct span){(const char *)data, part});
		expect(!earlier.status || request.status == earlier.status);
		expect(request.status != 200 || request.page <= METRICS_PAGE_READY);
		earlier = request;
	}
	request = metrics_request_read((struct span){(const char *)data, len});
	expect(len < METRICS_REQUEST_MAX || request.status);
	return 0;
}
