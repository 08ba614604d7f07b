/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to a host that a miner's authors are paid at: the miner goes there unasked. */
#include "detectors/detectors.h"
#include "detectors/remote.h"
#include "rules.h"
#include "util/span.h"

static const char *find(const struct rules *rules, const struct remote_name *name)
{
	return rules_donate_host(rules, span_of(name->name));
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	return remote_listed(in, find, "works for a miner's authors at", ret_finding);
}

const struct detector detector_donate_host = {
	.name = "donate_host",
	.meaning = "It connected to a host where a miner gives a share of its work to its authors.",
	.events =
		DETECTOR_ON(EVENT_CONNECT) | DETECTOR_ON(EVENT_PAYLOAD) | DETECTOR_ON(EVENT_SOCKET),
	.fields = {REMOTE_LISTED_FIELDS},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};
