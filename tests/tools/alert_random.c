/* SPDX-License-Identifier: Apache-2.0 */
/* Writes alerts whose strings are random bytes, each with a line that says what the bytes were, for
 * parsers that are not of our making. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_fixture.h"

/* Every string of an alert that is not a word of ours; an indicator is a fact of a finding. */
static const char *const fields[] = {"host.name", "host.cluster", "host.kernel", "host.boot_id",
	"sensor.version", "summary", "hook", "process.comm", "process.exe", "process.args",
	"ancestors.0.comm", "ancestors.0.exe", "cgroup.path", "container.id", "container.name",
	"container.image", "container.capabilities", "container.mounts", "kubernetes.namespace",
	"kubernetes.pod", "kubernetes.uid", "findings.0.summary", "findings.0.allowed",
	"findings.0.evidence.wallet", "findings.0.evidence.pool", "findings.0.evidence.sha256",
	"findings.0.evidence.image", "findings.0.evidence.agent", "findings.0.evidence.worker",
	"indicators.wallet", "indicators.pool", "indicators.sha256", "indicators.image",
	"indicators.agent", "indicators.worker"};
enum {
	HOST_NAME,
	HOST_CLUSTER,
	HOST_KERNEL,
	HOST_BOOT_ID,
	VERSION,
	SUMMARY,
	HOOK,
	COMM,
	EXE,
	ARGS,
	PARENT_COMM,
	PARENT_EXE,
	CGROUP_PATH,
	CONTAINER_ID,
	CONTAINER_NAME,
	CONTAINER_IMAGE,
	CAPABILITIES,
	MOUNTS,
	NAMESPACE,
	POD,
	POD_UID,
	REASON,
	ALLOWED,
	EVIDENCE,
	INDICATORS = EVIDENCE + 6,
	FIELDS = INDICATORS + 6,
};
_Static_assert(sizeof(fields) / sizeof(fields[0]) == FIELDS, "a name for each");

static const struct {
	unsigned field, text;
} container_fields[] = {{CONTAINER_ID, CONTAINER_TEXT_ID}, {CONTAINER_NAME, CONTAINER_TEXT_NAME},
	{CONTAINER_IMAGE, CONTAINER_TEXT_IMAGE}, {CAPABILITIES, CONTAINER_TEXT_CAPABILITIES},
	{MOUNTS, CONTAINER_TEXT_MOUNTS}, {NAMESPACE, CONTAINER_TEXT_NAMESPACE},
	{POD, CONTAINER_TEXT_POD}, {POD_UID, CONTAINER_TEXT_POD_UID}};

#define TEXT_MAX 1400 /* longer than any cap */

static char texts[FIELDS][TEXT_MAX];
static size_t lengths[FIELDS];
static bool put[FIELDS]; /* it is in the alert at hand */

/* Mostly short, so that little must be cut; sometimes all there can be. */
static size_t random_len(size_t max)
{
	size_t most = random() % 16 ? 24 : max;

	return (size_t)random() % ((most < max ? most : max) + 1);
}

static struct span random_span(unsigned field, size_t max)
{
	put[field] = true;
	lengths[field] = random_len(max);
	for (size_t i = 0; i < lengths[field]; i++)
		/* Half of it looks like what strings are made of. */
		texts[field][i] = (char)(random() % 2 ? random() % 256 : ' ' + random() % 95);
	return (struct span){texts[field], lengths[field]};
}

static void random_string(unsigned field, char *array, size_t size)
{
	struct span text = random_span(field, size - 1);

	for (size_t i = 0; i < text.len; i++)
		if (!texts[field][i])
			texts[field][i] = 'n';
	memcpy(array, text.data, text.len);
	array[text.len] = '\0';
}

/* A random argv may hold a secret, which would be masked: that is test_mask's matter. */
static struct span random_args(size_t max)
{
	struct span args = random_span(ARGS, max);

	for (size_t i = 0; i < args.len; i++)
		if (strchr("-=:@", texts[ARGS][i]) && texts[ARGS][i])
			texts[ARGS][i] = 'x';
	return args;
}

