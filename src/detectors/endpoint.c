/* SPDX-License-Identifier: Apache-2.0 */
/* What the detectors on connects say alike: where to, how often. */
#include "detectors/endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "state/state.h"
#include "util/span.h"

static void address_text(const uint8_t address[16], char ret_text[static INET6_ADDRSTRLEN])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (memcmp(address, mapped, sizeof(mapped)) == 0)
		inet_ntop(AF_INET, address + 12, ret_text, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, address, ret_text, INET6_ADDRSTRLEN);
}

void endpoint_text(const struct event_connect *connect, char ret_text[static 64])
{
	char address[INET6_ADDRSTRLEN];

	address_text(connect->destination, address);
	snprintf(ret_text, 64, strchr(address, ':') ? "[%s]:%u" : "%s:%u", address,
		connect->destination_port);
}

void endpoint_facts(const struct detector_input *in, struct finding *finding)
{
	const struct flow *flow = flow_find(in->state->flows, in->event);
	char address[INET6_ADDRSTRLEN];

	address_text(in->event->connect->destination, address);
	finding_add_string(finding, "address", span_of(address));
	finding_add_integer(finding, "port", in->event->connect->destination_port);
	finding_add_integer(finding, "connects", flow ? (int64_t)flow->connects : 1);
}
