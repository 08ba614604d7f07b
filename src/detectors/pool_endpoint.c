/* SPDX-License-Identifier: Apache-2.0 */
/* A TCP connect to a numeric address that pools.list names. */
#include <netinet/in.h>
#include <stdio.h>

#include "detectors/detectors.h"
#include "detectors/endpoint.h"
#include "rules.h"
#include "util/span.h"

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const struct event_connect *connect = in->event->connect;
	const char *row =
		rules_pool_address(in->rules, connect->destination, connect->destination_port);
	char endpoint[64];

	/* Over UDP resolvers connect, and send nothing. */
	if (!row || connect->protocol != IPPROTO_TCP)
		return false;
	ret_finding->grade = "-";
	endpoint_facts(in, ret_finding);
	finding_add_string(ret_finding, "rule", span_of(row));
	endpoint_text(connect, endpoint);
	finding_add_string(ret_finding, "pool", span_of(endpoint));
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"connects to the listed pool %s", endpoint);
	return true;
}

const struct detector detector_pool_endpoint = {
	.name = "pool_endpoint",
	.meaning = "It connected to an address that the rules name as a mining pool.",
	.events = DETECTOR_ON(EVENT_CONNECT),
	.fields = {{"address", EVIDENCE_STRING, "destination address"},
		{"port", EVIDENCE_INTEGER, "destination port"},
		{"connects", EVIDENCE_INTEGER, "connects of this process to it so far"},
		{"rule", EVIDENCE_STRING, "the row of pools.list"},
		{"pool", EVIDENCE_STRING, "address and port"}},
	.attack = {"T1071", "Application Layer Protocol"},
	.check = check,
};
