/* SPDX-License-Identifier: Apache-2.0 */
/* Tests an alert's line: its keys and their order, what may be absent, and any byte in any string.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_fixture.h"
#include "alert_parse.h"
#include "schema.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define HEAD(action)                                                                      \
	"{\"schema\":\"minerwatch.alert/1\",\"time\":\"2026-01-02T03:04:05.000000002Z\"," \
	"\"id\":\"0123456789abcdef\",\"seq\":3,\"action\":\"" action                      \
	"\",\"severity\":\"critical\","
#define SINCE "\"score\":97,\"since\":\"2026-01-02T03:04:04.500000001Z\","
#define HOST                                                                              \
	"\"summary\":\"xmrig mines\",\"host\":{\"name\":\"node-1\",\"cluster\":\"test\"," \
	"\"kernel\":\"6.1.0-18-amd64\",\"boot_id\":\"5f1c0a52-32ab-4f3e-9f3c-2f8c2f0f9c11\"},"
#define BODY                                                                                     \
	"\"process\":{\"pid\":44,\"ppid\":43,\"start_time\":\"2026-01-02T03:04:04.000000000Z\"," \
	"\"uid\":1000,\"session\":40,\"comm\":\"xmrig\",\"exe\":\"/tmp/xmrig\","                 \
	"\"args\":[\"xmrig\",\"-o\",\"pool.example:3333\",\"-p\",\"***\"],\"unlinked\":true},"   \
	"\"ancestors\":[{\"pid\":43,\"ppid\":42,"                                                \
	"\"start_time\":\"2026-01-02T03:04:03.000000000Z\",\"uid\":1000,\"session\":40,"         \
	"\"comm\":\"bash\",\"exe\":\"/usr/bin/bash\"},{\"pid\":42,\"ppid\":41,"                  \
	"\"start_time\":\"2026-01-02T03:04:02.000000000Z\",\"uid\":1000,\"session\":40,"         \
	"\"comm\":\"sshd\"}],\"cgroup\":{\"id\":5150,\"path\":\"/system.slice/miner.service\"}," \
	"\"container\":{\"id\":\"5694f82f\",\"runtime\":\"containerd\",\"verified\":true,"       \
	"\"name\":\"web\",\"image\":\"localhost/web:1\","                                        \
	"\"created\":\"2023-11-14T22:13:20.000000000Z\",\"entered\":\"start\","                  \
	"\"privileges\":[\"host_pid\"],\"capabilities\":\"SYS_ADMIN\",\"mounts\":\"/etc\"},"     \
	"\"kubernetes\":{\"namespace\":\"shop\",\"pod\":\"web-0\","                              \
	"\"uid\":\"eb052b63-ea96-4728-ab4a-64ab3babccd7\"},"                                     \
	"\"findings\":[{\"detector\":\"test_option\",\"grade\":\"strong\",\"weight\":0.850,"     \
	"\"time\":\"2026-01-02T03:04:04.500000001Z\",\"pid\":44,\"summary\":\"a reason\","       \
	"\"evidence\":{\"wallet\":\"48ab\",\"option\":\"--donate-level\",\"count\":-2}},"        \
	"{\"detector\":\"test_port\",\"weight\":0.001,"                                          \
	"\"time\":\"2026-01-02T03:04:04.500000001Z\",\"pid\":44,\"summary\":\"a reason\","       \
	"\"evidence\":{\"port\":3333}}],\"indicators\":{\"wallet\":\"48ab\"},"                   \
	"\"attack\":[{\"id\":\"T1496.001\",\"name\":\"Compute Hijacking\"},"                     \
	"{\"id\":\"T1571\",\"name\":\"Non-Standard Port\"}],"
#define SENSOR                                                                           \
	"\"sensor\":{\"version\":\"0.1.0\",\"rules\":\"000102030405060708090a0b0c0d0e0f" \
	"101112131415161718191a1b1c1d1e1f\",\"degraded\":[\"connect_udp\"],\"dropped\":7}"
#define TAIL ",\"pending\":[\"process\"],\"truncated\":[]}\n"

static const struct {
	enum alert_action action;
	const char *expected;
} lines[] = {
	{ALERT_OPENED, HEAD("opened") SINCE HOST BODY SENSOR TAIL},
	{ALERT_RAISED, HEAD("raised") SINCE HOST BODY SENSOR TAIL},
	{ALERT_UPDATED, HEAD("updated") SINCE HOST BODY SENSOR TAIL},
	{ALERT_ENDED, HEAD("ended") SINCE
		"\"duration_seconds\":61.002,\"cpu_seconds\":120.050," HOST BODY SENSOR TAIL},
	{ALERT_REOPENED, HEAD("reopened") SINCE HOST BODY SENSOR TAIL},
	{ALERT_SUPPRESSED, HEAD("suppressed") HOST SENSOR ",\"truncated\":[],\"count\":12}\n"},
	{ALERT_TAMPER, HEAD("tamper") HOST SENSOR ",\"hook\":\"payload\",\"truncated\":[]}\n"},
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct alert_fixture fixture;
		char line[ALERT_LINE_MAX + 1] = "";

		fixture_plain(&fixture, lines[i].action);
		line[alert_json(&fixture.alert, NULL, line)] = '\0';
		assert_string_equal(line, lines[i].expected);
	}
}

static void no_process(struct alert_fixture *fixture)
{
	fixture->alert.process = NULL;
}

static void no_exe(struct alert_fixture *fixture)
{
	fixture->process.exe.len = 0;
}

static void no_args(struct alert_fixture *fixture)
{
	fixture->process.args.len = 0;
}

static void linked(struct alert_fixture *fixture)
{
	fixture->process.unlinked = false;
}

static void no_cluster(struct alert_fixture *fixture)
{
	fixture->host.cluster[0] = '\0';
}

static void no_cgroup(struct alert_fixture *fixture)
{
	fixture->alert.cgroup_id = 0;
}

static void no_cgroup_path(struct alert_fixture *fixture)
{
	fixture->alert.cgroup_path.len = 0;
}

static void no_wallet(struct alert_fixture *fixture)
{
	fixture->findings[0].evidence[0].key = "other";
}

static void same_technique(struct alert_fixture *fixture)
{
	fixture->findings[1].detector = detectors[FIXTURE_WIDE];
}

static const struct {
	void (*change)(struct alert_fixture *fixture);
	const char *absent;
} absences[] = {
	{no_process, "process"},
	{no_exe, "process.exe"},
	{no_args, "process.args"},
	{linked, "process.unlinked"},
	{no_cluster, "host.cluster"},
	{no_cgroup, "cgroup"},
	{no_cgroup_path, "cgroup.path"},
	{no_wallet, "indicators.wallet"},
	{same_technique, "attack.1"},
};

/* The key is there before the change and gone after it. */
static void test_absences(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(absences); i++) {
		struct alert_fixture fixture;
		json_t *root;

		fixture_plain(&fixture, ALERT_OPENED);
		root = alert_parse(&fixture.alert);
		if (!alert_find(root, absences[i].absent))
			fail_msg("%s is never there", absences[i].absent);
		json_decref(root);
		absences[i].change(&fixture);
		root = alert_parse(&fixture.alert);
		if (alert_find(root, absences[i].absent))
			fail_msg("%s is there", absences[i].absent);
		json_decref(root);
	}
}

