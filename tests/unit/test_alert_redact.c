/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a redacted alert holds hashes in the place of what must not leave, and all else. */
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
#include "util/redact.h"
#include "util/span.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROUNDS 20000
#define SECRET_LEAST 6 /* shorter texts occur by chance */
#define SECRET_MAX 40

static const struct redactor key = {"a key"}, other_key = {"another key"};

static const char *hash_of(struct span text)
{
	static char hash[REDACTED_LEN + 1];

	redact(&key, text, hash);
	return hash;
}

static void expect_text(const json_t *root, const char *path, const char *text)
{
	const char *value = json_string_value(alert_find(root, path));

	if (!value || strcmp(value, text) != 0)
		fail_msg("%s: %s", path, value ? value : "not there");
}

/* A wallet, a pool and so on in the evidence, as a detector offers them. */
static void add_indicators(struct alert_fixture *fixture)
{
	struct finding *finding = &fixture->findings[0];

	finding->evidence_count = 0;
	fixture_add_string(finding, "wallet", span_of("wallet-text"));
	fixture_add_string(finding, "pool", span_of("pool-text"));
	fixture_add_string(finding, "sha256", span_of("sha256-text"));
	fixture_add_string(finding, "image", span_of("image-text"));
	fixture_add_string(finding, "agent", span_of("agent-text"));
	fixture_add_string(finding, "worker", span_of("worker-text"));
	fixture_add_integer(finding, "count", 7);
	strcpy(finding->summary, "found wallet-text");
}

/* path, and the text whose hash stands there. */
static const char *const hashed[][2] = {
	{"process.args.0", "xmrig"},
	{"process.args.1", "-o"},
	{"process.args.2", "pool.example:3333"},
	{"process.args.4", "***"},
	{"findings.0.evidence.wallet", "wallet-text"},
	{"findings.0.evidence.pool", "pool-text"},
	{"findings.0.evidence.sha256", "sha256-text"},
	{"findings.0.evidence.image", "image-text"},
	{"indicators.wallet", "wallet-text"},
	{"indicators.pool", "pool-text"},
	{"indicators.agent", "agent-text"},
	{"indicators.worker", "worker-text"},
};

static const char *const kept[][2] = {
	{"indicators.sha256", "sha256-text"},
	{"indicators.image", "image-text"},
	{"process.comm", "xmrig"},
	{"process.exe", "/tmp/xmrig"},
	{"ancestors.0.exe", "/usr/bin/bash"},
	{"cgroup.path", "/system.slice/miner.service"},
	{"container.name", "web"},
	{"container.image", "localhost/web:1"},
	{"kubernetes.pod", "web-0"},
	{"findings.0.detector", "test_option"},
	{"findings.0.summary", "An option."},
	{"findings.1.summary", "A port."},
	{"summary", "found by test_option"},
};

static void what_is_hashed_and_what_stays(void **state)
{
	struct alert_fixture fixture;
	json_t *root;

	(void)state;
	fixture_plain(&fixture, ALERT_OPENED);
	add_indicators(&fixture);
	root = alert_parse_redacted(&fixture.alert, &key);
	for (size_t i = 0; i < COUNT(hashed); i++)
		expect_text(root, hashed[i][0], hash_of(span_of(hashed[i][1])));
	for (size_t i = 0; i < COUNT(kept); i++)
		expect_text(root, kept[i][0], kept[i][1]);
	assert_int_equal(json_array_size(alert_find(root, "process.args")), 5);
	assert_int_equal(json_integer_value(alert_find(root, "findings.0.evidence.count")), 7);
	assert_int_equal(json_array_size(json_object_get(root, "truncated")), 0);
	json_decref(root);
}

