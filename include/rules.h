/* SPDX-License-Identifier: Apache-2.0 */
/* Detection content: loaded once, immutable afterwards. Data in src/rules/, embedded in the binary.
 */
#ifndef MINERWATCH_RULES_H
#define MINERWATCH_RULES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "decode.h"

struct rules;
struct rules_file;

#define RULES_DIGEST_SIZE 32 /* SHA-256 */

/*
 * Loads the embedded rules; where directory is not NULL, NAME replaces the embedded file NAME and
 * NAME.add.list (pools.add.list for pools.list) extends it; any other name in it is a problem.
 * Every problem is printed to problems as "FILE:LINE: reason" (FILE: reason where no line applies),
 * not just the first. Returns 0 and a set the caller frees, -EINVAL when there were problems,
 * -ENOMEM, or -errno of the directory.
 */
int rules_load(const char *directory, FILE *problems, struct rules **ret_rules);
void rules_free(struct rules *rules);

/*
 * The same in two steps, for two processes: the first reads, checks and sorts, the second opens
 * what the first has made, which takes no longer whatever the number of digests. A bundle is a
 * sealed memory file, for processes of the same program only. rules_bundle returns as rules_load
 * does and a descriptor the caller closes.
 */
int rules_bundle(const char *directory, FILE *problems, int *ret_fd);
int rules_open(int fd, FILE *problems, struct rules **ret_rules);
/* SHA-256 over the set in force: each file's name, length and bytes, in the order of rules_kinds[],
 * feeds of digests behind the lists. */
const uint8_t *rules_digest(const struct rules *rules);
/* What need not be mended but known: rows of the allow-list that are over, that contradict a feed,
 * or that come to no effect because of another. */
void rules_allow_remark(const struct rules *rules, uint64_t wall_ns, FILE *out);
/* Those alone whose time ran out after since_ns, and not after wall_ns. */
void rules_allow_over(const struct rules *rules, uint64_t since_ns, uint64_t wall_ns, FILE *out);
/* One line a list: name, rows, where from ("embedded", path). For check-config. */
void rules_describe(const struct rules *rules, FILE *out);

/* options.list: how much one whole argv element says. */
enum option_class { OPTION_NONE, OPTION_GENERIC, OPTION_WEAK, OPTION_MEDIUM, OPTION_STRONG };

/* element is "--long", "--long=value" or "-x". *ret_takes_value, which may be NULL: whether the
 * NEXT element is its value (not after "--long=value"). No prefixes: "--donate" is not
 * "--donate-level". */
enum option_class rules_option(
	const struct rules *rules, struct span element, bool *ret_takes_value);
/* What the value of an option, without "=value", is: a pool's address (-o, --url, --pool, ...), who
 * logs in there (-u, ...), something else or none. */
enum option_value { OPTION_VALUE_OTHER, OPTION_VALUE_ENDPOINT, OPTION_VALUE_LOGIN };
enum option_value rules_option_value(const struct rules *rules, struct span option);
/* True when the element starts with a scheme of schemes.list ("stratum+tcp://"). */
bool rules_scheme(const struct rules *rules, struct span element);
/* names.list: whole file names, in upper or lower case, or what a row "NAME-*" begins. */
bool rules_name(const struct rules *rules, struct span name);
/* ports.list */
bool rules_port(const struct rules *rules, uint16_t port);
/* pools.list, rows with a numeric address. port 0 in the row: any. Returns the row's text, or NULL.
 */
const char *rules_pool_address(const struct rules *rules, const uint8_t address[16], uint16_t port);
/* pools.list, rows with a host name: equal, or a sub-domain on a label boundary. Row's text or
 * NULL. */
const char *rules_pool_host(const struct rules *rules, struct span host);
/* donate_hosts.list, likewise: where miners give a share of their work to their authors. */
const char *rules_donate_host(const struct rules *rules, struct span host);

/* kernel_threads.list: whether a name is one the kernel gives its threads. */
enum thread_name { THREAD_NONE, THREAD_BRACKETED, THREAD_PLAIN }; /* BRACKETED: as "[NAME]" only */
enum thread_name rules_kernel_thread(const struct rules *rules, struct span name);

/* miner_images.list: an image's name as its runtime gives it. The row, written in full, or NULL. */
const char *rules_miner_image(const struct rules *rules, struct span image);
/*
 * trusted_registries.list: true when it has rows and none of them covers the image. An image known
 * by its id alone may be from anywhere: false.
 */
bool rules_untrusted_image(const struct rules *rules, struct span image);

/* digests.list: where the digest is listed, for people ("digests.add.list"); NULL: it is not. */
const char *rules_digest_listed(const struct rules *rules, const uint8_t sha256[32]);

/* RANDOMX: of the algorithm itself, which honest nodes verify blocks with. */
enum pattern_strength { PATTERN_NONE, PATTERN_RANDOMX, PATTERN_MEDIUM, PATTERN_STRONG };

/* patterns.list: bytes that stand in a miner's file or memory. name: unique, a word. */
struct rules_pattern {
	struct span name;
	struct span bytes; /* 6 to 64 */
	enum pattern_strength strength;
	const struct rules_file *file; /* where it stands, for those who check it */
	unsigned line;
};

/* All of them, *ret_count long, in the order of their names; owned by the rules. */
const struct rules_pattern *rules_patterns(const struct rules *rules, size_t *ret_count);
enum pattern_strength rules_pattern_strength(const struct rules *rules, struct span name);

/* allow.list: what an administrator takes responsibility for. */
enum allow_effect { ALLOW_NONE, ALLOW_LOWER, ALLOW_SILENCE };

struct rules_allow {
	enum allow_effect effect;
	uint32_t factor_ppm; /* LOWER: a finding's weight times this */
	uint64_t until_ns; /* CLOCK_REALTIME, end of that day UTC; 0: no end */
	const char *reason; /* NUL-terminated */
	const char *file; /* its name: allow.list or allow.add.list */
	unsigned line;
};

/* Of what the questions are asked; an absent fact is an empty span, NULL. */
struct allow_facts {
	const uint8_t *sha256; /* of the program; NULL unknown */
	struct span image; /* of the container */
	struct span exe;
	struct span cgroup_path;
};

/* The first row that covers the facts at that time, wall clock; *ret_index counts rows from 0.
 * NULL: none. */
const struct rules_allow *rules_allowed(const struct rules *rules, const struct allow_facts *facts,
	uint64_t wall_ns, size_t *ret_index);
size_t rules_allow_count(const struct rules *rules);
const struct rules_allow *rules_allow_row(const struct rules *rules, size_t index);

/* weights.conf, "weight" rows. */
struct rules_weight {
	uint32_t weight_ppm;
	uint32_t half_life_s; /* 0: none */
	unsigned group; /* 0..rules_group_count-1 */
};

/* NULL where weights.conf has no such row; rules_load has checked that every detector has one. */
const struct rules_weight *rules_weight(
	const struct rules *rules, const char *detector, const char *grade);
/* The grade of that name, for good; NULL: the detector has none. */
const char *rules_grade(const char *detector, const char *grade);

/* weights.conf, "set NAME NUMBER" rows. name must be one of rules_settings[] in
 * rules_weights.c. */
uint64_t rules_setting(const struct rules *rules, const char *name);

#endif
