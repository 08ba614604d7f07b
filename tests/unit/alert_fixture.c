/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts to write: a plain one of each action, and the largest and most hostile there can be. */
#include "alert_fixture.h"

#include <string.h>

#include "util/span.h"

static const struct detector option = {
	.name = "test_option",
	.meaning = "An option.",
	.fields = {{"option", EVIDENCE_STRING, "The option."},
		{"wallet", EVIDENCE_STRING, "A wallet."}, {"count", EVIDENCE_INTEGER, "How many."}},
	.attack = {"T1496.001", "Compute Hijacking"},
};
static const struct detector port = {
	.name = "test_port",
	.meaning = "A port.",
	.fields = {{"address", EVIDENCE_STRING, "Where to.", true},
		{"port", EVIDENCE_INTEGER, "Its port."}},
	.attack = {"T1571", "Non-Standard Port"},
};
/* The names that become indicators are six of the longest set of strings a finding can have. */
static const struct detector wide = {
	.name = "test_wide_name_of_32_characters_",
	.meaning = "Eight strings.",
	.fields = {{"wallet", EVIDENCE_STRING, ""}, {"pool", EVIDENCE_STRING, ""},
		{"sha256", EVIDENCE_STRING, ""}, {"image", EVIDENCE_STRING, ""},
		{"agent", EVIDENCE_STRING, ""}, {"worker", EVIDENCE_STRING, ""},
		{"text_7", EVIDENCE_STRING, ""}, {"text_8", EVIDENCE_STRING, ""}},
	.attack = {"T1496.001", "Compute Hijacking"},
};
const struct detector *const detectors[] = {&option, &port, &wide};
const unsigned detectors_count = FIXTURE_DETECTORS;

void fixture_add_string(struct finding *finding, const char *key, struct span text)
{
	struct evidence *evidence = &finding->evidence[finding->evidence_count++];

	evidence->key = key;
	evidence->is_string = true;
	evidence->len = (uint16_t)text.len;
	if (text.len)
		memcpy(evidence->text, text.data, text.len);
}

void fixture_add_integer(struct finding *finding, const char *key, int64_t number)
{
	struct evidence *evidence = &finding->evidence[finding->evidence_count++];

	evidence->key = key;
	evidence->number = number;
}

static struct alert_process process_of(uint32_t pid, const char *comm, const char *exe)
{
	return (struct alert_process){
		.key = {.pid = pid, .start_ns = pid * UINT64_C(1000000000)},
		.ppid = pid - 1,
		.session = 40,
		.uid = 1000,
		.comm = span_of(comm),
		.exe = span_of(exe),
	};
}

static struct finding *add_finding(struct alert_fixture *fixture, unsigned detector, uint32_t ppm)
{
	unsigned index = fixture->alert.findings_count++;
	struct finding *finding = &fixture->findings[index];

	finding->detector = detectors[detector];
	finding->grade = "strong";
	finding->process = fixture->process.key;
	finding->time_ns = 44500000001;
	strcpy(finding->summary, "a reason");
	fixture->weighed[index] = (struct alert_finding){finding, ppm, NULL};
	return finding;
}

/* What is the same in every fixture. */
static void init(struct alert_fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	for (size_t i = 0; i < sizeof(fixture->digest); i++)
		fixture->digest[i] = (uint8_t)i;
	fixture->alert = (struct alert){
		.severity = SEVERITY_CRITICAL,
		.score = 97,
		.time_ns = 45000000002,
		.since_ns = 44500000001,
		.wall_offset_ns = INT64_C(1767323000000000000),
		.id = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef},
		.seq = 3,
		.summary = fixture->summary,
		.redacted_summary = fixture->redacted_summary,
		.host = &fixture->host,
		.process = &fixture->process,
		.ancestors = fixture->ancestors,
		.cgroup_id = 5150,
		.findings = fixture->weighed,
		.rules_digest = fixture->digest,
		.dropped = 7,
		.degraded = fixture->degraded,
		.pending = fixture->pending,
		.duration_ns = UINT64_C(61002999999),
		.cpu_ns = UINT64_C(120050000000),
		.count = 12,
		.hook = "payload",
	};
}

static const char *const container_words[CONTAINER_TEXTS] = {"5694f82f", "containerd", "web",
	"localhost/web:1", "web-0", "shop", "eb052b63-ea96-4728-ab4a-64ab3babccd7", "SYS_ADMIN",
	"/etc"};

static void fill_container(struct alert_fixture *fixture, uint32_t flags)
{
	fixture->container.flags = flags;
	fixture->container.created_ns = UINT64_C(1700000000000000000);
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++)
		fixture->container.text[i] = fixture->container_text[i];
	fixture->alert.container = &fixture->container;
	fixture->alert.entered = "start";
}

