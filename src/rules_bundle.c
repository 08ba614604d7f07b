// SPDX-License-Identifier: Apache-2.0
/* One set of rules as one sealed memory file: made and checked by one process, opened by another.
 */
#include "rules_bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rules_embedded.h"
#include "rules_feed.h"
#include "util/file_io.h"

#define MAGIC UINT64_C(0x73656c757220776d) /* "mw rules" */
#define PIECE 65536 /* bytes of a feed read at a time */
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

struct bundle_file {
	uint64_t offset, len; /* its bytes, for a feed its digests; a NUL follows the bytes */
	uint32_t present;
	uint32_t own; /* from the directory */
};

/* Stands at offset 0. Written and read by one program, so its layout is nobody else's business. */
struct bundle_header {
	uint64_t magic;
	uint8_t digest[RULES_DIGEST_SIZE];
	struct bundle_file files[RULES_KINDS][2];
	uint64_t repeated[RULES_KINDS][2];
	uint64_t rows[RULES_KINDS][2]; /* of feeds */
	uint64_t directory_offset; /* NUL-terminated; 0: embedded rules alone */
};

struct bundle {
	struct rules *rules; /* files as found */
	struct rules_problems *problems;
	struct bundle_header header;
	crypto_hash_sha256_state digest;
	int fd;
	uint64_t end;
};

static int unpack(struct rules_file *file, struct rules_problems *problems)
{
	const struct rules_place place = {.problems = problems, .file = file};

	for (unsigned i = 0; i < embedded_rules_count; i++) {
		if (strcmp(embedded_rules[i].name, file->name) != 0)
			continue;
		file->len = embedded_rules[i].len;
		file->data = malloc(file->len + 1);
		return file->data ? embedded_unpack(&embedded_rules[i], file->data) : -ENOMEM;
	}
	rules_problem(&place, "is missing in this binary");
	return 0;
}

static int files_load(struct bundle *bundle)
{
	struct rules *rules = bundle->rules;
	int err = 0;

	for (unsigned i = 0; i < RULES_KINDS; i++) {
		rules->files[i][0].name = rules_kinds[i].name;
		rules->files[i][1].name = rules_kinds[i].extension;
	}
	if (rules->directory)
		err = rules_directory_load(rules, bundle->problems);
	for (unsigned i = 0; i < RULES_KINDS && !err; i++)
		if (!rules->files[i][0].directory)
			err = unpack(&rules->files[i][0], bundle->problems);
	return err;
}

/* A file's name and length stand before its bytes in what is digested. */
static void digest_begin(struct bundle *bundle, const struct rules_file *file)
{
	uint8_t len[8];

	for (unsigned i = 0; i < sizeof(len); i++)
		len[i] = (uint8_t)((uint64_t)file->len >> 8 * i);
	crypto_hash_sha256_update(
		&bundle->digest, (const uint8_t *)file->name, strlen(file->name) + 1);
	crypto_hash_sha256_update(&bundle->digest, len, sizeof(len));
}

static void feed_bytes(
	struct bundle *bundle, struct rules_feed *feed, const char *bytes, size_t len)
{
	crypto_hash_sha256_update(&bundle->digest, (const uint8_t *)bytes, len);
	rules_feed_push(feed, bytes, len);
}

static int feed_file(struct bundle *bundle, struct rules_feed *feed, const struct rules_file *file)
{
	char piece[PIECE];
	size_t have = 0;

	while (have <= file->len && !feed->error) {
		ssize_t got = read(file->fd, piece, sizeof(piece));

		if (got < 0 && errno != EINTR) {
			feed->place.line = 0;
			rules_problem(&feed->place, "cannot read: %s", strerror(errno));
			return 0;
		}
		if (got == 0)
			break;
		if (got > 0) {
			have += (size_t)got;
			feed_bytes(bundle, feed, piece, (size_t)got);
		}
	}
	if (have != file->len && !feed->error) {
		feed->place.line = 0;
		rules_problem(&feed->place, "changes while it is read");
	}
	return 0;
}

