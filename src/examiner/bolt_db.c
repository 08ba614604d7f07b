/* SPDX-License-Identifier: Apache-2.0 */
/* Looks up one value in a bbolt database that another process may be writing. */
#include "examiner/bolt_db.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/span.h"

#define MAGIC 0xED0CDAEDu
#define VERSION 2
#define PAGE_SIZE_MIN 1024u /* bbolt's own search for the second meta page begins there */
#define PAGE_SIZE_MAX 65536u
#define BRANCH 1
#define LEAF 2
#define BUCKET 1 /* flag of a leaf's element */
#define ATTEMPTS 3

/* All numbers are in the machine's own byte order. */
struct page {
	uint64_t id;
	uint16_t flags, count;
	uint32_t overflow; /* pages that follow and belong to it */
};

struct meta {
	uint32_t magic, version, page_size, flags;
	uint64_t root, sequence; /* the bucket of buckets */
	uint64_t freelist, high_water, transaction;
	uint64_t checksum; /* FNV-1a of what stands before */
};

struct branch_element {
	uint32_t position, key_size;
	uint64_t page;
};

struct leaf_element {
	uint32_t flags, position, key_size, value_size;
};

struct bucket {
	uint64_t root; /* 0: a page follows right here */
	uint64_t sequence;
};

_Static_assert(sizeof(struct page) == 16 && sizeof(struct meta) == 64 &&
		       sizeof(struct branch_element) == 16 && sizeof(struct leaf_element) == 16 &&
		       sizeof(struct bucket) == 16,
	"the file's layout");

struct bolt {
	int fd;
	struct meta meta;
	char *buffer; /* BOLT_NODE_MAX; the node read last */
};

