// SPDX-License-Identifier: Apache-2.0
/* Loads one set of rules from its files, in a fixed order. */
#include "rules.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "rules_embedded.h"
#include "rules_private.h"

/* The order is part of the digest. */
const struct rules_kind rules_kinds[RULES_KINDS] = {
	{"miner_images.list", "miner_images.add.list", rules_row_miner_image},
	{"names.list", "names.add.list", rules_row_name},
	{"options.list", "options.add.list", rules_row_option},
	{"pools.list", "pools.add.list", rules_row_pool},
	{"ports.list", "ports.add.list", rules_row_port},
	{"schemes.list", "schemes.add.list", rules_row_scheme},
	{"trusted_registries.list", "trusted_registries.add.list", rules_row_registry},
	/* A row of weights is a decision: two places for one number would hide which holds. */
	{"weights.conf", NULL, rules_row_weights},
};

void rules_free(struct rules *rules)
{
	if (!rules)
		return;
	for (unsigned i = 0; i < RULES_KINDS; i++) {
		free(rules->files[i][0].data);
		free(rules->files[i][1].data);
	}
	rules_images_free(rules);
	free(rules->directory);
	free(rules->options);
	free(rules->schemes.items);
	free(rules->names.items);
	free(rules->hosts.items);
	free(rules->addresses);
	free(rules);
}

/* A copy, because reading cuts it into strings. */
static int file_embed(struct rules_file *file, struct rules_problems *problems)
{
	const struct rules_place place = {.problems = problems, .file = file};

	for (unsigned i = 0; i < embedded_rules_count; i++) {
		const struct embedded_file *embedded = &embedded_rules[i];

		if (strcmp(embedded->name, file->name) != 0)
			continue;
		file->data = malloc(embedded->len + 1);
		if (!file->data)
			return -ENOMEM;
		memcpy(file->data, embedded->data, embedded->len);
		file->len = embedded->len;
		return 0;
	}
	rules_problem(&place, "is missing in this binary");
	return 0;
}

static int files_load(struct rules *rules, struct rules_problems *problems)
{
	int err = 0;

	for (unsigned i = 0; i < RULES_KINDS; i++) {
		rules->files[i][0].name = rules_kinds[i].name;
		rules->files[i][1].name = rules_kinds[i].extension;
	}
	if (rules->directory)
		err = rules_directory_load(rules, problems);
	for (unsigned i = 0; i < RULES_KINDS && !err; i++)
		if (!rules->files[i][0].directory)
			err = file_embed(&rules->files[i][0], problems);
	return err;
}

/* Before the files are cut into strings. */
static void files_digest(struct rules *rules)
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	for (unsigned i = 0; i < RULES_KINDS * 2; i++) {
		const struct rules_file *file = &rules->files[i / 2][i % 2];
		uint8_t len[8];

		if (!file->data)
			continue;
		for (unsigned j = 0; j < sizeof(len); j++)
			len[j] = (uint8_t)((uint64_t)file->len >> 8 * j);
		crypto_hash_sha256_update(
			&state, (const uint8_t *)file->name, strlen(file->name) + 1);
		crypto_hash_sha256_update(&state, len, sizeof(len));
		crypto_hash_sha256_update(&state, (const uint8_t *)file->data, file->len);
	}
	crypto_hash_sha256_final(&state, rules->digest);
}

int rules_parse(struct rules *rules, struct rules_problems *problems)
{
	struct rules_place place = {.rules = rules, .problems = problems};
	int err;

	for (unsigned i = 0; i < RULES_KINDS * 2; i++) {
		place.file = &rules->files[i / 2][i % 2];
		if (!place.file->data)
			continue;
		err = rules_read(&place, &rules_kinds[i / 2], &rules->rows[i / 2]);
		if (err)
			return err;
		if (rules_kinds[i / 2].row == rules_row_weights)
			rules_weights_check(&place);
	}
	rules_sort(rules, problems);
	return problems->count ? -EINVAL : 0;
}

int rules_load(const char *directory, FILE *out, struct rules **ret_rules)
{
	struct rules_problems problems = {.out = out};
	struct rules *rules = calloc(1, sizeof(*rules));
	int err = -ENOMEM;

	if (!rules)
		return err;
	if (directory) {
		rules->directory = strdup(directory);
		if (!rules->directory)
			goto out;
	}
	err = files_load(rules, &problems);
	if (err)
		goto out;
	files_digest(rules);
	err = rules_parse(rules, &problems);
	if (err)
		goto out;
	*ret_rules = rules;
	rules = NULL;
out:
	if (problems.count > RULES_PROBLEMS_MAX)
		fprintf(out, "%u more problems\n", problems.count - RULES_PROBLEMS_MAX);
	rules_free(rules);
	return err;
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
		fputc('\n', out);
	}
}