/* One argument that is not UTF-8 gives all of them a twin, in the same places. */
static void test_args_twins(void **state)
{
	struct alert_fixture fixture;
	json_t *root;

	(void)state;
	fixture_plain(&fixture, ALERT_OPENED);
	fixture.process.args = (struct span){"a\0\xff\0\0-p\0\xfe", 9};
	root = alert_parse(&fixture.alert);
	assert_int_equal(json_array_size(alert_find(root, "process.args_hex")), 5);
	assert_string_equal(json_string_value(alert_find(root, "process.args_hex.0")), "61");
	assert_string_equal(json_string_value(alert_find(root, "process.args_hex.1")), "ff");
	assert_string_equal(json_string_value(alert_find(root, "process.args_hex.2")), "");
	assert_string_equal(json_string_value(alert_find(root, "process.args_hex.4")), "2a2a2a");
	json_decref(root);
}

/* A Kubernetes node's name may be longer than any text of an alert. */
static void test_long_names(void **state)
{
	static const enum alert_action actions[] = {ALERT_OPENED, ALERT_SUPPRESSED, ALERT_TAMPER};

	(void)state;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		struct alert_fixture fixture;
		json_t *root;

		fixture_plain(&fixture, actions[i]);
		memset(fixture.host.hostname, 'n', ALERT_TEXT_MAX);
		memset(fixture.host.cluster, 'c', 253);
		root = alert_parse(&fixture.alert);
		assert_int_equal(json_string_length(alert_find(root, "host.name")), ALERT_TEXT_MAX);
		assert_int_equal(
			json_string_length(alert_find(root, "host.cluster")), ALERT_TEXT_MAX);
		assert_false(alert_truncated(root, "host.name"));
		assert_true(alert_truncated(root, "host.cluster"));
		json_decref(root);
	}
}

static void test_schema_is_json(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	json_t *root;

	(void)state;
	assert_non_null(out);
	assert_int_equal(schema_print(out), 0);
	fclose(out);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	json_decref(root);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_absences),
		cmocka_unit_test(test_args_twins),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_schema_is_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
