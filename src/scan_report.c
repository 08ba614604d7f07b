// SPDX-License-Identifier: Apache-2.0
/* What `minerwatch scan` found, in words that need no manual. */
#include "scan_report.h"

#include <inttypes.h>
#include <string.h>

#include "alert.h"
#include "container.h"
#include "pipeline.h"
#include "rules.h"
#include "util/mask.h"
#include "util/rfc3339.h"
#include "util/span.h"
#include "util/terminal_text.h"

#define ARGS_SHOWN 256
#define CLOCK_AT 11 /* where "hh:mm:ss" stands in RFC 3339 */

struct report {
	const struct rules *rules;
	FILE *out;
	bool explaining;
	unsigned suspects;
	unsigned weak; /* with evidence, below medium */
};

static void put_clock(const struct report *report, const struct alert *alert, uint64_t time_ns)
{
	char text[RFC3339_SIZE];

	rfc3339_format(time_ns, alert->wall_offset_ns, text);
	fprintf(report->out, "%.8s", text + CLOCK_AT);
}

static void put_program(const struct report *report, const struct alert_process *process)
{
	char masked[ARGS_SHOWN];
	struct span args = {masked, 0}, word;
	bool cut;

	fputs("  program  ", report->out);
	if (process->exe.len)
		terminal_text_print(process->exe, report->out);
	else
		fputs("not known (it ended, or may not be looked at)", report->out);
	if (process->unlinked)
		fputs(" (this file has no name any more)", report->out);
	fputs("\n  command  ", report->out);
	args.len = mask_args(process->args, masked, sizeof(masked), &cut);
	while (span_next_argument(&args, &word)) {
		terminal_text_print(word, report->out);
		fputc(' ', report->out);
	}
	fputs(cut ? "...\n" : "\n", report->out);
}

static void put_place(const struct report *report, const struct alert *alert)
{
	const struct container *container = alert->container;

	fputs("  where    ", report->out);
	if (container) {
		const char *name = container->text[CONTAINER_TEXT_NAME];

		fputs("container ", report->out);
		terminal_text_print(
			span_of(name[0] ? name : container->text[CONTAINER_TEXT_ID]), report->out);
		if (container->text[CONTAINER_TEXT_IMAGE][0]) {
			fputs(", image ", report->out);
			terminal_text_print(
				span_of(container->text[CONTAINER_TEXT_IMAGE]), report->out);
		}
		if (container->text[CONTAINER_TEXT_POD][0]) {
			fputs(", pod ", report->out);
			terminal_text_print(
				span_of(container->text[CONTAINER_TEXT_NAMESPACE]), report->out);
			fputc('/', report->out);
			terminal_text_print(
				span_of(container->text[CONTAINER_TEXT_POD]), report->out);
		}
	} else {
		fputs("no container, cgroup ", report->out);
		terminal_text_print(
			alert->cgroup_path.len ? alert->cgroup_path : span_of("not known"),
			report->out);
	}
	fputs("\n  parents  ", report->out);
	for (unsigned i = 0; i < alert->ancestors_count; i++) {
		fputs(i ? " < " : "", report->out);
		terminal_text_print(alert->ancestors[i].comm, report->out);
		fprintf(report->out, " (%" PRIu32 ")", alert->ancestors[i].key.pid);
	}
	fputs(alert->ancestors_count ? "\n" : "not known\n", report->out);
}

/* The findings in the order of time, and the score they add up to so far. */
static void put_history(const struct report *report, const struct alert *alert)
{
	const struct alert_finding *sorted[ALERT_FINDINGS_MAX];
	struct score_part parts[ALERT_FINDINGS_MAX] = {{0}};

	for (unsigned i = 0; i < alert->findings_count; i++) {
		unsigned place = i;

		for (; place &&
			sorted[place - 1]->finding->time_ns > alert->findings[i].finding->time_ns;
			place--)
			sorted[place] = sorted[place - 1];
		sorted[place] = &alert->findings[i];
	}
	fputs("  why      time      score  process  what\n", report->out);
	for (unsigned i = 0; i < alert->findings_count; i++) {
		const struct finding *finding = sorted[i]->finding;
		const struct rules_weight *weight =
			rules_weight(report->rules, finding->detector->name, finding->grade);

		parts[i].group = weight ? weight->group : 0;
		parts[i].weight_ppm = sorted[i]->weight_ppm;
		fputs("           ", report->out);
		put_clock(report, alert, finding->time_ns);
		fprintf(report->out, "  %5u  %7" PRIu32 "  ", score_combine(parts, i + 1, 0),
			finding->process.pid);
		terminal_text_print(span_of(finding->summary), report->out);
		fputs(sorted[i]->allowed ? " (allowed: " : "", report->out);
		terminal_text_print(
			span_of(sorted[i]->allowed ? sorted[i]->allowed : ""), report->out);
		fputs(sorted[i]->allowed ? ")\n" : "\n", report->out);
	}
	if (alert->findings_cut)
		fputs("           ... and weaker ones\n", report->out);
}

static const char *verdict_of(enum severity severity)
{
	switch (severity) {
	case SEVERITY_CRITICAL:
		return "MINER, next to certain";
	case SEVERITY_HIGH:
		return "MINER, very likely";
	case SEVERITY_MEDIUM:
		return "PERHAPS a miner";
	case SEVERITY_NONE:
		break;
	}
	return "no miner, as far as can be seen";
}

static void put_suspect(const struct report *report, const struct alert *alert)
{
	const struct alert_process *process = alert->process;

	fprintf(report->out, "\n%s (score %u of 100)", verdict_of(alert->severity), alert->score);
	if (process) {
		fputs(": ", report->out);
		terminal_text_print(process->comm, report->out);
		fprintf(report->out, ", process %" PRIu32 " of user %" PRIu32, process->key.pid,
			process->uid);
	}
	fputc('\n', report->out);
	if (process) {
		put_program(report, process);
		put_place(report, alert);
	}
	if (alert->findings_count)
		put_history(report, alert);
	else
		fputs("  why      nothing was found that speaks against it\n", report->out);
}

static void visit(void *context, const struct alert *alert)
{
	struct report *report = context;

	if (alert->severity != SEVERITY_NONE)
		report->suspects++;
	else if (!report->explaining)
		report->weak++;
	if (report->explaining || alert->severity != SEVERITY_NONE)
		put_suspect(report, alert);
}

void scan_report(struct pipeline *pipeline, const struct rules *rules, uint32_t explain,
	uint64_t seconds, FILE *out)
{
	struct report report = {.rules = rules, .out = out, .explaining = explain != 0};

	fprintf(out, "Looked at %u processes for %" PRIu64 " s.\n", pipeline_processes(pipeline),
		seconds);
	if (explain) {
		if (!pipeline_explain(pipeline, explain, visit, &report))
			fprintf(out, "\nThere is no process %" PRIu32 " (any more).\n", explain);
		return;
	}
	pipeline_each_suspect(pipeline, visit, &report);
	if (!report.suspects)
		fputs("\nNo miner was found.\n", out);
	if (report.weak)
		fprintf(out,
			"\n%u more showed something a miner shows, too little to be one: "
			"minerwatch scan --explain PID says what.\n",
			report.weak);
}