/* Sorts the digests where they lie; the repeated ones at the end are given up. */
static int halves_settle(struct bundle *bundle, struct bundle_file *entry, uint64_t *ret_repeated)
{
	size_t count = entry->len / sizeof(struct rules_half), kept;
	void *map;

	if (!count)
		return 0;
	map = mmap(NULL, entry->len, PROT_READ | PROT_WRITE, MAP_SHARED, bundle->fd,
		(off_t)entry->offset);
	if (map == MAP_FAILED)
		return -errno;
	kept = rules_halves_sort(map, count);
	munmap(map, entry->len);
	*ret_repeated = count - kept;
	entry->len = kept * sizeof(struct rules_half);
	return 0;
}

static int add_feed(struct bundle *bundle, unsigned kind, unsigned extension)
{
	struct rules_file *file = &bundle->rules->files[kind][extension];
	struct bundle_file *entry = &bundle->header.files[kind][extension];
	const struct rules_place place = {.problems = bundle->problems, .file = file};
	struct rules_feed *feed = malloc(sizeof(*feed));
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	int err = 0;

	if (!feed)
		return -ENOMEM;
	entry->offset = (bundle->end + page - 1) / page * page;
	rules_feed_begin(feed, &place, bundle->fd, entry->offset);
	if (file->data)
		feed_bytes(bundle, feed, file->data, file->len);
	else
		err = feed_file(bundle, feed, file);
	if (!err)
		err = rules_feed_end(feed);
	entry->len = feed->count * sizeof(struct rules_half);
	bundle->header.rows[kind][extension] = feed->count;
	free(feed);
	if (!err)
		err = halves_settle(bundle, entry, &bundle->header.repeated[kind][extension]);
	bundle->end = entry->offset + entry->len;
	return err;
}

static int add_list(struct bundle *bundle, unsigned kind, unsigned extension)
{
	const struct rules_file *file = &bundle->rules->files[kind][extension];
	struct bundle_file *entry = &bundle->header.files[kind][extension];

	crypto_hash_sha256_update(&bundle->digest, (const uint8_t *)file->data, file->len);
	entry->offset = bundle->end;
	entry->len = file->len;
	bundle->end += file->len + 1; /* the NUL is a hole's zero */
	return file_write_at(bundle->fd, file->data, file->len, entry->offset);
}

static int add_directory(struct bundle *bundle)
{
	const char *directory = bundle->rules->directory;

	if (!directory)
		return 0;
	bundle->header.directory_offset = bundle->end;
	bundle->end += strlen(directory) + 1;
	return file_write_at(
		bundle->fd, directory, strlen(directory) + 1, bundle->header.directory_offset);
}

/* Lists first: their pages are written to when they are cut, those of the feeds behind them never.
 */
static int add_all(struct bundle *bundle)
{
	int err = add_directory(bundle);

	crypto_hash_sha256_init(&bundle->digest);
	for (unsigned feeds = 0; feeds < 2; feeds++) {
		for (unsigned i = 0; i < RULES_KINDS * 2 && !err; i++) {
			struct rules_file *file = &bundle->rules->files[i / 2][i % 2];
			struct bundle_file *entry = &bundle->header.files[i / 2][i % 2];

			if (rules_kinds[i / 2].feed != (feeds == 1) || (!file->data && !file->fd))
				continue;
			entry->present = 1;
			entry->own = file->directory != NULL;
			digest_begin(bundle, file);
			err = feeds ? add_feed(bundle, i / 2, i % 2)
				    : add_list(bundle, i / 2, i % 2);
		}
	}
	crypto_hash_sha256_final(&bundle->digest, bundle->header.digest);
	return err;
}

