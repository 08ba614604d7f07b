/* SPDX-License-Identifier: Apache-2.0 */
/* The loaded rules from inside; for src/rules*.c, their unit test and their fuzz harness alone. */
#ifndef MINERWATCH_RULES_PRIVATE_H
#define MINERWATCH_RULES_PRIVATE_H

#include "rules.h"

/* Of all files but feeds together: at a swap the sensor's own loop cuts and sorts them. */
#define RULES_LISTS_MAX (1u << 20) /* bytes */
#define RULES_ROWS_MAX 10000
#define RULES_FEED_MAX (256u << 20) /* bytes of a feed of digests, which a child reads */
#define RULES_LINE_MAX 4096 /* bytes, without the line's end */
#define RULES_DIGESTS_MAX 4000000 /* of one feed */
#define RULES_FIELDS_MAX 6
#define RULES_PROBLEMS_MAX 100 /* lines printed; the rest is counted */
#define RULES_WEIGHTS_MAX 128
#define RULES_SETTINGS_MAX 32
#define RULES_GROUPS_MAX 32
#define RULES_SCHEME_MAX 32 /* bytes before "://" */
#define RULES_NAME_MAX 255 /* NAME_MAX of Linux file systems */
#define RULES_HOST_MAX 253 /* bytes of a host name (RFC 1035) */

/* The order is part of the digest. */
enum {
	KIND_ALLOW,
	KIND_DIGESTS,
	KIND_DONATE,
	KIND_THREADS,
	KIND_MINER_IMAGES,
	KIND_NAMES,
	KIND_OPTIONS,
	KIND_PATTERNS,
	KIND_POOLS,
	KIND_PORTS,
	KIND_SCHEMES,
	KIND_REGISTRIES,
	KIND_WEIGHTS,
	RULES_KINDS
};

struct rules_problems {
	FILE *out;
	unsigned count;
};

struct rules_file {
	const char *name; /* "pools.add.list"; static */
	const char *directory; /* NULL: embedded */
	char *data; /* one byte more than len; cut into strings by rules_read; NULL: not there */
	size_t len;
	int fd; /* a feed that was opened and is still to be read; 0: none */
};

/*
 * The first half of a SHA-256: nobody can make a file that has the same half as another's, and a
 * million of them take half the memory.
 */
struct rules_half {
	uint8_t bytes[16];
};

/* Ascending, without repetition; in the bundle. */
struct rules_halves {
	const struct rules_half *items;
	size_t count;
	size_t repeated; /* rows that said what another had said */
};

/* Sorted once all files are read. Strings end with NUL too. */
struct rules_strings {
	struct span *items;
	size_t count, capacity;
};

struct rules_option {
	struct span element;
	enum option_class class;
	bool takes_value; /* from the next element */
	enum option_value value;
	bool takes_equals; /* "--long=value" is legal */
	unsigned line;
	const struct rules_file *file;
};

struct rules_thread {
	const char *name; /* with its "%d" and "*" */
	bool plain;
};

struct rules_address {
	uint8_t prefix; /* bits of address that count; IPv4: 96 and more */
	uint8_t address[16];
	uint16_t port; /* 0: any */
	const char *text;
};

/* One of by_digest, image and cgroup_path says what is allowed; exe narrows image down. */
struct allow_row {
	struct rules_allow allow;
	bool by_digest;
	struct rules_half half;
	const char *image; /* as it is kept in miner_images; its own copy */
	const char *exe;
	const char *cgroup_path;
	const struct rules_allow *before; /* says of the same what goes first; NULL: none */
};

struct rules {
	void *bundle; /* mapping the strings and digests stand in */
	size_t bundle_len;
	struct rules_halves digests[2]; /* digests.list, digests.add.list */
	struct rules_pattern *patterns; /* bytes: inside the name's file, unescaped in place */
	size_t patterns_count, patterns_capacity;
	struct allow_row *allows;
	size_t allows_count, allows_capacity;
	struct rules_file files[RULES_KINDS][2]; /* the list, its extension */
	size_t rows[RULES_KINDS];
	size_t list_rows, list_bytes; /* of all files but feeds */
	size_t repeated[RULES_KINDS]; /* rows that said what another had said; not of feeds */
	char *directory; /* NULL: embedded rules alone; of a set in use: in the bundle */
	uint8_t digest[32];
	struct rules_option *options;
	size_t options_count, options_capacity;
	struct rules_strings schemes, names, hosts, donate_hosts;
	struct rules_thread *threads;
	size_t threads_count, threads_capacity;
	struct rules_strings miner_images, registries; /* written in full; their own copies */
	struct rules_address *addresses;
	size_t addresses_count, addresses_capacity;
	bool prefix_used[129];
	uint64_t ports[65536 / 64];
	struct rules_weight weights[RULES_WEIGHTS_MAX]; /* by index in rules_required */
	unsigned weight_lines[RULES_WEIGHTS_MAX]; /* 0: not given */
	uint64_t settings[RULES_SETTINGS_MAX]; /* by index in rules_settings */
	unsigned setting_lines[RULES_SETTINGS_MAX];
	const char *groups[RULES_GROUPS_MAX];
	unsigned groups_count;
};

