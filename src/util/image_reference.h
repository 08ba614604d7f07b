/* SPDX-License-Identifier: Apache-2.0 */
/* Takes the name of a container image apart and writes it in full, as Docker would. Pure. */
#ifndef MINERWATCH_IMAGE_REFERENCE_H
#define MINERWATCH_IMAGE_REFERENCE_H

#include "decode.h"

#define IMAGE_REGISTRY_MAX 259 /* a host name (RFC 1035), ":" and a port */
#define IMAGE_REPOSITORY_MAX 255 /* with "library/"; distribution/reference */
#define IMAGE_TAG_MAX 128
#define IMAGE_NAME_SIZE (IMAGE_REGISTRY_MAX + 1 + IMAGE_REPOSITORY_MAX + 1)

/* Grammar and defaults: github.com/distribution/reference, reference.go and normalize.go. */
struct image_reference {
	char name[IMAGE_NAME_SIZE]; /* "docker.io/library/nginx", the registry in lower case */
	size_t registry_len; /* bytes of name before its first '/' */
	struct span tag; /* of the text; len 0: none ("latest" is not filled in) */
	struct span digest; /* of the text, "sha256:..."; len 0: none */
};

/*
 * Returns 0; -EINVAL where text is no reference; -ENOENT where it is an image's id alone (64 hex
 * digits, with or without "sha256:"), which says nothing of where the image is from.
 */
int image_reference_parse(struct span text, struct image_reference *ret_reference);

/*
 * text is REGISTRY or REGISTRY/PATH, its registry not left out. Writes what the full names of the
 * images there begin with, to be followed by '/'. Returns 0 or -EINVAL.
 */
int image_prefix_parse(struct span text, char ret_prefix[static IMAGE_NAME_SIZE]);

#endif
