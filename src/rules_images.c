// SPDX-License-Identifier: Apache-2.0
/* Keeps and matches the rows about container images: miner_images.list, trusted_registries.list. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules_private.h"
#include "util/image_reference.h"
#include "util/span.h"

#define FULL_SIZE (IMAGE_NAME_SIZE + IMAGE_TAG_MAX + 192) /* with a digest, its longest is 161 */

/* "NAME[:TAG][@DIGEST]", the form in which rows are kept and sought. */
static struct span full_write(
	const char *name, struct span tag, struct span digest, char ret_text[static FULL_SIZE])
{
	snprintf(ret_text, FULL_SIZE, "%s%s%.*s%s%.*s", name, tag.len ? ":" : "", (int)tag.len,
		tag.data, digest.len ? "@" : "", (int)digest.len, digest.data);
	return span_of(ret_text);
}

static int copy_add(struct rules_strings *strings, const char *text)
{
	char *copy = strdup(text);
	int err = copy ? rules_strings_add(strings, copy) : -ENOMEM;

	if (err)
		free(copy);
	return err;
}

static void copies_free(struct rules_strings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		free((char *)strings->items[i].data);
	free(strings->items);
}

void rules_images_free(struct rules *rules)
{
	copies_free(&rules->miner_images);
	copies_free(&rules->registries);
}

int rules_row_miner_image(const struct rules_place *place, const struct rules_row *row)
{
	char *full = row->count == 1 ? rules_image_full(span_of(row->fields[0])) : NULL;
	int err;

	if (!full)
		return rules_refuse(
			place, "not [REGISTRY/]REPOSITORY[:TAG][@DIGEST]", row->fields[0]);
	err = copy_add(&place->rules->miner_images, full);
	free(full);
	return err;
}

int rules_row_registry(const struct rules_place *place, const struct rules_row *row)
{
	char prefix[IMAGE_NAME_SIZE];

	if (row->count != 1 || image_prefix_parse(span_of(row->fields[0]), prefix) < 0)
		return rules_refuse(place,
			"not REGISTRY[/PATH], its registry a host name with a dot, a port or both",
			row->fields[0]);
	return copy_add(&place->rules->registries, prefix);
}

char *rules_image_full(struct span text)
{
	struct image_reference image;
	char full[FULL_SIZE];

	if (image_reference_parse(text, &image) < 0)
		return NULL;
	full_write(image.name, image.tag, image.digest, full);
	return strdup(full);
}

/*
 * A row may name any part of what an image is known by: the forms of rows that do, in turn. What is
 * pulled without a tag or digest is the tag "latest".
 */
#define ROW_FORMS 4

static bool row_form(struct span text, unsigned form, char ret_full[static FULL_SIZE])
{
	const struct span none = {0};
	struct image_reference image;

	if (image_reference_parse(text, &image) < 0)
		return false;
	if (!image.tag.len && !image.digest.len)
		image.tag = span_of("latest");
	full_write(
		image.name, form & 1 ? image.tag : none, form & 2 ? image.digest : none, ret_full);
	return true;
}

const char *rules_miner_image(const struct rules *rules, struct span text)
{
	char full[FULL_SIZE];

	for (unsigned form = 0; form < ROW_FORMS && row_form(text, form, full); form++) {
		const struct span *row = rules_string_find(&rules->miner_images, span_of(full));

		if (row)
			return row->data;
	}
	return NULL;
}

bool rules_image_is(const char *row, struct span text)
{
	char full[FULL_SIZE];

	for (unsigned form = 0; form < ROW_FORMS && row_form(text, form, full); form++)
		if (strcmp(full, row) == 0)
			return true;
	return false;
}

bool rules_untrusted_image(const struct rules *rules, struct span text)
{
	struct image_reference image;
	int err;

	if (!rules->registries.count)
		return false;
	err = image_reference_parse(text, &image);
	if (err)
		return err != -ENOENT;
	/* The whole name, then what stands before each '/', down to the registry. */
	for (struct span prefix = span_of(image.name); prefix.len;) {
		const char *slash = memrchr(prefix.data, '/', prefix.len);

		if (rules_string_find(&rules->registries, prefix))
			return false;
		prefix.len = slash ? (size_t)(slash - prefix.data) : 0;
	}
	return true;
}
