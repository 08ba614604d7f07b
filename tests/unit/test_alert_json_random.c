/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that any bytes in any string of an alert come back out of its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_fixture.h"
#include "alert_parse.h"
#include "util/span.h"
#include "util/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROUNDS 100000
#define RANDOM_MAX 40 /* bytes of a random string: nothing need be cut */

/* A string of the line, with its twin where it has one, is these bytes. */
static void check_bytes(const json_t *text, const json_t *hex, struct span bytes)
{
	assert_true(json_is_string(text));
	if (utf8_valid(bytes)) {
		assert_null(hex);
		assert_int_equal(json_string_length(text), bytes.len);
		if (bytes.len)
			assert_memory_equal(json_string_value(text), bytes.data, bytes.len);
		return;
	}
	assert_true(json_is_string(hex));
	assert_int_equal(json_string_length(hex), 2 * bytes.len);
	for (size_t i = 0; i < bytes.len; i++) {
		char pair[3];

		snprintf(pair, sizeof(pair), "%02x", (uint8_t)bytes.data[i]);
		assert_memory_equal(json_string_value(hex) + 2 * i, pair, 2);
	}
}

static void check_field(const json_t *root, const char *path, struct span bytes)
{
	char twin[64];

	snprintf(twin, sizeof(twin), "%s_hex", path);
	check_bytes(alert_find(root, path), alert_find(root, twin), bytes);
}

/* An argument's twin, where any has one, is there even for an argument that is UTF-8. */
static void check_args(const json_t *root, struct span args)
{
	const json_t *list = alert_find(root, "process.args"),
		     *twins = alert_find(root, "process.args_hex");
	struct span argument;
	size_t index;

	assert_int_equal(twins == NULL, utf8_valid(args));
	for (index = 0; span_next_argument(&args, &argument); index++) {
		const json_t *twin = utf8_valid(argument) ? NULL : json_array_get(twins, index);

		check_bytes(json_array_get(list, index), twin, argument);
	}
	assert_int_equal(json_array_size(list), index);
	if (twins)
		assert_int_equal(json_array_size(twins), index);
}

/* Bytes that make, break and nearly make sequences and escapes; from no_nul on, without NUL. */
static struct span random_text(char text[static RANDOM_MAX], bool no_nul)
{
	static const char *const pieces[] = {"\"", "\\", "\n", "\x1b", "\x7f", "\xc2\x85",
		"\xc3\xa9", "\xe2\x82\xac", "\xe2\x80\xae", "\xe2\x80", "\xed\xa0\x80",
		"\xf0\x9f\x98\x80", "\xf4\x90\x80\x80", "\xff", "a", "/"};
	size_t len = 0, max = (size_t)random() % RANDOM_MAX;

	while (len < max) {
		const char *piece = pieces[(size_t)random() % COUNT(pieces)];

		if (random() % 2)
			text[len++] = (char)(random() % 256 | (no_nul ? 1 : 0));
		else
			while (*piece && len < max)
				text[len++] = *piece++;
	}
	return (struct span){text, len};
}

static struct span random_string(char *array)
{
	struct span text = random_text(array, true);

	array[text.len] = '\0';
	return text;
}

/* The strings of an alert that has no container, at once; tests/tools/alert_random.c has every one.
 * The host's name comes first: a cluster must not be empty. */
static void random_round(void)
{
	struct alert_fixture fixture;
	char comm[RANDOM_MAX], exe[RANDOM_MAX], args[RANDOM_MAX], path[RANDOM_MAX],
		fact[RANDOM_MAX];
	struct span name, cluster, kernel, boot_id, version, summary, reason;
	struct finding *finding = &fixture.findings[0];
	json_t *root;

	fixture_plain(&fixture, ALERT_OPENED);
	name = random_string(fixture.host.hostname);
	cluster = random_string(fixture.host.cluster);
	kernel = random_string(fixture.host.kernel);
	boot_id = random_text(fixture.host.boot_id, true);
	fixture.host.boot_id[boot_id.len] = '\0';
	version = random_text(comm, true);
	version.len = version.len < sizeof(fixture.host.version) ? version.len : 20;
	memset(fixture.host.version, 0, sizeof(fixture.host.version));
	memcpy(fixture.host.version, version.data, version.len);
	version.data = fixture.host.version;
	summary = random_string(fixture.summary);
	reason = random_string(finding->summary);
	finding->evidence_count = 0;
	fixture_add_string(finding, "wallet", random_text(fact, false));
	fixture.process.comm = random_text(comm, false);
	fixture.process.exe = random_text(exe, false);
	fixture.process.args = random_text(args, false);
	fixture.alert.cgroup_path = random_text(path, false);
	/* A random argv may hold a secret; what is hidden is test_mask's matter. */
	for (size_t i = 0; i < fixture.process.args.len; i++)
		if (strchr("-=:@", args[i]))
			args[i] = 'x';
	root = alert_parse(&fixture.alert);
	check_field(root, "host.name", name);
	if (cluster.len)
		check_field(root, "host.cluster", cluster);
	check_field(root, "host.kernel", kernel);
	check_field(root, "host.boot_id", boot_id);
	check_field(root, "sensor.version", version);
	check_field(root, "summary", summary);
	check_field(root, "findings.0.summary", reason);
	check_field(
		root, "findings.0.evidence.wallet", (struct span){fact, finding->evidence[0].len});
	check_field(root, "indicators.wallet", (struct span){fact, finding->evidence[0].len});
	check_field(root, "process.comm", fixture.process.comm);
	if (fixture.process.exe.len)
		check_field(root, "process.exe", fixture.process.exe);
	if (fixture.process.args.len)
		check_args(root, fixture.process.args);
	if (fixture.alert.cgroup_path.len)
		check_field(root, "cgroup.path", fixture.alert.cgroup_path);
	json_decref(root);
}

static void test_random(void **state)
{
	(void)state;
	srandom(7);
	for (unsigned round = 0; round < ROUNDS; round++)
		random_round();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