/* Seals are asked for, not needed: a file system without them still gives what was written. */
static int finish(struct bundle *bundle)
{
	int err = file_write_at(bundle->fd, &bundle->header, sizeof(bundle->header), 0);

	if (!err && ftruncate(bundle->fd, (off_t)bundle->end) < 0)
		err = -errno;
	if (!err && fcntl(bundle->fd, F_ADD_SEALS, SEALS) < 0)
		err = -errno;
	return err;
}

int rules_bundle_write(const char *directory, struct rules_problems *problems, int *ret_fd)
{
	struct bundle bundle = {.problems = problems,
		.fd = -1,
		.end = sizeof(bundle.header),
		.header.magic = MAGIC};
	int err = -ENOMEM;

	bundle.rules = calloc(1, sizeof(*bundle.rules));
	if (!bundle.rules)
		return err;
	if (directory) {
		bundle.rules->directory = strdup(directory);
		if (!bundle.rules->directory)
			goto out;
	}
	bundle.fd = memfd_create("minerwatch-rules", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	err = bundle.fd < 0 ? -errno : files_load(&bundle);
	if (!err)
		err = add_all(&bundle);
	if (!err)
		err = finish(&bundle);
	if (err)
		goto out;
	*ret_fd = bundle.fd;
	bundle.fd = -1;
out:
	if (bundle.fd >= 0)
		close(bundle.fd);
	for (unsigned i = 0; i < RULES_KINDS * 2; i++) {
		free(bundle.rules->files[i / 2][i % 2].data);
		if (bundle.rules->files[i / 2][i % 2].fd)
			close(bundle.rules->files[i / 2][i % 2].fd);
	}
	free(bundle.rules->directory);
	free(bundle.rules);
	return err;
}

/* The header's numbers are our own, but a process that forks another may be mistaken in the file.
 */
static bool header_ok(const struct bundle_header *header, uint64_t len)
{
	for (unsigned i = 0; i < RULES_KINDS * 2; i++) {
		const struct bundle_file *file = &header->files[i / 2][i % 2];

		if (file->present && (file->offset > len || file->len > len - file->offset))
			return false;
	}
	return header->magic == MAGIC && header->directory_offset < len;
}

static void take_files(struct rules *rules, const struct bundle_header *header)
{
	char *base = rules->bundle;

	memcpy(rules->digest, header->digest, sizeof(rules->digest));
	rules->directory = header->directory_offset ? base + header->directory_offset : NULL;
	for (unsigned i = 0; i < RULES_KINDS * 2; i++) {
		const struct bundle_file *entry = &header->files[i / 2][i % 2];
		struct rules_file *file = &rules->files[i / 2][i % 2];

		file->name = i % 2 ? rules_kinds[i / 2].extension : rules_kinds[i / 2].name;
		file->directory = entry->own ? rules->directory : NULL;
		if (!entry->present)
			continue;
		file->data = base + entry->offset;
		file->len = entry->len;
		if (!rules_kinds[i / 2].feed)
			continue;
		rules->rows[i / 2] += header->rows[i / 2][i % 2];
		rules->digests[i % 2] = (struct rules_halves){
			.items = (const void *)(base + entry->offset),
			.count = entry->len / sizeof(struct rules_half),
			.repeated = header->repeated[i / 2][i % 2],
		};
	}
}

int rules_bundle_read(int fd, struct rules *rules)
{
	off_t len = lseek(fd, 0, SEEK_END);

	if (len < 0)
		return -errno;
	if ((size_t)len < sizeof(struct bundle_header))
		return -EBADMSG;
	/* Private: cutting lists into strings changes our copy of their pages, and no others. */
	rules->bundle = mmap(NULL, (size_t)len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (rules->bundle == MAP_FAILED) {
		rules->bundle = NULL;
		return -errno;
	}
	rules->bundle_len = (size_t)len;
	if (!header_ok(rules->bundle, (uint64_t)len))
		return -EBADMSG;
	take_files(rules, rules->bundle);
	return 0;
}
