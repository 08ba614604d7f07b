/* SPDX-License-Identifier: Apache-2.0 */
/* A login on the wire whose name is a wallet. */
#include "util/wallet.h"

#include <stdio.h>

#include "detectors/detectors.h"
#include "detectors/remote.h"
#include "util/span.h"

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	struct remote remote = remote_of(in);
	const struct connection *connection = remote.connection;
	struct remote_name name;
	struct wallet wallet;
	const char *says;
	bool named;

	if (!connection || !wallet_read(span_of(connection->user), &wallet))
		return false;
	/* Web applications too log their users in by what has this shape. */
	if (!wallet.proved && !connection->sure)
		return false;
	ret_finding->grade = wallet.proved ? "proved" : "shape";
	says = wallet.proved ? "logs in with a" : "logs in with what looks like a";
	if (connection->dialect == STRATUM_DAEMON) { /* whom the block is to pay: also a pool's */
		ret_finding->grade = "template";
		says = "asks for blocks that pay a";
	}
	finding_add_string(ret_finding, "wallet", wallet.text);
	finding_add_string(ret_finding, "coin", span_of(wallet.coin));
	if (connection->worker[0])
		finding_add_string(ret_finding, "worker", span_of(connection->worker));
	named = remote_name_best(in, &remote, &name);
	remote_facts(&remote, named ? &name : NULL, ret_finding);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary), "%s %s wallet (%.*s...)", says,
		wallet.coin, (int)(wallet.text.len < 12 ? wallet.text.len : 12), wallet.text.data);
	return true;
}

const struct detector detector_wallet = {
	.name = "wallet",
	.meaning = "It logged in somewhere with the address of a wallet.",
	.events = DETECTOR_ON(EVENT_PAYLOAD),
	.tells = FACT_NAME,
	.fields = {{"wallet", EVIDENCE_STRING, "the address"},
		{"coin", EVIDENCE_STRING, "what it holds"},
		{"worker", EVIDENCE_STRING, "the worker's name", true},
		{"pool", EVIDENCE_STRING, "its name, port and address"},
		{"address", EVIDENCE_STRING, "the other end's"},
		{"port", EVIDENCE_INTEGER, "the other end's"}},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};
