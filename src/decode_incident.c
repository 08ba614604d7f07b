/* SPDX-License-Identifier: Apache-2.0 */
/* Checks records of an earlier run's incidents: they come from a file. */
#include <errno.h>
#include <string.h>

#include "decode_private.h"
#include "detector.h"
#include "process.h"
#include "score.h"

#define WHOLE_PPM 1000000
#define FACTS_ALL (FACT_CONFIRMED | FACT_NAME | FACT_LOAD)

_Static_assert(sizeof(struct event_finding) + 2 * FINDING_WORD_MAX + FINDING_SUMMARY_MAX +
			       FINDING_FACTS_MAX + EVENT_NAME_MAX + FINDING_EXE_MAX +
			       EVENT_ARGV_MAX + EVENT_CGROUP_PATH_MAX <=
		       EVENT_RECORD_MAX,
	"the longest finding is a record");

static bool workload_ok(__u32 type, __u32 session)
{
	return type >= WORKLOAD_CGROUP && type <= WORKLOAD_CONTAINER &&
	       (type == WORKLOAD_SESSION || session == 0);
}

/* What one phase asks of the rest; nothing was told of what was only watched. */
static bool phase_ok(const struct event_incident *incident)
{
	switch (incident->phase) {
	case INCIDENT_WAS_WATCHED:
		return !incident->seq && !incident->reported && !incident->highest;
	case INCIDENT_WAS_OPEN:
	case INCIDENT_WAS_ENDED:
		return incident->seq && incident->reported > SEVERITY_NONE &&
		       incident->highest >= incident->reported;
	default:
		return false;
	}
}

int decode_incident(struct event *event, struct tail tail)
{
	const struct event_incident *incident = event->incident;
	__u64 now_ns = event->header->time_ns;

	(void)tail;
	if (!workload_ok(incident->workload_type, incident->workload_session) ||
		!phase_ok(incident) || incident->highest > SEVERITY_CRITICAL ||
		incident->facts_due & ~FACTS_ALL || incident->facts_told & ~FACTS_ALL)
		return -EINVAL;
	if (incident->first_ns > now_ns || incident->below_ns > now_ns ||
		incident->ended_ns > now_ns)
		return -EINVAL;
	return 0;
}

bool event_fact_next(struct span *facts, struct event_fact *ret_fact, struct span *ret_key,
	struct span *ret_value)
{
	struct event_fact fact;
	const char *at = facts->data;
	size_t len;

	if (facts->len < sizeof(fact))
		return false;
	memcpy(&fact, at, sizeof(fact));
	len = sizeof(fact) + fact.key_len + fact.value_len;
	if (len > facts->len || !fact.key_len || fact.key_len >= FINDING_WORD_MAX ||
		fact.is_string > 1 || fact.cut > fact.is_string ||
		(fact.is_string ? fact.value_len > FINDING_TEXT_MAX
				: fact.value_len != sizeof(int64_t)))
		return false;
	at += sizeof(fact);
	*ret_fact = fact;
	*ret_key = (struct span){at, fact.key_len};
	*ret_value = (struct span){at + fact.key_len, fact.value_len};
	*facts = (struct span){facts->data + len, facts->len - len};
	return true;
}

static bool facts_ok(struct span facts)
{
	struct span key, value;
	struct event_fact fact;
	unsigned count = 0;

	while (event_fact_next(&facts, &fact, &key, &value))
		count++;
	return !facts.len && count <= FINDING_EVIDENCE_MAX;
}

static const size_t text_max[FINDING_TEXTS] = {
	[FINDING_DETECTOR] = FINDING_WORD_MAX,
	[FINDING_GRADE] = FINDING_WORD_MAX,
	[FINDING_SUMMARY] = FINDING_SUMMARY_MAX,
	[FINDING_FACTS] = FINDING_FACTS_MAX,
	[FINDING_NAME] = EVENT_NAME_MAX,
	[FINDING_EXE] = FINDING_EXE_MAX,
	[FINDING_ARGV] = EVENT_ARGV_MAX,
	[FINDING_CGROUP] = EVENT_CGROUP_PATH_MAX,
};

static bool texts_take(struct event *event, struct tail tail)
{
	for (unsigned i = 0; i < FINDING_TEXTS; i++) {
		struct span text;

		if (!tail_take(&tail, event->finding->lengths[i], text_max[i], &text))
			return false;
		event->finding_text[i] =
			i == FINDING_FACTS || i == FINDING_ARGV ? text : string_of(text);
	}
	return facts_ok(event->finding_text[FINDING_FACTS]);
}

int decode_finding(struct event *event, struct tail tail)
{
	const struct event_finding *finding = event->finding;
	__u64 now_ns = event->header->time_ns;

	if (!event_string_ok(finding->kin.comm, sizeof(finding->kin.comm)) ||
		!workload_ok(finding->workload_type, finding->workload_session) ||
		finding->lowered_ppm > WHOLE_PPM)
		return -EINVAL;
	if (finding->found_ns > now_ns || finding->dead_ns > now_ns || finding->exit_ns > now_ns ||
		finding->image_ns > now_ns)
		return -EINVAL;
	/* What has ended speaks for nobody who lives. */
	if (finding->exit_ns && !finding->dead_ns)
		return -EINVAL;
	return texts_take(event, tail) ? 0 : -EINVAL;
}
