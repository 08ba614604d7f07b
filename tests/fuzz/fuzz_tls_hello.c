// SPDX-License-Identifier: Apache-2.0
/* Feeds any bytes to the reader of ClientHellos, whole and cut off, and checks what it promises. */
/* Parser: src/wire/tls_hello.c src/wire/cursor.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/span.h"
#include "wire/tls_hello.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool promise)
{
	if (!promise)
		abort();
}

static void expect_inside(struct span name, const struct tls_hello *hello)
{
	expect(!name.len ||
		(name.data >= hello->message &&
			name.data + name.len <= hello->message + sizeof(hello->message)));
}

/* A name that was read from fewer bytes is the name. */
static void expect_same(struct span earlier, struct span later)
{
	expect(!earlier.len || span_equal(earlier, later));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span bytes = {(const char *)data, len};
	struct tls_hello hello, cut;

	if (!tls_hello_read(bytes, &hello))
		return 0;
	expect(!tls_hello_begun(bytes));
	expect(hello.len <= len);
	expect_inside(hello.sni, &hello);
	expect_inside(hello.alpn, &hello);
	bytes.len = len / 2;
	if (!tls_hello_read(bytes, &cut)) {
		expect(tls_hello_begun(bytes));
		return 0;
	}
	expect_same(cut.sni, hello.sni);
	expect_same(cut.alpn, hello.alpn);
	expect(hello.whole || !cut.whole);
	return 0;
}
