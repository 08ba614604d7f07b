// SPDX-License-Identifier: Apache-2.0
/* Feeds any bytes to the reader of image names and checks what it promises. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/image_reference.h"
#include "util/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool promise)
{
	if (!promise)
		abort();
}

/* Lower case, of the bytes names are made of, and without empty components. */
static void expect_name(const char *name, size_t size)
{
	size_t len = strnlen(name, size);

	expect(len && len < size);
	expect(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-:/[]") == len);
	expect(name[0] != '/' && name[len - 1] != '/' && !strstr(name, "//"));
	expect(!strstr(name, "/.") && !strstr(name, ".."));
	expect(strncmp(name, "registry-1.docker.io/", 21) != 0);
}

static void expect_inside(struct span part, struct span text)
{
	expect(!part.len ||
		(part.data >= text.data && part.data + part.len <= text.data + text.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = {(const char *)data, len};
	struct image_reference got, again;
	char prefix[IMAGE_NAME_SIZE];

	if (image_prefix_parse(text, prefix) == 0)
		expect_name(prefix, sizeof(prefix));
	if (image_reference_parse(text, &got))
		return 0;
	expect_name(got.name, sizeof(got.name));
	expect(got.registry_len == strcspn(got.name, "/") && got.name[got.registry_len]);
	expect_inside(got.tag, text);
	expect_inside(got.digest, text);
	expect(got.tag.len <= IMAGE_TAG_MAX);
	/* A registry that shows itself keeps showing: in full means nothing is left to fill in. */
	if (memchr(got.name, '.', got.registry_len) || memchr(got.name, ':', got.registry_len)) {
		expect(image_reference_parse(span_of(got.name), &again) == 0);
		expect(strcmp(got.name, again.name) == 0);
		expect(image_prefix_parse(span_of(got.name), prefix) == 0);
		expect(strcmp(got.name, prefix) == 0);
	}
	return 0;
}
