/* SPDX-License-Identifier: Apache-2.0 */
/* Mining words said to an address of the own network: a proxy stands between miner and pool. */
#include <stdio.h>
#include <string.h>

#include "detectors/detectors.h"
#include "detectors/endpoint.h"
#include "detectors/remote.h"
#include "util/address_text.h"
#include "util/span.h"

/* RFC 1918, 1122, 6598, 3927, 4291, 4193. */
static const struct {
	uint8_t address[16];
	unsigned bits;
	const char *scope;
} near[] = {
	{{[10] = 0xff, [11] = 0xff, 127}, 104, "loopback"},
	{{[15] = 1}, 128, "loopback"},
	{{[10] = 0xff, [11] = 0xff, 10}, 104, "private"},
	{{[10] = 0xff, [11] = 0xff, 172, 16}, 108, "private"},
	{{[10] = 0xff, [11] = 0xff, 192, 168}, 112, "private"},
	{{[10] = 0xff, [11] = 0xff, 100, 64}, 106, "shared"},
	{{[10] = 0xff, [11] = 0xff, 169, 254}, 112, "link-local"},
	{{0xfe, 0x80}, 10, "link-local"},
	{{0xfc}, 7, "unique-local"},
};

static bool within(const uint8_t address[16], const uint8_t prefix[16], unsigned bits)
{
	unsigned bytes = bits / 8, rest = bits % 8;

	return memcmp(address, prefix, bytes) == 0 &&
	       (!rest || (address[bytes] ^ prefix[bytes]) >> (8 - rest) == 0);
}

static const char *scope_of(const uint8_t address[16])
{
	for (unsigned i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		if (within(address, near[i].address, near[i].bits))
			return near[i].scope;
	return NULL;
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	struct remote remote = remote_of(in);
	const struct connection *connection = remote.connection;
	const char *scope = scope_of(remote.address);
	char address[ADDRESS_TEXT_SIZE];

	if (!scope || !connection || !connection->sure || !(connection->said & STRATUM_FROM_CLIENT))
		return false;
	if (connection->dialect == STRATUM_DAEMON)
		return false; /* a node */
	ret_finding->grade = "-";
	address_text(remote.address, address);
	finding_add_string(ret_finding, "address", span_of(address));
	finding_add_integer(ret_finding, "port", remote.port);
	finding_add_string(ret_finding, "scope", span_of(scope));
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"mines through a proxy near by (%s, %s)", address, scope);
	return true;
}

const struct detector detector_stratum_proxy = {
	.name = "stratum_proxy",
	.meaning = "It spoke a mining protocol to an address of the own host or network.",
	.events = DETECTOR_ON(EVENT_PAYLOAD),
	.fields = {{"address", EVIDENCE_STRING, "the other end's"},
		{"port", EVIDENCE_INTEGER, "the other end's"},
		{"scope", EVIDENCE_STRING, "loopback, private, shared, link-local, unique-local"}},
	.attack = {"T1090", "Proxy"},
	.check = check,
};