static void another_key_another_hash(void **state)
{
	struct alert_fixture fixture;
	char lines[3][ALERT_LINE_MAX];
	size_t len[3];

	(void)state;
	fixture_plain(&fixture, ALERT_OPENED);
	len[0] = alert_json(&fixture.alert, &key, lines[0]);
	len[1] = alert_json(&fixture.alert, &key, lines[1]);
	len[2] = alert_json(&fixture.alert, &other_key, lines[2]);
	assert_int_equal(len[0], len[1]);
	assert_memory_equal(lines[0], lines[1], len[0]);
	assert_int_equal(len[0], len[2]);
	assert_memory_not_equal(lines[0], lines[2], len[0]);
}

/* Bytes that are not UTF-8 would have a twin, which says it all. */
static void no_twins(void **state)
{
	static const char bytes[] = "\xff\xfe bytes";
	struct alert_fixture fixture;
	struct finding *finding = &fixture.findings[0];
	json_t *root;

	(void)state;
	fixture_plain(&fixture, ALERT_OPENED);
	fixture.process.args = span_of(bytes);
	finding->evidence_count = 0;
	fixture_add_string(finding, "wallet", span_of(bytes));
	root = alert_parse_redacted(&fixture.alert, &key);
	assert_null(alert_find(root, "process.args_hex"));
	assert_null(alert_find(root, "findings.0.evidence.wallet_hex"));
	assert_null(alert_find(root, "indicators.wallet_hex"));
	expect_text(root, "process.args.0", hash_of(span_of(bytes)));
	expect_text(root, "indicators.wallet", hash_of(span_of(bytes)));
	json_decref(root);
}

/* What is cut is named as without a redactor; the hash is over all there is. */
static void cuts_are_named(void **state)
{
	struct alert_fixture fixture;
	struct evidence *fact = &fixture.findings[0].evidence[0];
	json_t *root;

	(void)state;
	fixture_plain(&fixture, ALERT_OPENED);
	fact->cut = true;
	fixture.process.args_cut = true;
	root = alert_parse_redacted(&fixture.alert, &key);
	assert_true(alert_truncated(root, "findings[0].evidence.wallet"));
	assert_true(alert_truncated(root, "indicators.wallet"));
	assert_true(alert_truncated(root, "process.args"));
	assert_int_equal(json_array_size(json_object_get(root, "truncated")), 3);
	expect_text(root, "indicators.wallet", hash_of((struct span){fact->text, fact->len}));
	json_decref(root);
}

/* A hash takes more room than a short argument: those that find none are named as cut. */
static void as_many_arguments_as_fit(void **state)
{
	static const struct {
		size_t count, shown;
	} rows[] = {{39, 39}, {40, 39}, {512, 39}};
	static char args[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(args); i++)
		args[i] = i % 2 ? '\0' : 'a';
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct alert_fixture fixture;
		json_t *root;

		fixture_plain(&fixture, ALERT_OPENED);
		fixture.process.args = (struct span){args, 2 * rows[i].count};
		root = alert_parse_redacted(&fixture.alert, &key);
		assert_int_equal(json_array_size(alert_find(root, "process.args")), rows[i].shown);
		assert_int_equal(
			alert_truncated(root, "process.args"), rows[i].count > rows[i].shown);
		json_decref(root);
	}
}

static void expect_hashes(const json_t *value)
{
	const char *name;
	json_t *item;
	size_t i;

	if (json_is_string(value)) {
		assert_int_equal(json_string_length(value), REDACTED_LEN);
		assert_memory_equal(json_string_value(value), "redacted:", 9);
	}
	json_array_foreach(value, i, item) expect_hashes(item);
	json_object_foreach((json_t *)value, name, item) expect_hashes(item);
}