/* Where a row stands, and where to say what is wrong with it. line 0: the file as a whole. */
struct rules_place {
	struct rules *rules;
	struct rules_problems *problems;
	const struct rules_file *file;
	unsigned line;
};

struct rules_row {
	char *fields[RULES_FIELDS_MAX];
	unsigned count; /* at least 1 */
	const char *source; /* what stands behind "|", NUL-terminated; NULL: no "|" */
};

/* One file of the set. row: 0, -EINVAL after telling a problem, -ENOMEM. */
struct rules_kind {
	const char *name;
	const char *extension; /* NULL: cannot be extended */
	int (*row)(const struct rules_place *place, const struct rules_row *row);
	bool feed; /* digests: rules_feed.c reads it, row is NULL */
};

struct rules_required {
	const char *detector;
	const char *grade;
};

extern const struct rules_kind rules_kinds[RULES_KINDS];
/* What weights.conf must hold, and all it may hold. */
extern const struct rules_required rules_required[];
extern const unsigned rules_required_count;

/* rules_read.c */
void rules_problem(const struct rules_place *place, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Tells that word is not what it should be; returns -EINVAL. */
int rules_refuse(const struct rules_place *place, const char *what, const char *word);
void rules_text_print(FILE *out, const char *text); /* what is not printable ASCII leaves as '?' */
int rules_read(const struct rules_place *place, const struct rules_kind *kind, size_t *rows);
/* "0", "1" or "0.85": at most six decimals, at most 1. */
bool rules_ppm(const char *text, uint32_t *ret_ppm);
bool rules_number(const char *text, uint64_t highest, uint64_t *ret_number);

/* rules_directory.c */
int rules_directory_load(struct rules *rules, struct rules_problems *problems);

/* rules_rows.c */
int rules_row_option(const struct rules_place *place, const struct rules_row *row);
int rules_row_scheme(const struct rules_place *place, const struct rules_row *row);
int rules_row_name(const struct rules_place *place, const struct rules_row *row);
int rules_row_port(const struct rules_place *place, const struct rules_row *row);
void *rules_grow(void *items, size_t count, size_t *capacity, size_t size);
int rules_strings_add(struct rules_strings *strings, const char *text);

/* rules_images.c */
int rules_row_miner_image(const struct rules_place *place, const struct rules_row *row);
int rules_row_registry(const struct rules_place *place, const struct rules_row *row);
void rules_images_free(struct rules *rules);
/* The form images are compared in, a copy the caller frees; NULL: text is no image, or no memory.
 */
char *rules_image_full(struct span text);
/* Does a row written so name the image? */
bool rules_image_is(const char *full, struct span text);

/* rules_patterns.c */
int rules_row_pattern(const struct rules_place *place, const struct rules_row *row);
/* Sorts; tells names that stand for two patterns. */
void rules_patterns_sort(struct rules *rules, struct rules_problems *problems);

/* rules_allow.c */
int rules_row_allow(const struct rules_place *place, const struct rules_row *row);
/* Finds rows that never come to effect. 0 or -ENOMEM. */
int rules_allow_sort(struct rules *rules);
void rules_allow_free(struct rules *rules);

/* rules_threads.c */
int rules_row_thread(const struct rules_place *place, const struct rules_row *row);

/* rules_pools.c */
int rules_row_pool(const struct rules_place *place, const struct rules_row *row);
int rules_row_donate(const struct rules_place *place, const struct rules_row *row);

/* rules_weights.c */
int rules_row_weights(const struct rules_place *place, const struct rules_row *row);
void rules_weights_check(const struct rules_place *place);

/* rules_match.c: sorts for the look-ups; tells rows that contradict each other. */
void rules_sort(struct rules *rules, struct rules_problems *problems);
const struct span *rules_string_find(const struct rules_strings *strings, struct span text);

/* rules.c: rows, sorting and checks of files already in rules->files; -EINVAL: problems were told.
 */
int rules_parse(struct rules *rules, struct rules_problems *problems);

#endif