static void random_container(struct alert_fixture *fixture)
{
	for (size_t i = 0; i < sizeof(container_fields) / sizeof(container_fields[0]); i++)
		random_string(container_fields[i].field,
			fixture->container_text[container_fields[i].text],
			EVENT_CONTAINER_TEXT_MAX);
	/* Without pod and uid there is no pod, and no namespace is told. */
	if (!lengths[POD] && !lengths[POD_UID])
		put[NAMESPACE] = false;
}

static void random_finding(struct alert_fixture *fixture, char allowed[static FINDING_TEXT_MAX])
{
	struct finding *finding = &fixture->findings[0];

	random_string(REASON, finding->summary, sizeof(finding->summary));
	random_string(ALLOWED, allowed, FINDING_TEXT_MAX);
	fixture->weighed[0].allowed = allowed;
	finding->evidence_count = 0;
	for (unsigned i = 0; i < INDICATORS - EVIDENCE; i++) {
		const char *key = strrchr(fields[EVIDENCE + i], '.') + 1;
		struct span text = random_span(EVIDENCE + i, FINDING_TEXT_MAX);

		fixture_add_string(finding, key, text);
		put[INDICATORS + i] = true;
		lengths[INDICATORS + i] = text.len;
		if (text.len)
			memcpy(texts[INDICATORS + i], text.data, text.len);
	}
}

static void random_incident(struct alert_fixture *fixture, char allowed[static FINDING_TEXT_MAX])
{
	fixture->process.comm = random_span(COMM, EVENT_COMM_SIZE);
	fixture->process.exe = random_span(EXE, 1024);
	fixture->process.args = random_args(TEXT_MAX);
	fixture->ancestors[0].comm = random_span(PARENT_COMM, EVENT_COMM_SIZE);
	fixture->ancestors[0].exe = random_span(PARENT_EXE, 1024);
	fixture->alert.cgroup_path = random_span(CGROUP_PATH, 1024);
	random_container(fixture);
	random_finding(fixture, allowed);
}

static void write_one(void)
{
	enum alert_action action = random() % 8 ? ALERT_OPENED : ALERT_TAMPER;
	struct alert_fixture fixture;
	char hook[FINDING_TEXT_MAX], allowed[FINDING_TEXT_MAX], line[ALERT_LINE_MAX];
	size_t len;

	memset(put, 0, sizeof(put));
	fixture_plain(&fixture, action);
	random_string(HOST_NAME, fixture.host.hostname, sizeof(fixture.host.hostname));
	random_string(HOST_CLUSTER, fixture.host.cluster, sizeof(fixture.host.cluster));
	random_string(HOST_KERNEL, fixture.host.kernel, sizeof(fixture.host.kernel));
	random_string(HOST_BOOT_ID, fixture.host.boot_id, sizeof(fixture.host.boot_id));
	random_string(VERSION, fixture.host.version, sizeof(fixture.host.version));
	random_string(SUMMARY, fixture.summary, sizeof(fixture.summary));
	if (action == ALERT_TAMPER) {
		random_string(HOOK, hook, sizeof(hook));
		fixture.alert.hook = hook;
	} else {
		random_incident(&fixture, allowed);
	}
	len = alert_json(&fixture.alert, NULL, line);
	fwrite(line, 1, len, stdout);
	for (unsigned field = 0; field < FIELDS; field++) {
		if (!put[field])
			continue;
		printf("%s=", fields[field]);
		for (size_t i = 0; i < lengths[field]; i++)
			printf("%02x", (unsigned char)texts[field][i]);
		putchar(' ');
	}
	putchar('\n');
}

int main(int argc, char *argv[])
{
	unsigned long count;

	if (argc != 3) {
		fprintf(stderr, "usage: alert-random COUNT SEED\n");
		return 2;
	}
	srandom((unsigned)strtoul(argv[2], NULL, 10));
	for (count = strtoul(argv[1], NULL, 10); count; count--)
		write_one();
	return fflush(stdout) == 0 ? 0 : 1;
}
