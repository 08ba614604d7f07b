/* SPDX-License-Identifier: Apache-2.0 */
/* Writes DIR/schema.json, DIR/alerts.ndjson and the same redacted for validators that are not of
 * our making. */
#include <stdio.h>
#include <string.h>

#include "alert_fixture.h"
#include "schema.h"
#include "util/redact.h"

static const char *const patterns[] = {
	"a", "\"", "\x01", "\xff", "\x01\x01\x01\xff", "\xe2\x80\xae", "\xf0\x9f\x98\x80", "\xc3"};

static const struct redactor *redactor; /* of the lines that are written; NULL: none */

static int write_line(const struct alert *alert, FILE *out)
{
	char line[ALERT_LINE_MAX];
	size_t len = alert_json(alert, redactor, line);

	return fwrite(line, 1, len, out) == len ? 0 : -1;
}

static int write_alerts(FILE *out)
{
	struct alert_fixture fixture;
	int err = 0;

	for (int action = ALERT_OPENED; action <= ALERT_TAMPER; action++) {
		fixture_plain(&fixture, (enum alert_action)action);
		err |= write_line(&fixture.alert, out);
		for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
			fixture_worst(&fixture, patterns[i], strlen(patterns[i]));
			fixture.alert.action = (enum alert_action)action;
			err |= write_line(&fixture.alert, out);
		}
	}
	return err;
}

static int write_redacted(FILE *out)
{
	static const struct redactor key = {"the samples' key"};
	int err;

	redactor = &key;
	err = write_alerts(out);
	redactor = NULL;
	return err;
}

static int write_schema(FILE *out)
{
	return schema_print(out);
}

static int write_file(const char *directory, const char *name, int (*write)(FILE *out))
{
	char path[4096];
	FILE *out;
	int err;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	out = fopen(path, "we");
	if (!out)
		return -1;
	err = write(out);
	return fclose(out) == 0 ? err : -1;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: alert_samples DIR\n");
		return 2;
	}
	if (write_file(argv[1], "schema.json", write_schema) != 0 ||
		write_file(argv[1], "alerts.ndjson", write_alerts) != 0 ||
		write_file(argv[1], "redacted.ndjson", write_redacted) != 0) {
		perror(argv[1]);
		return 1;
	}
	return 0;
}
