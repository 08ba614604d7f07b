/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the strings of an alert: its line is one line of JSON, whatever they hold (row S4). */
/* With: tests/unit/alert_fixture.c */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "alert_fixture.h"
#include "util/redact.h"
#include "util/span.h"

/* The input up to the next 0xfe 0xfe, which no string then holds; what is left stays in *rest. */
static struct span next_text(struct span *rest)
{
	const char *end = memmem(rest->data, rest->len, "\xfe\xfe", 2);
	struct span text = *rest;

	if (end) {
		text.len = (size_t)(end - rest->data);
		rest->len -= text.len + 2;
		rest->data = end + 2;
	} else {
		rest->len = 0;
	}
	return text;
}

static void next_string(struct span *rest, char *array, size_t size)
{
	struct span text = next_text(rest);
	size_t len = text.len < size - 1 ? text.len : size - 1;

	memcpy(array, text.data, len);
	array[len] = '\0';
}

static void add_findings(struct alert_fixture *fixture, struct span *rest)
{
	unsigned index = 0;

	while (rest->len > 0 && index < ALERT_FINDINGS_MAX) {
		struct finding *finding = &fixture->findings[index];

		finding->detector = detectors[FIXTURE_WIDE];
		next_string(rest, finding->summary, sizeof(finding->summary));
		finding->evidence_count = 0;
		while (rest->len > 0 && finding->evidence_count < FINDING_EVIDENCE_MAX) {
			struct span text = next_text(rest);

			text.len = text.len < FINDING_TEXT_MAX ? text.len : FINDING_TEXT_MAX;
			fixture_add_string(finding,
				finding->detector->fields[finding->evidence_count].key, text);
		}
		fixture->weighed[index] = (struct alert_finding){finding, 500000};
		fixture->alert.findings_count = ++index;
	}
}

static void check(const struct alert *alert, const struct redactor *redactor)
{
	char line[ALERT_LINE_MAX];
	size_t len = alert_json(alert, redactor, line);
	json_t *root;

	if (len < 2 || len > ALERT_LINE_MAX || memchr(line, '\n', len) != line + len - 1)
		abort();
	for (size_t i = 0; i + 1 < len; i++)
		if ((uint8_t)line[i] < ' ' || line[i] == 0x7f)
			abort();
	root = json_loadb(line, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	if (!root)
		abort();
	json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct alert_fixture fixture;
	struct span rest = {(const char *)data, size};

	if (size == 0)
		return 0;
	fixture_plain(&fixture, (enum alert_action)(data[0] % (ALERT_TAMPER + 1)));
	fixture.process.args = next_text(&rest);
	fixture.process.exe = next_text(&rest);
	fixture.process.comm = next_text(&rest);
	fixture.alert.cgroup_path = next_text(&rest);
	for (unsigned i = CONTAINER_TEXT_NAME; i < CONTAINER_TEXTS; i++)
		next_string(&rest, fixture.container_text[i], sizeof(fixture.container_text[i]));
	next_string(&rest, fixture.summary, sizeof(fixture.summary));
	next_string(&rest, fixture.host.hostname, sizeof(fixture.host.hostname));
	next_string(&rest, fixture.host.cluster, sizeof(fixture.host.cluster));
	next_string(&rest, fixture.host.version, sizeof(fixture.host.version));
	next_string(&rest, fixture.words[0], sizeof(fixture.words[0]));
	fixture.degraded[0] = fixture.words[0];
	fixture.ancestors[0].exe = next_text(&rest);
	add_findings(&fixture, &rest);
	check(&fixture.alert, NULL);
	check(&fixture.alert, &(struct redactor){{0}});
	return 0;
}
