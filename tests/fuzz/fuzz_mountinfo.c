/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds any bytes to the reader of mountinfo and checks what it promises. */
/* Parser: src/util/mountinfo.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/mountinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool promise)
{
	if (!promise)
		abort();
}

/* Lies within the text and can be unescaped into a buffer of its own length and no less. */
static void expect_field(struct span text, struct span field)
{
	char *copy;

	expect(field.len == 0 ||
		(field.data >= text.data && field.data + field.len <= text.data + text.len));
	copy = malloc(field.len + 1);
	expect(copy && mountinfo_text(field, copy, field.len + 1) == 0);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = {(const char *)data, len};
	struct mountinfo mountinfo = {.rest = text};
	struct mountinfo_mount mount;
	unsigned good = 0, ends = 0;

	while (mountinfo_next(&mountinfo, &mount)) {
		good++;
		expect_field(text, mount.root);
		expect_field(text, mount.point);
		expect_field(text, mount.fstype);
		expect_field(text, mount.source);
		expect_field(text, mount.options);
	}
	for (size_t i = 0; i < len; i++)
		ends += data[i] == '\n';
	expect(good + mountinfo.refused == ends + (len > 0 && data[len - 1] != '\n'));
	return 0;
}
