/* SPDX-License-Identifier: Apache-2.0 */
/* What an alert says in the place of what must not leave this host. */
#include <string.h>

#include "alert_writer.h"
#include "util/span.h"
#include "util/utf8.h"

#define HASHED_ARGUMENT (REDACTED_LEN + 1) /* with its NUL */

void alert_write_secret(struct alert_writer *writer, const char *key, struct span text, size_t max,
	bool cut_before, struct cut_name name)
{
	char hash[REDACTED_LEN];

	if (!writer->redactor) {
		alert_write_text(writer, key, text, max, cut_before, name);
		return;
	}
	redact(writer->redactor, text, hash);
	json_put_string(&writer->json, key, (struct span){hash, sizeof(hash)});
	if (cut_before || text.len > max)
		cut_add(&writer->cuts, name);
}

void alert_redact_args(struct alert_writer *writer, char buffer[static ALERT_ARGS_MAX])
{
	struct span rest = writer->args, argument;
	size_t len = 0;

	if (!writer->redactor)
		return;
	while (span_next_argument(&rest, &argument)) {
		if (len + HASHED_ARGUMENT > ALERT_ARGS_MAX) {
			writer->args_cut = true;
			break;
		}
		redact(writer->redactor, argument, buffer + len);
		len += HASHED_ARGUMENT;
		buffer[len - 1] = '\0';
	}
	writer->args = (struct span){buffer, len};
}

struct span alert_args_shown(const struct alert_writer *writer)
{
	size_t max = writer->limits->args;

	if (writer->redactor)
		max -= max % HASHED_ARGUMENT;
	return utf8_cut(writer->args, max);
}

struct span alert_finding_summary(const struct alert_writer *writer, const struct finding *finding)
{
	if (writer->redactor)
		return span_of(finding->detector->meaning);
	return (struct span){finding->summary, strnlen(finding->summary, FINDING_TEXT_MAX)};
}

struct span alert_summary(const struct alert_writer *writer)
{
	return span_of(writer->redactor ? writer->alert->redacted_summary : writer->alert->summary);
}
