/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts to write: a plain one of each action, and the largest and most hostile there can be. */
#ifndef MINERWATCH_ALERT_FIXTURE_H
#define MINERWATCH_ALERT_FIXTURE_H

#include "alert.h"
#include "alert_cut.h"
#include "container.h"

#define FIXTURE_WORD_SIZE 32 /* as event_degraded.what */

/* Defines detectors[] too: a table of its own, so that the tests do not depend on the real one. */
enum { FIXTURE_OPTION, FIXTURE_PORT, FIXTURE_WIDE, FIXTURE_DETECTORS };

struct alert_fixture {
	struct alert alert;
	struct event_host host;
	struct alert_process process;
	struct alert_process ancestors[ALERT_ANCESTORS_MAX + 1];
	struct finding findings[ALERT_FINDINGS_MAX + 1];
	struct alert_finding weighed[ALERT_FINDINGS_MAX + 1];
	uint8_t digest[32];
	char words[ALERT_DEGRADED_MAX + 1][FIXTURE_WORD_SIZE];
	const char *degraded[ALERT_DEGRADED_MAX + 1];
	const char *pending[ALERT_PENDING_MAX + 1];
	struct container container;
	char container_text[CONTAINER_TEXTS][EVENT_CONTAINER_TEXT_MAX];
	char summary[ALERT_SUMMARY_MAX + 1], redacted_summary[ALERT_SUMMARY_MAX + 1];
	char bytes[4096];
};

/* A process with two ancestors, a cgroup and two findings; every key is present. */
void fixture_plain(struct alert_fixture *fixture, enum alert_action action);
/* Every string at its bound and made of the len bytes of pattern, every list full. */
void fixture_worst(struct alert_fixture *fixture, const char *pattern, size_t len);

void fixture_add_string(struct finding *finding, const char *key, struct span text);
void fixture_add_integer(struct finding *finding, const char *key, int64_t number);

#endif
