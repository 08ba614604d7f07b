/* SPDX-License-Identifier: Apache-2.0 */
/* Writes alerts whose strings are random bytes, each with a line that says what the bytes were, for
 * parsers that are not of our making. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_fixture.h"

static char *const fields[] = {"host.name", "host.cluster", "host.kernel", "host.boot_id",
	"sensor.version", "summary", "process.comm", "process.exe", "process.args",
	"ancestors.0.comm", "ancestors.0.exe", "cgroup.path", "container.name", "container.image",
	"kubernetes.pod", "kubernetes.namespace", "findings.0.summary",
	"findings.0.evidence.wallet"};
enum {
	HOST_NAME,
	HOST_CLUSTER,
	HOST_KERNEL,
	HOST_BOOT_ID,
	VERSION,
	SUMMARY,
	COMM,
	EXE,
	ARGS,
	PARENT_COMM,
	PARENT_EXE,
	CGROUP_PATH,
	CONTAINER_NAME,
	CONTAINER_IMAGE,
	POD,
	NAMESPACE,
	REASON,
	WALLET,
	FIELDS
};

#define TEXT_MAX 1400 /* longer than any cap */

static char texts[FIELDS][TEXT_MAX];
static size_t lengths[FIELDS];

/* Mostly short, so that little must be cut; sometimes all there can be. */
static size_t random_len(size_t max)
{
	size_t most = random() % 16 ? 24 : max;

	return (size_t)random() % ((most < max ? most : max) + 1);
}

static struct span random_span(unsigned field, size_t max)
{
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

static void write_one(void)
{
	struct alert_fixture fixture;
	struct finding *finding = &fixture.findings[0];
	char line[ALERT_LINE_MAX];
	size_t len;

	fixture_plain(&fixture, ALERT_OPENED);
	random_string(HOST_NAME, fixture.host.hostname, sizeof(fixture.host.hostname));
	random_string(HOST_CLUSTER, fixture.host.cluster, sizeof(fixture.host.cluster));
	random_string(HOST_KERNEL, fixture.host.kernel, sizeof(fixture.host.kernel));
	random_string(HOST_BOOT_ID, fixture.host.boot_id, sizeof(fixture.host.boot_id));
	random_string(VERSION, fixture.host.version, sizeof(fixture.host.version));
	random_string(SUMMARY, fixture.summary, sizeof(fixture.summary));
	fixture.process.comm = random_span(COMM, EVENT_COMM_SIZE);
	fixture.process.exe = random_span(EXE, 1024);
	fixture.process.args = random_args(TEXT_MAX);
	fixture.ancestors[0].comm = random_span(PARENT_COMM, EVENT_COMM_SIZE);
	fixture.ancestors[0].exe = random_span(PARENT_EXE, 1024);
	fixture.alert.cgroup_path = random_span(CGROUP_PATH, 1024);
	random_string(CONTAINER_NAME, fixture.container_text[CONTAINER_TEXT_NAME],
		EVENT_CONTAINER_TEXT_MAX);
	random_string(CONTAINER_IMAGE, fixture.container_text[CONTAINER_TEXT_IMAGE],
		EVENT_CONTAINER_TEXT_MAX);
	random_string(POD, fixture.container_text[CONTAINER_TEXT_POD], EVENT_CONTAINER_TEXT_MAX);
	random_string(NAMESPACE, fixture.container_text[CONTAINER_TEXT_NAMESPACE],
		EVENT_CONTAINER_TEXT_MAX);
	random_string(REASON, finding->summary, sizeof(finding->summary));
	finding->evidence_count = 0;
	fixture_add_string(finding, "wallet", random_span(WALLET, FINDING_TEXT_MAX));
	len = alert_json(&fixture.alert, NULL, line);
	fwrite(line, 1, len, stdout);
	for (unsigned field = 0; field < FIELDS; field++) {
		printf("%s=", fields[field]);
		for (size_t i = 0; i < lengths[field]; i++)
			printf("%02x", (unsigned char)texts[field][i]);
		putchar(field + 1 < FIELDS ? ' ' : '\n');
	}
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
