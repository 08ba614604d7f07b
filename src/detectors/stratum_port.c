/* SPDX-License-Identifier: Apache-2.0 */
/* A TCP connect to a port pools use: a hint, worth nothing alone. */
#include <netinet/in.h>
#include <stdio.h>

#include "detectors/detectors.h"
#include "detectors/endpoint.h"
#include "rules.h"

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const struct event_connect *connect = in->event->connect;
	char endpoint[64];

	if (connect->protocol != IPPROTO_TCP || !rules_port(in->rules, connect->destination_port))
		return false;
	ret_finding->grade = "-";
	endpoint_facts(in, ret_finding);
	endpoint_text(connect, endpoint);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"connects to %s, a port pools use", endpoint);
	return true;
}

const struct detector detector_stratum_port = {
	.name = "stratum_port",
	.meaning = "It connected to a TCP port that mining pools commonly use.",
	.events = DETECTOR_ON(EVENT_CONNECT),
	.fields = {{"address", EVIDENCE_STRING, "destination address"},
		{"port", EVIDENCE_INTEGER, "destination port"},
		{"connects", EVIDENCE_INTEGER, "connects of this process to it so far"}},
	.attack = {"T1571", "Non-Standard Port"},
	.check = check,
};
