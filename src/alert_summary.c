/* SPDX-License-Identifier: Apache-2.0 */
/* Says an alert in one sentence: what, where, since when and why. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "alert_build.h"
#include "container.h"
#include "util/rfc3339.h"

#define SECOND_NS UINT64_C(1000000000)
#define SUMMARY_FINDINGS 4

/* snprintf that goes on where the last one stopped. */
static void say(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void say(char *text, size_t size, const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, size - len, format, args);
	va_end(args);
}

static const char *const openings[] = {
	[ALERT_OPENED] = "Likely cryptocurrency miner",
	[ALERT_RAISED] = "Cryptocurrency miner, more certain",
	[ALERT_UPDATED] = "Cryptocurrency miner, now identified",
	[ALERT_ENDED] = "Cryptocurrency miner ended",
	[ALERT_REOPENED] = "Cryptocurrency miner is back",
};

static void say_container(const struct container *container, char *text, size_t size)
{
	const char *name = container->text[CONTAINER_TEXT_NAME];

	say(text, size, " in container %.64s", name[0] ? name : container->text[CONTAINER_TEXT_ID]);
	if (container->text[CONTAINER_TEXT_IMAGE][0])
		say(text, size, " (image %.96s)", container->text[CONTAINER_TEXT_IMAGE]);
	if (container->text[CONTAINER_TEXT_POD][0])
		say(text, size, " of pod %.64s/%.64s", container->text[CONTAINER_TEXT_NAMESPACE],
			container->text[CONTAINER_TEXT_POD]);
}

static const char *opening_of(const struct incident *incident, const struct alert *alert)
{
	if (alert->action == ALERT_UPDATED && (incident->facts_due & FACT_CONFIRMED))
		return "Cryptocurrency miner, now confirmed";
	if (alert->action == ALERT_UPDATED && incident->facts_due == FACT_LOAD)
		return "Cryptocurrency miner, seen at work";
	return openings[alert->action];
}

/* What, where, since when. */
static void say_head(
	const struct incident *incident, const struct alert *alert, char *text, size_t size)
{
	char since[RFC3339_SIZE];

	rfc3339_format(alert->since_ns, alert->wall_offset_ns, since);
	say(text, size, "%s", opening_of(incident, alert));
	if (alert->process)
		say(text, size, ": %.*s (pid %u, uid %u)", (int)alert->process->comm.len,
			alert->process->comm.data, alert->process->key.pid, alert->process->uid);
	if (alert->container)
		say_container(alert->container, text, size);
	else if (incident->key.type == WORKLOAD_CGROUP)
		say(text, size, " in cgroup %.*s",
			(int)(alert->cgroup_path.len > 96 ? 96 : alert->cgroup_path.len),
			alert->cgroup_path.data);
	else
		say(text, size, " in session %u", incident->key.session);
	say(text, size, " on %.64s since %.19sZ",
		alert->host->hostname[0] ? alert->host->hostname : "this host", since);
	if (alert->action == ALERT_ENDED)
		say(text, size, ", after %llu s and %llu s of CPU",
			(unsigned long long)(alert->duration_ns / SECOND_NS),
			(unsigned long long)(alert->cpu_ns / SECOND_NS));
}

/* Each detector once, by its strongest finding. */
static unsigned choose(
	const struct alert *alert, const struct finding *ret_chosen[static SUMMARY_FINDINGS])
{
	unsigned count = 0;

	for (unsigned i = 0; i < alert->findings_count && count < SUMMARY_FINDINGS; i++) {
		const struct finding *finding = alert->findings[i].finding;
		bool repeated = false;

		for (unsigned before = 0; before < count; before++)
			repeated |= ret_chosen[before]->detector == finding->detector;
		if (!repeated)
			ret_chosen[count++] = finding;
	}
	return count;
}

/* One sentence for a tired person. */
void alert_summarize(const struct incident *incident, const struct alert *alert,
	char ret_text[static ALERT_SUMMARY_MAX], char ret_redacted[static ALERT_SUMMARY_MAX])
{
	const struct finding *chosen[SUMMARY_FINDINGS];
	unsigned count = choose(alert, chosen);

	ret_text[0] = '\0';
	say_head(incident, alert, ret_text, ALERT_SUMMARY_MAX);
	memcpy(ret_redacted, ret_text, ALERT_SUMMARY_MAX);
	for (unsigned i = 0; i < count; i++) {
		say(ret_text, ALERT_SUMMARY_MAX, "%s%s", i ? "; " : ": ", chosen[i]->summary);
		say(ret_redacted, ALERT_SUMMARY_MAX, "%s%s",
			i == 0		 ? ", found by "
			: i + 1 == count ? " and "
					 : ", ",
			chosen[i]->detector->name);
	}
	if (count)
		say(ret_redacted, ALERT_SUMMARY_MAX, " (details redacted)");
}
