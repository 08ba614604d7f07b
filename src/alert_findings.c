// SPDX-License-Identifier: Apache-2.0
/* Writes why an alert was made: its findings, and what follows from them. */
#include <string.h>

#include "alert_writer.h"

#define PPM_PER_THOUSANDTH 1000

static void write_evidence(
	struct alert_writer *writer, const struct finding *finding, unsigned index)
{
	bool shown = index < writer->limits->evidence;

	json_object_begin(&writer->json, "evidence");
	for (unsigned i = 0; shown && i < finding->evidence_count; i++) {
		const struct evidence *fact = &finding->evidence[i];

		if (fact->is_string)
			alert_write_secret(writer, fact->key, (struct span){fact->text, fact->len},
				ALERT_TEXT_MAX, fact->cut,
				(struct cut_name){"findings", (int)index, "evidence", fact->key});
		else
			json_put_integer(&writer->json, fact->key, fact->number);
	}
	json_object_end(&writer->json);
	if (!shown && finding->evidence_count > 0)
		cut_add(&writer->cuts, (struct cut_name){"findings", (int)index, "evidence", NULL});
}

static void write_finding(
	struct alert_writer *writer, const struct alert_finding *weighed, unsigned index)
{
	const struct finding *finding = weighed->finding;
	struct span summary = alert_finding_summary(writer, finding);
	struct json_writer *json = &writer->json;

	json_object_begin(json, NULL);
	json_put_word(json, "detector", finding->detector->name);
	if (finding->grade)
		json_put_word(json, "grade", finding->grade);
	json_put_decimal(json, "weight", weighed->weight_ppm / PPM_PER_THOUSANDTH);
	alert_write_time(writer, "time", finding->time_ns);
	json_put_unsigned(json, "pid", finding->process.pid);
	alert_write_text(writer, "summary", summary,
		index < writer->limits->finding_summaries ? ALERT_TEXT_MAX : 0, false,
		(struct cut_name){"findings", (int)index, "summary", NULL});
	if (weighed->allowed)
		alert_write_text(writer, "allowed",
			(struct span){weighed->allowed, strlen(weighed->allowed)},
			index < writer->limits->finding_summaries ? ALERT_TEXT_MAX : 0, false,
			(struct cut_name){"findings", (int)index, "allowed", NULL});
	write_evidence(writer, finding, index);
	json_object_end(json);
}

static unsigned findings_shown(const struct alert *alert)
{
	return alert->findings_count < ALERT_FINDINGS_MAX ? alert->findings_count
							  : ALERT_FINDINGS_MAX;
}

void alert_write_findings(struct alert_writer *writer)
{
	const struct alert *alert = writer->alert;
	unsigned shown = findings_shown(alert);

	json_array_begin(&writer->json, "findings");
	for (unsigned i = 0; i < shown; i++)
		write_finding(writer, &alert->findings[i], i);
	json_array_end(&writer->json);
	if (alert->findings_cut || shown < alert->findings_count)
		cut_add(&writer->cuts, (struct cut_name){"findings", CUT_NO_INDEX, NULL, NULL});
}

/* The evidence of that name in the strongest finding that has it. */
static const struct evidence *find_evidence(const struct alert *alert, const char *key)
{
	for (unsigned i = 0; i < findings_shown(alert); i++) {
		const struct finding *finding = alert->findings[i].finding;

		for (unsigned fact = 0; fact < finding->evidence_count; fact++)
			if (finding->evidence[fact].is_string &&
				strcmp(finding->evidence[fact].key, key) == 0)
				return &finding->evidence[fact];
	}
	return NULL;
}

void alert_write_indicators(struct alert_writer *writer)
{
	static const struct {
		const char *key;
		void (*write)(struct alert_writer *writer, const char *key, struct span text,
			size_t max, bool cut_before, struct cut_name name);
	} rows[ALERT_INDICATORS_MAX] = {
		{"wallet", alert_write_secret},
		{"pool", alert_write_secret},
		{"sha256", alert_write_text},
		{"image", alert_write_text},
		{"agent", alert_write_secret},
		{"worker", alert_write_secret},
	};

	json_object_begin(&writer->json, "indicators");
	for (unsigned i = 0; i < ALERT_INDICATORS_MAX; i++) {
		const struct evidence *fact = find_evidence(writer->alert, rows[i].key);
		struct cut_name name = {"indicators", CUT_NO_INDEX, rows[i].key, NULL};

		if (fact && i < writer->limits->indicators)
			rows[i].write(writer, rows[i].key, (struct span){fact->text, fact->len},
				ALERT_TEXT_MAX, fact->cut, name);
		else if (fact)
			cut_add(&writer->cuts, name);
	}
	json_object_end(&writer->json);
}

static bool technique_seen(const struct alert *alert, unsigned finding)
{
	const char *id = alert->findings[finding].finding->detector->attack.id;

	for (unsigned i = 0; i < finding; i++) {
		const char *earlier = alert->findings[i].finding->detector->attack.id;

		if (earlier && strcmp(earlier, id) == 0)
			return true;
	}
	return false;
}

void alert_write_attack(struct alert_writer *writer)
{
	const struct alert *alert = writer->alert;

	json_array_begin(&writer->json, "attack");
	for (unsigned i = 0; i < findings_shown(alert); i++) {
		const struct attack_technique *technique =
			&alert->findings[i].finding->detector->attack;

		if (!technique->id || technique_seen(alert, i))
			continue;
		json_object_begin(&writer->json, NULL);
		json_put_word(&writer->json, "id", technique->id);
		json_put_word(&writer->json, "name", technique->name);
		json_object_end(&writer->json);
	}
	json_array_end(&writer->json);
}
