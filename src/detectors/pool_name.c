/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to a pool that pools.list names, whatever its port and whether it is encrypted. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "detectors/detectors.h"
#include "detectors/remote.h"
#include "rules.h"
#include "util/span.h"

#define HTTP 80
#define HTTPS 443

/* A proxy may be asked for an address as well. */
static const char *find(const struct rules *rules, const struct remote_name *name)
{
	uint8_t address[16] = {[10] = 0xff, [11] = 0xff};

	if (inet_pton(AF_INET, name->name, address + 12) == 1 ||
		inet_pton(AF_INET6, name->name, address) == 1)
		return rules_pool_address(rules, address, name->port);
	return rules_pool_host(rules, span_of(name->name));
}

/* By its port, and by what has been said so far, if anything. */
static bool may_be_visit(const struct event *event, uint16_t port)
{
	return (port == HTTP || port == HTTPS) &&
	       (event->header->type != EVENT_PAYLOAD ||
		       event->payload->payload_class == PAYLOAD_OTHER_HTTP);
}

/*
 * Browsers, curl and the like offer a protocol (ALPN) to a pool's web site; XMRig offers none. A
 * miner that does so passes for a visitor, whom this must not take for a miner.
 */
static void weigh_visit(const struct detector_input *in, struct finding *finding)
{
	struct remote remote = remote_of(in);
	bool hello = remote.connection && remote.connection->tls;
	size_t len = strlen(finding->summary);
	const char *says = ", as web browsers do";

	/* A name of DNS is known before anything is said: on the web's ports that decides. */
	if (!hello && strcmp(finding->grade, "dns") == 0 && may_be_visit(in->event, remote.port))
		says = ", perhaps for its web site";
	else if (!hello || !remote.connection->alpn)
		return;
	finding->grade = "web";
	snprintf(finding->summary + len, sizeof(finding->summary) - len, "%s", says);
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	if (!remote_listed(in, find, "connects to the pool", ret_finding))
		return false;
	weigh_visit(in, ret_finding);
	return true;
}

const struct detector detector_pool_name = {
	.name = "pool_name",
	.meaning = "It connected to a host that the rules name as a mining pool.",
	.events =
		DETECTOR_ON(EVENT_CONNECT) | DETECTOR_ON(EVENT_PAYLOAD) | DETECTOR_ON(EVENT_SOCKET),
	.fields = {REMOTE_LISTED_FIELDS},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};
