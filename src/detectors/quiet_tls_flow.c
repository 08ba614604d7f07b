/* SPDX-License-Identifier: Apache-2.0 */
/* A busy process that keeps a TLS connection on which next to nothing is said, as miners do. */
#include <stdio.h>

#include "detectors/detectors.h"
#include "detectors/endpoint.h"
#include "detectors/remote.h"
#include "detectors/sustained_cpu.h"
#include "rules.h"
#include "util/address_text.h"
#include "util/span.h"

#define SECOND_NS UINT64_C(1000000000)

/* Since the first look at it: the handshake's certificates are behind it. UINT64_MAX: no bytes. */
static uint64_t per_minute(uint64_t bytes, uint64_t before, uint64_t span_ns)
{
	if (bytes <= before || span_ns < SECOND_NS)
		return UINT64_MAX;
	bytes -= before;
	return bytes < UINT64_MAX / 60 ? bytes * 60 / (span_ns / SECOND_NS) : UINT64_MAX;
}

/* Web clients offer a protocol (ALPN); a hello that was cut may have offered one. */
static bool is_bare_tls(const struct connection *connection)
{
	return connection && connection->tls && connection->tls_whole && !connection->alpn;
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	struct remote remote = remote_of(in);
	const struct connection *connection = remote.connection;
	uint64_t most = rules_setting(in->rules, "quiet_flow_bytes");
	uint64_t span_ns, sent, received;
	char text[64];

	if (!is_bare_tls(connection))
		return false;
	span_ns = connection->bytes_ns - connection->measured_ns;
	sent = per_minute(connection->bytes_sent, connection->sent_at_first, span_ns);
	received = per_minute(connection->bytes_received, connection->received_at_first, span_ns);
	if (span_ns < rules_setting(in->rules, "quiet_flow_s") * SECOND_NS || sent > most ||
		received > most || !cpu_sustained(in))
		return false;
	ret_finding->grade = connection->sni[0] ? "sni" : "nosni";
	address_text(remote.address, text);
	finding_add_string(ret_finding, "address", span_of(text));
	finding_add_integer(ret_finding, "port", remote.port);
	if (connection->sni[0])
		finding_add_string(ret_finding, "sni", span_of(connection->sni));
	finding_add_integer(ret_finding, "age_seconds",
		(int64_t)((in->now_ns - connection->first_ns) / SECOND_NS));
	finding_add_integer(ret_finding, "sent_per_minute", (int64_t)sent);
	finding_add_integer(ret_finding, "received_per_minute", (int64_t)received);
	endpoint_write(remote.address, remote.port, text);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"keeps a quiet TLS connection to %s%s", text,
		connection->sni[0] ? "" : ", which names no server");
	return true;
}

const struct detector detector_quiet_tls_flow = {
	.name = "quiet_tls_flow",
	.meaning = "While it uses CPU it keeps a TLS connection on which little is said.",
	.events = DETECTOR_ON(EVENT_SOCKET),
	.fields = {{"address", EVIDENCE_STRING, "the other end's"},
		{"port", EVIDENCE_INTEGER, "the other end's"},
		{"sni", EVIDENCE_STRING, "the server named", true},
		{"age_seconds", EVIDENCE_INTEGER, "since it was opened, or first seen"},
		{"sent_per_minute", EVIDENCE_INTEGER, "bytes"},
		{"received_per_minute", EVIDENCE_INTEGER, "bytes"}},
	.attack = {"T1573", "Encrypted Channel"},
	.check = check,
};
