/* SPDX-License-Identifier: Apache-2.0 */
/* How detectors write where a connection leads, and what those on connects say alike. */
#include "detectors/endpoint.h"

#include <stdio.h>
#include <string.h>

#include "state/state.h"
#include "util/address_text.h"
#include "util/span.h"

void endpoint_write(const uint8_t address[16], uint16_t port, char ret_text[static 64])
{
	char text[ADDRESS_TEXT_SIZE];

	address_text(address, text);
	snprintf(ret_text, 64, strchr(text, ':') ? "[%s]:%u" : "%s:%u", text, port);
}

void endpoint_text(const struct event_connect *connect, char ret_text[static 64])
{
	endpoint_write(connect->destination, connect->destination_port, ret_text);
}

void endpoint_facts(const struct detector_input *in, struct finding *finding)
{
	const struct flow *flow = flow_find(in->state->flows, in->event);
	char address[ADDRESS_TEXT_SIZE];

	address_text(in->event->connect->destination, address);
	finding_add_string(finding, "address", span_of(address));
	finding_add_integer(finding, "port", in->event->connect->destination_port);
	finding_add_integer(finding, "connects", flow ? (int64_t)flow->connects : 1);
}
