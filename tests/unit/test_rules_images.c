// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules_images.c: which images the lists name, and which they trust. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <string.h>

#include "rules_fixture.h"
#include "util/span.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define D1 "@sha256:" ID
#define D2 "@sha256:1" ID

static void test_embedded(void **state)
{
	(void)state;
	assert_string_equal(rules_miner_image(*state, SPAN("docker.io/kannix/monero-miner:latest")),
		"docker.io/kannix/monero-miner");
	assert_string_equal(rules_miner_image(*state, SPAN("ddsfdfsaadfs/dfsdf:99")),
		"docker.io/ddsfdfsaadfs/dfsdf:99");
	assert_null(rules_miner_image(*state, SPAN("nginx")));
	/* Nobody has said yet what they trust. */
	assert_false(rules_untrusted_image(*state, SPAN("evil.example/x")));
	assert_false(rules_untrusted_image(*state, SPAN("no reference")));
}

static void test_miner_images(void **state)
{
	static const struct {
		const char *image, *row;
	} rows[] = {
		{"any/tag", "docker.io/any/tag"},
		{"any/tag:1", "docker.io/any/tag"},
		{"any/tag" D1, "docker.io/any/tag"},
		{"index.docker.io/any/tag", "docker.io/any/tag"},
		{"registry.example/any/tag", NULL},
		{"any/tag2", NULL},
		{"any/tag/more", NULL},
		{"any", NULL},
		{"one/tag:1", "docker.io/one/tag:1"},
		{"one/tag:1" D1, "docker.io/one/tag:1"},
		{"one/tag:2", NULL},
		{"one/tag", NULL},
		{"one/tag" D1, NULL},
		{"the/latest", "docker.io/the/latest:latest"},
		{"the/latest:latest", "docker.io/the/latest:latest"},
		{"the/latest:1", NULL},
		{"the/latest" D1, NULL},
		{"one/digest" D1, "docker.io/one/digest" D1},
		{"one/digest:7" D1, "docker.io/one/digest" D1},
		{"one/digest" D2, NULL},
		{"one/digest", NULL},
		{"both/parts:1" D1, "docker.io/both/parts:1" D1},
		{"both/parts:2" D1, NULL},
		{"both/parts:1" D2, NULL},
		{"own.example:5000/miner", "own.example:5000/miner"},
		{"own.example/miner", NULL},
		{"bare", "docker.io/library/bare"},
		{"docker.io/library/bare:x", "docker.io/library/bare"},
		{"kannix/monero-miner", NULL}, /* the embedded list is replaced */
		{"any/tag any/tag", NULL},
		{"", NULL},
		{ID, NULL},
	};
	struct rules *rules;

	(void)state;
	directory_text("miner_images.list", "any/tag | test\none/tag:1\nthe/latest:latest\n");
	directory_text("miner_images.add.list",
		"one/digest" D1 "\nboth/parts:1" D1 "\nOWN.example:5000/miner\nbare\nbare\n");
	rules = directory_load_sound();
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *row = rules_miner_image(rules, span_of(rows[i].image));

		if (!row != !rows[i].row || (row && strcmp(row, rows[i].row) != 0))
			fail_msg("%s: %s", rows[i].image, row ? row : "nothing");
	}
	rules_free(rules);
}

static void test_trusted_registries(void **state)
{
	static const struct {
		const char *image;
		bool untrusted;
	} rows[] = {
		{"nginx", false},
		{"docker.io/library/nginx:1" D1, false},
		{"index.docker.io/nginx", false},
		{"someone/nginx", true},
		{"library.example/nginx", true},
		{"whole.example/a", false},
		{"WHOLE.example:443/a/b:c", false},
		{"whole.example:5000/a", true},
		{"sub.whole.example/a", true},
		{"whole.example.evil.example/a", true},
		{"part.example:5000/team/app", false},
		{"part.example:5000/team/deep/app", false},
		{"part.example:5000/teams/app", true},
		{"part.example:5000/team", false},
		{"part.example/team/app", true},
		{"no reference", true},
		{ID, false}, /* from anywhere: kubelets start images by id */
		{"sha256:" ID, false},
	};
	struct rules *rules;

	(void)state;
	directory_text("trusted_registries.add.list",
		"docker.io/library | test\nwhole.example\nPart.example:5000/team\n");
	rules = directory_load_sound();
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rules_untrusted_image(rules, span_of(rows[i].image)) != rows[i].untrusted)
			fail_msg("%s", rows[i].image);
	rules_free(rules);
}

static void test_rows_refused(void **state)
{
	static const struct refusal rows[] = {
		{"miner_images.add.list", "a/b\nhttps://a/b\n",
			"miner_images.add.list:2: not [REGISTRY/]REPOSITORY[:TAG][@DIGEST]: "
			"https://a/b"},
		{"miner_images.add.list", "a b\n", "miner_images.add.list:1: not [REGISTRY/]"},
		{"miner_images.add.list", "a/*\n", "miner_images.add.list:1: not [REGISTRY/]"},
		{"miner_images.add.list", ID "\n", "miner_images.add.list:1: not [REGISTRY/]"},
		{"trusted_registries.list", "team\n",
			"trusted_registries.list:1: not REGISTRY[/PATH]"},
		{"trusted_registries.list", "a.example b.example\n",
			"trusted_registries.list:1: not REGISTRY[/PATH]"},
		{"trusted_registries.list", "a.example/x:1\n",
			"trusted_registries.list:1: not REGISTRY[/PATH]"},
	};

	(void)state;
	assert_rows_refused(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_embedded),
		IN_DIRECTORY(test_miner_images),
		IN_DIRECTORY(test_trusted_registries),
		IN_DIRECTORY(test_rows_refused),
	};

	return cmocka_run_group_tests(tests, embedded_load, embedded_free);
}
