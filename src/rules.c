// SPDX-License-Identifier: Apache-2.0
/* Loads one set of rules from its files, in a fixed order. */
#include "rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rules_bundle.h"
#include "rules_feed.h"
#include "rules_private.h"

const struct rules_kind rules_kinds[RULES_KINDS] = {
	[KIND_ALLOW] = {"allow.list", "allow.add.list", rules_row_allow, false},
	[KIND_DIGESTS] = {"digests.list", "digests.add.list", NULL, true},
	[KIND_DONATE] = {"donate_hosts.list", "donate_hosts.add.list", rules_row_donate, false},
	[KIND_THREADS] = {"kernel_threads.list", "kernel_threads.add.list", rules_row_thread,
		false},
	[KIND_MINER_IMAGES] = {"miner_images.list", "miner_images.add.list", rules_row_miner_image,
		false},
	[KIND_NAMES] = {"names.list", "names.add.list", rules_row_name, false},
	[KIND_OPTIONS] = {"options.list", "options.add.list", rules_row_option, false},
	[KIND_PATTERNS] = {"patterns.list", "patterns.add.list", rules_row_pattern, false},
	[KIND_POOLS] = {"pools.list", "pools.add.list", rules_row_pool, false},
	[KIND_PORTS] = {"ports.list", "ports.add.list", rules_row_port, false},
	[KIND_SCHEMES] = {"schemes.list", "schemes.add.list", rules_row_scheme, false},
	[KIND_REGISTRIES] = {"trusted_registries.list", "trusted_registries.add.list",
		rules_row_registry, false},
	/* A row of weights is a decision: two places for one number would hide which holds. */
	[KIND_WEIGHTS] = {"weights.conf", NULL, rules_row_weights, false},
};

void rules_free(struct rules *rules)
{
	if (!rules)
		return;
	rules_images_free(rules);
	rules_allow_free(rules);
	free(rules->patterns);
	if (rules->bundle)
		munmap(rules->bundle, rules->bundle_len);
	free(rules->options);
	free(rules->schemes.items);
	free(rules->names.items);
	free(rules->hosts.items);
	free(rules->donate_hosts.items);
	free(rules->addresses);
	free(rules->threads);
	free(rules);
}

int rules_parse(struct rules *rules, struct rules_problems *problems)
{
	struct rules_place place = {.rules = rules, .problems = problems};
	int err = 0;

	for (unsigned i = 0; i < RULES_KINDS * 2 && !err; i++) {
		place.file = &rules->files[i / 2][i % 2];
		if (!place.file->data || rules_kinds[i / 2].feed)
			continue;
		err = rules_read(&place, &rules_kinds[i / 2], &rules->rows[i / 2]);
		if (!err && rules_kinds[i / 2].row == rules_row_weights)
			rules_weights_check(&place);
	}
	rules_sort(rules, problems);
	rules_patterns_sort(rules, problems);
	if (!err)
		err = rules_allow_sort(rules);
	if (!err && problems->count)
		err = -EINVAL;
	return err;
}

static int open_bundle(int fd, struct rules_problems *problems, struct rules **ret_rules)
{
	struct rules *rules = calloc(1, sizeof(*rules));
	int err = -ENOMEM;

	if (!rules)
		return err;
	err = rules_bundle_read(fd, rules);
	if (!err)
		err = rules_parse(rules, problems);
	if (err) {
		rules_free(rules);
		return err;
	}
	*ret_rules = rules;
	return 0;
}

/* Both halves, so that all problems of a set are told at once. *ret_fd stays the caller's. */
static int load(const char *directory, FILE *out, int *ret_fd, struct rules **ret_rules)
{
	struct rules_problems problems = {.out = out};
	int fd, err = rules_bundle_write(directory, &problems, &fd);

	if (err)
		return err;
	err = open_bundle(fd, &problems, ret_rules);
	if (problems.count > RULES_PROBLEMS_MAX)
		fprintf(out, "%u more problems\n", problems.count - RULES_PROBLEMS_MAX);
	if (err)
		close(fd);
	else
		*ret_fd = fd;
	return err;
}

int rules_load(const char *directory, FILE *problems, struct rules **ret_rules)
{
	int fd, err = load(directory, problems, &fd, ret_rules);

	if (!err)
		close(fd);
	return err;
}

int rules_bundle(const char *directory, FILE *problems, int *ret_fd)
{
	struct rules *rules;
	int err = load(directory, problems, ret_fd, &rules);

	if (!err)
		rules_free(rules);
	return err;
}

int rules_open(int fd, FILE *problems, struct rules **ret_rules)
{
	struct rules_problems told = {.out = problems};

	return open_bundle(fd, &told, ret_rules);
}

const char *rules_digest_listed(const struct rules *rules, const uint8_t sha256[32])
{
	struct rules_half half;

	memcpy(half.bytes, sha256, sizeof(half.bytes));
	for (unsigned i = 0; i < 2; i++)
		if (rules_halves_find(&rules->digests[i], &half))
			return i ? "digests.add.list" : "digests.list";
	return NULL;
}

const uint8_t *rules_digest(const struct rules *rules)
{
	return rules->digest;
}

void rules_describe(const struct rules *rules, FILE *out)
{
	for (unsigned i = 0; i < RULES_KINDS; i++) {
		fprintf(out, "%s: %zu rows, ", rules_kinds[i].name, rules->rows[i]);
		for (unsigned j = 0; j < 2; j++) {
			const struct rules_file *file = &rules->files[i][j];

			if (!file->data)
				continue;
			if (j)
				fputs(" and ", out);
			if (file->directory) {
				rules_text_print(out, file->directory);
				fprintf(out, "/%s", file->name);
			} else {
				fputs("embedded", out);
			}
		}
		if (rules->repeated[i])
			fprintf(out, "; %zu rows repeat others", rules->repeated[i]);
		for (unsigned j = 0; j < 2 && rules_kinds[i].feed; j++)
			if (rules->digests[j].repeated)
				fprintf(out, "; %zu rows of %s repeat others",
					rules->digests[j].repeated, rules->files[i][j].name);
		fputc('\n', out);
	}
}