/* However little room is left, a hash is there whole or not at all. */
static void no_half_hashes(void **state)
{
	static char args[1024];
	bool some = false;

	(void)state;
	for (size_t i = 0; i < sizeof(args); i++)
		args[i] = i % 4 ? 'a' : '\0';
	/* The more there is to say of the sensor, the less room is left. */
	for (unsigned words = 0; words <= ALERT_DEGRADED_MAX; words++) {
		struct alert_fixture fixture;
		json_t *root;
		size_t shown;

		fixture_worst(&fixture, "\x01", 1);
		fixture.process.args = (struct span){args, sizeof(args)};
		fixture.alert.degraded_count = words;
		fixture.alert.container = NULL;
		fixture.alert.cgroup_path.len = 0;
		root = alert_parse_redacted(&fixture.alert, &key);
		shown = json_array_size(alert_find(root, "process.args"));
		some |= shown > 0 && shown < 39;
		expect_hashes(alert_find(root, "process.args"));
		json_decref(root);
	}
	assert_true(some); /* or this would prove nothing */
}

/* Letters that neither hex digits nor the fixture's own words can make together. */
static struct span random_secret(char secret[static SECRET_MAX])
{
	static const char letters[] = "GHJKQVWXYZ";
	size_t len = SECRET_LEAST + (size_t)random() % (SECRET_MAX - SECRET_LEAST);

	for (size_t i = 0; i < len; i++)
		secret[i] = letters[(size_t)random() % (sizeof(letters) - 1)];
	if (random() % 4 == 0)
		secret[(size_t)random() % len] = (char)random();
	return (struct span){secret, len};
}

/* No run of SECRET_LEAST of its bytes is in the line, nor in hex. */
static void expect_absent(const char *line, size_t line_len, struct span secret)
{
	char hex[2 * SECRET_LEAST + 1];

	for (size_t at = 0; at + SECRET_LEAST <= secret.len; at++) {
		for (unsigned i = 0; i < SECRET_LEAST; i++)
			snprintf(hex + 2 * i, 3, "%02x", (uint8_t)secret.data[at + i]);
		if (memmem(line, line_len, secret.data + at, SECRET_LEAST) ||
			memmem(line, line_len, hex, 2 * SECRET_LEAST))
			fail_msg("%.*s in %.*s", (int)secret.len, secret.data, (int)line_len, line);
	}
}

static void random_round(void)
{
	static const char *const keys[] = {
		"wallet", "pool", "agent", "worker", "text_7", "text_8", "option"};
	char secrets[12][SECRET_MAX], args[256], line[ALERT_LINE_MAX];
	struct alert_fixture fixture;
	struct finding *finding = &fixture.findings[0];
	struct span texts[12];
	size_t count = 0, args_len = 0, len;

	fixture_plain(&fixture, (enum alert_action)((size_t)random() % ALERT_SUPPRESSED));
	finding->evidence_count = 0;
	for (; count < COUNT(keys); count++) {
		texts[count] = random_secret(secrets[count]);
		fixture_add_string(finding, keys[count], texts[count]);
	}
	for (; count < COUNT(texts); count++) {
		texts[count] = random_secret(secrets[count]);
		memcpy(args + args_len, texts[count].data, texts[count].len);
		args_len += texts[count].len;
		args[args_len++] = '\0';
	}
	fixture.process.args = (struct span){args, args_len};
	snprintf(finding->summary, sizeof(finding->summary), "a wallet %.*s", (int)texts[0].len,
		texts[0].data);
	snprintf(fixture.summary, sizeof(fixture.summary), "a miner: a wallet %.*s",
		(int)texts[0].len, texts[0].data);
	len = alert_json(&fixture.alert, &key, line);
	for (size_t i = 0; i < COUNT(texts); i++)
		expect_absent(line, len, texts[i]);
}

static void no_secret_in_random_alerts(void **state)
{
	(void)state;
	srandom(11);
	for (unsigned round = 0; round < ROUNDS; round++)
		random_round();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_hashed_and_what_stays),
		cmocka_unit_test(another_key_another_hash),
		cmocka_unit_test(no_twins),
		cmocka_unit_test(cuts_are_named),
		cmocka_unit_test(as_many_arguments_as_fit),
		cmocka_unit_test(no_half_hashes),
		cmocka_unit_test(no_secret_in_random_alerts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
