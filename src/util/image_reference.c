// SPDX-License-Identifier: Apache-2.0
/* Takes the name of a container image apart and writes it in full, as Docker would. Pure. */
#include "util/image_reference.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/span.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HEX DIGITS "abcdef"
#define ID_LEN 64 /* hex digits of a SHA-256 */
#define PORT_DIGITS 5
#define HTTPS ":443"

static const char hub[] = "docker.io";
static const char library[] = "library/"; /* who owns an image there that names no owner */
/* Other doors to the same registry. Docker itself folds the first one only. */
static const char *const hub_hosts[] = {
	"index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"};

/* How many bytes from the given one on are of the set. */
static size_t run(struct span text, size_t from, const char *set)
{
	size_t at = from;

	while (at < text.len && text.data[at] && strchr(set, text.data[at]))
		at++;
	return at - from;
}

/* Not empty, and of bytes of the set alone. */
static bool made_of(struct span text, const char *set)
{
	return text.len && run(text, 0, set) == text.len;
}

/* Cuts *text before the first byte of this kind; returns what follows it. */
static struct span cut(struct span *text, char byte, bool *ret_found)
{
	const char *at = text->len ? memchr(text->data, byte, text->len) : NULL;
	struct span rest = {0};

	if (at) {
		rest = (struct span){at + 1, (size_t)(text->data + text->len - at - 1)};
		text->len = (size_t)(at - text->data);
	}
	*ret_found = at != NULL;
	return rest;
}

static bool label_ok(struct span label)
{
	return made_of(label, DIGITS LOWER UPPER "-") && label.data[0] != '-' &&
	       label.data[label.len - 1] != '-';
}

static bool host_ok(struct span host)
{
	struct span rest;
	bool more;

	if (host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']')
		return made_of((struct span){host.data + 1, host.len - 2}, HEX "ABCDEF:");
	do {
		rest = cut(&host, '.', &more);
		if (!label_ok(host))
			return false;
		host = rest;
	} while (more);
	return true;
}

static bool registry_ok(struct span registry)
{
	const char *colon = registry.len ? memrchr(registry.data, ':', registry.len) : NULL;
	struct span host = registry, port;

	if (registry.len > IMAGE_REGISTRY_MAX)
		return false;
	if (colon && registry.data[registry.len - 1] != ']') {
		host.len = (size_t)(colon - registry.data);
		port = (struct span){colon + 1, registry.len - host.len - 1};
		if (!made_of(port, DIGITS) || port.len > PORT_DIGITS)
			return false;
	}
	return host_ok(host);
}

/* Words of lower-case letters and digits; between them ".", "_", "__" or any number of "-". */
static bool component_ok(struct span component)
{
	for (size_t at = 0;;) {
		size_t word = run(component, at, DIGITS LOWER), dashes, underscores;

		at += word;
		if (!word || at == component.len)
			return word > 0;
		dashes = run(component, at, "-");
		underscores = run(component, at, "_");
		if (underscores > 2)
			return false;
		at += dashes ? dashes : underscores ? underscores : component.data[at] == '.';
	}
}

static bool path_ok(struct span path)
{
	struct span rest;
	bool more;

	if (path.len > IMAGE_REPOSITORY_MAX)
		return false;
	do {
		rest = cut(&path, '/', &more);
		if (!component_ok(path))
			return false;
		path = rest;
	} while (more);
	return true;
}

/* algorithm ":" hex; the algorithm is mostly sha256. */
static bool digest_ok(struct span digest)
{
	bool found;
	struct span hex = cut(&digest, ':', &found);

	return made_of(digest, LOWER DIGITS "+._-") && digest.len <= 32 && made_of(hex, HEX) &&
	       hex.len >= 32 && hex.len <= 128;
}

static bool tag_ok(struct span tag)
{
	return tag.len <= IMAGE_TAG_MAX && made_of(tag, DIGITS LOWER UPPER "_.-") &&
	       tag.data[0] != '.' && tag.data[0] != '-';
}

static bool is_id(struct span text)
{
	if (span_starts(text, "sha256:"))
		text = (struct span){text.data + 7, text.len - 7};
	return text.len == ID_LEN && made_of(text, HEX);
}

/* What stands before the first '/' is a registry only where a user of the Hub cannot be called so.
 */
static bool looks_like_registry(struct span first)
{
	return span_equal(first, span_of("localhost")) ||
	       (first.len && run(first, 0, DIGITS LOWER "_-") < first.len);
}

/* Takes a registry that is sound; returns the length written. */
static size_t registry_write(struct span registry, char *ret_text)
{
	size_t len = registry.len, https = strlen(HTTPS);

	for (size_t i = 0; i < len; i++)
		ret_text[i] = (char)tolower((unsigned char)registry.data[i]);
	if (len > https && memcmp(ret_text + len - https, HTTPS, https) == 0)
		len -= https;
	ret_text[len] = '\0';
	for (size_t i = 0; i < sizeof(hub_hosts) / sizeof(hub_hosts[0]); i++)
		if (strcmp(ret_text, hub_hosts[i]) == 0)
			strcpy(ret_text, hub);
	return strlen(ret_text);
}

static int name_parse(struct span name, struct image_reference *reference)
{
	struct span registry = name, path;
	bool found, bare;

	path = cut(&registry, '/', &found);
	if (!found || !looks_like_registry(registry)) {
		registry = span_of(hub);
		path = name;
	}
	if (!registry_ok(registry) || !path_ok(path))
		return -EINVAL;
	reference->registry_len = registry_write(registry, reference->name);
	bare = strcmp(reference->name, hub) == 0 && !memchr(path.data, '/', path.len);
	if (bare && path.len + strlen(library) > IMAGE_REPOSITORY_MAX)
		return -EINVAL;
	snprintf(reference->name + reference->registry_len,
		sizeof(reference->name) - reference->registry_len, "/%s%.*s", bare ? library : "",
		(int)path.len, path.data);
	return 0;
}

int image_reference_parse(struct span text, struct image_reference *ret_reference)
{
	struct image_reference reference = {0};
	struct span name = text;
	const char *colon;
	bool has_digest;

	if (is_id(text))
		return -ENOENT;
	reference.digest = cut(&name, '@', &has_digest);
	if (has_digest && !digest_ok(reference.digest))
		return -EINVAL;
	colon = name.len ? memrchr(name.data, ':', name.len) : NULL;
	/* A '/' behind it: the colon of a port. */
	if (colon && !memchr(colon, '/', (size_t)(name.data + name.len - colon))) {
		reference.tag =
			(struct span){colon + 1, (size_t)(name.data + name.len - colon - 1)};
		name.len = (size_t)(colon - name.data);
		if (!tag_ok(reference.tag))
			return -EINVAL;
	}
	if (name_parse(name, &reference))
		return -EINVAL;
	*ret_reference = reference;
	return 0;
}

int image_prefix_parse(struct span text, char ret_prefix[static IMAGE_NAME_SIZE])
{
	bool has_path;
	struct span path = cut(&text, '/', &has_path);
	size_t len;

	if (!looks_like_registry(text) || !registry_ok(text) || (has_path && !path_ok(path)))
		return -EINVAL;
	len = registry_write(text, ret_prefix);
	if (has_path)
		snprintf(
			ret_prefix + len, IMAGE_NAME_SIZE - len, "/%.*s", (int)path.len, path.data);
	return 0;
}