void fixture_plain(struct alert_fixture *fixture, enum alert_action action)
{
	static const char args[] = "xmrig\0-o\0pool.example:3333\0-p\0hunter2";
	struct finding *finding;

	init(fixture);
	fixture->alert.action = action;
	strcpy(fixture->summary, "xmrig mines");
	strcpy(fixture->redacted_summary, "found by test_option");
	strcpy(fixture->host.hostname, "node-1");
	strcpy(fixture->host.cluster, "test");
	strcpy(fixture->host.kernel, "6.1.0-18-amd64");
	strcpy(fixture->host.boot_id, "5f1c0a52-32ab-4f3e-9f3c-2f8c2f0f9c11");
	strcpy(fixture->host.version, "0.1.0");
	fixture->process = process_of(44, "xmrig", "/tmp/xmrig");
	fixture->process.args = (struct span){args, sizeof(args)};
	fixture->process.unlinked = true;
	fixture->ancestors[0] = process_of(43, "bash", "/usr/bin/bash");
	fixture->ancestors[1] = process_of(42, "sshd", "");
	fixture->alert.ancestors_count = 2;
	fixture->alert.cgroup_path = span_of("/system.slice/miner.service");
	fill_container(fixture, CONTAINER_VERIFIED | CONTAINER_HOST_PID);
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++)
		strcpy(fixture->container_text[i], container_words[i]);
	finding = add_finding(fixture, FIXTURE_OPTION, 850000);
	fixture_add_string(finding, "wallet", span_of("48ab"));
	fixture_add_string(finding, "option", span_of("--donate-level"));
	fixture_add_integer(finding, "count", -2);
	finding = add_finding(fixture, FIXTURE_PORT, 1999);
	finding->grade = NULL;
	fixture_add_integer(finding, "port", 3333);
	fixture->degraded[0] = "connect_udp";
	fixture->alert.degraded_count = 1;
	fixture->pending[0] = "process";
	fixture->alert.pending_count = 1;
}

static void fill(char *array, size_t size, const char *pattern, size_t len)
{
	for (size_t i = 0; i < size; i++)
		array[i] = pattern[i % len];
}

/* As fill, and NUL-terminated; a pattern with NULs would make it short. */
static void fill_string(char *array, size_t size, const char *pattern, size_t len)
{
	fill(array, size - 1, pattern, len);
	array[size - 1] = '\0';
}

static void worst_findings(struct alert_fixture *fixture, const char *pattern, size_t len)
{
	for (unsigned i = 0; i < ALERT_FINDINGS_MAX + 1; i++) {
		struct finding *finding = add_finding(fixture, FIXTURE_WIDE, 1000000);

		finding->grade = "grade_of_twenty_four____";
		fill_string(finding->summary, FINDING_TEXT_MAX, pattern, len);
		for (unsigned field = 0; field < FINDING_EVIDENCE_MAX; field++) {
			char text[FINDING_TEXT_MAX];

			fill(text, sizeof(text), pattern, len);
			fixture_add_string(
				finding, wide.fields[field].key, (struct span){text, sizeof(text)});
			finding->evidence[field].cut = true;
		}
	}
}

void fixture_worst(struct alert_fixture *fixture, const char *pattern, size_t len)
{
	init(fixture);
	fill(fixture->bytes, sizeof(fixture->bytes), pattern, len);
	fill_string(fixture->summary, sizeof(fixture->summary), pattern, len);
	/* Not of the pattern: what tests look for in vain must not be there on purpose. */
	fill_string(fixture->redacted_summary, sizeof(fixture->redacted_summary), "r", 1);
	/* Without NULs: the writer must not need them. */
	fill(fixture->host.hostname, sizeof(fixture->host.hostname), pattern, len);
	fill(fixture->host.cluster, sizeof(fixture->host.cluster), pattern, len);
	fill(fixture->host.kernel, sizeof(fixture->host.kernel), pattern, len);
	fill(fixture->host.boot_id, sizeof(fixture->host.boot_id), pattern, len);
	fill(fixture->host.version, sizeof(fixture->host.version), pattern, len);
	fixture->process = (struct alert_process){
		.key = {.pid = UINT32_MAX, .start_ns = UINT64_MAX},
		.ppid = UINT32_MAX,
		.session = UINT32_MAX,
		.uid = UINT32_MAX,
		.comm = {fixture->bytes, 64},
		.exe = {fixture->bytes, 1024},
		.args = {fixture->bytes, sizeof(fixture->bytes)},
		.unlinked = true,
	};
	for (unsigned i = 0; i < ALERT_ANCESTORS_MAX + 1; i++)
		fixture->ancestors[i] = fixture->process;
	fixture->alert.ancestors_count = ALERT_ANCESTORS_MAX + 1;
	fixture->alert.cgroup_id = UINT64_MAX;
	fixture->alert.cgroup_path = (struct span){fixture->bytes, 1024};
	fill_container(fixture, UINT32_MAX);
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++)
		if (i != CONTAINER_TEXT_ID && i != CONTAINER_TEXT_RUNTIME)
			fill_string(
				fixture->container_text[i], EVENT_CONTAINER_TEXT_MAX, pattern, len);
	memset(fixture->container_text[CONTAINER_TEXT_ID], 'a', 255); /* checked by cgroup_path.c */
	strcpy(fixture->container_text[CONTAINER_TEXT_RUNTIME], "libvirt-lxc");
	worst_findings(fixture, pattern, len);
	for (unsigned i = 0; i < ALERT_DEGRADED_MAX + 1; i++) {
		fill_string(fixture->words[i], FIXTURE_WORD_SIZE, pattern, len);
		fixture->degraded[i] = fixture->words[i];
	}
	fixture->alert.degraded_count = ALERT_DEGRADED_MAX + 1;
	for (unsigned i = 0; i < ALERT_PENDING_MAX + 1; i++)
		fixture->pending[i] = "an_answer_that_is_awaited";
	fixture->alert.pending_count = ALERT_PENDING_MAX + 1;
	fixture->alert.dropped = UINT64_MAX;
	fixture->alert.duration_ns = fixture->alert.cpu_ns = UINT64_MAX;
	fixture->alert.action = ALERT_ENDED;
	fixture->alert.seq = UINT32_MAX;
}