static uint64_t fnv(const void *data, size_t len)
{
	const unsigned char *bytes = data;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static int read_at(int fd, uint64_t offset, void *ret_bytes, size_t len)
{
	ssize_t got = offset <= INT64_MAX ? pread(fd, ret_bytes, len, (off_t)offset) : 0;

	if (got < 0)
		return -errno;
	return (size_t)got == len ? 0 : -EINVAL;
}

static bool meta_at(int fd, uint64_t offset, struct meta *ret_meta)
{
	struct meta meta;

	if (read_at(fd, offset + sizeof(struct page), &meta, sizeof(meta)) < 0)
		return false;
	if (meta.magic != MAGIC || meta.version != VERSION ||
		meta.checksum != fnv(&meta, offsetof(struct meta, checksum)))
		return false;
	if (meta.page_size < PAGE_SIZE_MIN || meta.page_size > PAGE_SIZE_MAX ||
		(offset != 0 && offset != meta.page_size))
		return false;
	*ret_meta = meta;
	return true;
}

/*
 * The newer of the two; the page size is known from either, so the second is searched for. It lies
 * where its own page size says: a value that looks like one may lie anywhere else.
 */
static bool meta_newest(int fd, struct meta *ret_meta)
{
	struct meta meta;
	bool found = meta_at(fd, 0, ret_meta);

	for (uint64_t offset = PAGE_SIZE_MIN; offset <= PAGE_SIZE_MAX; offset *= 2)
		if (meta_at(fd, offset, &meta) &&
			(!found || meta.transaction > ret_meta->transaction)) {
			*ret_meta = meta;
			found = true;
		}
	return found;
}

static int node_read(struct bolt *bolt, uint64_t id, struct span *ret_node)
{
	uint64_t offset, size;
	struct page page;
	int err;

	offset = id * bolt->meta.page_size; /* where that wraps, the page there has another id */
	err = read_at(bolt->fd, offset, &page, sizeof(page));
	if (err < 0)
		return err;
	size = ((uint64_t)page.overflow + 1) * bolt->meta.page_size;
	if (page.id != id)
		return -EINVAL;
	if (size > BOLT_NODE_MAX)
		return -EFBIG;
	err = read_at(bolt->fd, offset, bolt->buffer, size);
	if (err == 0)
		*ret_node = (struct span){bolt->buffer, size};
	return err;
}

/* Copies the head of a node and tells whether its elements lie within it. */
static bool node_head(struct span node, struct page *ret_page)
{
	if (node.len < sizeof(*ret_page))
		return false;
	memcpy(ret_page, node.data, sizeof(*ret_page));
	return ret_page->count <= (node.len - sizeof(*ret_page)) / sizeof(struct leaf_element);
}

/* position counts from the element, which starts at offset. */
static bool part(
	struct span node, size_t offset, uint64_t position, uint32_t len, struct span *ret_part)
{
	uint64_t start = offset + position;

	if (start > node.len || len > node.len - start)
		return false;
	*ret_part = (struct span){node.data + start, len};
	return true;
}

static int compare(struct span a, struct span b)
{
	int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* The page whose keys begin at or before key: the last such, the first where all are greater. */
static int branch_find(struct span node, unsigned count, struct span key, uint64_t *ret_page)
{
	bool found = false;

	for (unsigned i = 0; i < count; i++) {
		size_t offset = sizeof(struct page) + i * sizeof(struct branch_element);
		struct branch_element element;
		struct span first;

		memcpy(&element, node.data + offset, sizeof(element));
		if (!part(node, offset, element.position, element.key_size, &first))
			return -EINVAL;
		if (found && compare(first, key) > 0)
			break;
		*ret_page = element.page;
		found = true;
	}
	return found ? 0 : -EINVAL;
}

static int leaf_find(struct span node, struct span key, bool bucket, struct span *ret_value)
{
	struct page page;

	if (!node_head(node, &page) || !(page.flags & LEAF))
		return -EINVAL;
	for (unsigned i = 0; i < page.count; i++) {
		size_t offset = sizeof(page) + i * sizeof(struct leaf_element);
		struct leaf_element element;
		struct span name, value;

		memcpy(&element, node.data + offset, sizeof(element));
		if (!part(node, offset, element.position, element.key_size, &name) ||
			!part(node, offset, (uint64_t)element.position + element.key_size,
				element.value_size, &value))
			return -EINVAL;
		if (!span_equal(name, key))
			continue;
		if (!(element.flags & BUCKET) == bucket)
			return -ENOENT;
		*ret_value = value;
		return 0;
	}
	return -ENOENT;
}

/* node: the bucket's own where it is inline, else to be read from root. */
static int bucket_find(struct bolt *bolt, uint64_t root, struct span node, struct span key,
	bool bucket, struct span *ret_value)
{
	if (root == 0)
		return leaf_find(node, key, bucket, ret_value);
	for (unsigned depth = 0; depth < BOLT_DEPTH_MAX; depth++) {
		struct page page;
		int err = node_read(bolt, root, &node);

		if (err < 0)
			return err;
		if (!node_head(node, &page))
			return -EINVAL;
		if (!(page.flags & BRANCH))
			return leaf_find(node, key, bucket, ret_value);
		err = branch_find(node, page.count, key, &root);
		if (err < 0)
			return err;
	}
	return -EFBIG;
}

static int find(struct bolt *bolt, const char *const *path, struct span *ret_value)
{
	uint64_t root = bolt->meta.root;
	struct span value = {NULL, 0};
	struct bucket bucket;

	if (root == 0)
		return -EINVAL;
	for (;; path++) {
		int err = bucket_find(bolt, root, value, span_of(*path), path[1] != NULL, &value);

		if (err < 0)
			return err;
		if (!path[1])
			break;
		if (value.len < sizeof(bucket))
			return -EINVAL;
		memcpy(&bucket, value.data, sizeof(bucket));
		root = bucket.root;
		value = (struct span){value.data + sizeof(bucket), value.len - sizeof(bucket)};
	}
	*ret_value = value;
	return 0;
}

/*
 * A transaction writes only pages that the one before it no longer uses, and its meta page last.
 * So what we read was whole if the newest meta page afterwards still is the one we began with.
 */
int bolt_db_find(int fd, const char *const *path, char *ret_value, size_t size)
{
	struct bolt bolt = {.fd = fd, .buffer = malloc(BOLT_NODE_MAX)};
	int err = bolt.buffer ? -EAGAIN : -ENOMEM;

	for (unsigned i = 0; i < ATTEMPTS && err == -EAGAIN; i++) {
		struct span value = {NULL, 0};
		struct meta after;

		if (!meta_newest(fd, &bolt.meta)) {
			err = -EINVAL;
			break;
		}
		err = find(&bolt, path, &value);
		if (!meta_newest(fd, &after) || after.transaction != bolt.meta.transaction) {
			err = -EAGAIN;
		} else if (err == 0 && value.len >= size) {
			err = -ENAMETOOLONG;
		} else if (err == 0) {
			memcpy(ret_value, value.data, value.len);
			ret_value[value.len] = '\0';
		}
	}
	free(bolt.buffer);
	return err;
}
