/* SPDX-License-Identifier: Apache-2.0 */
/* The other end of the connection an event is about: its address, and the names known of it. */
#ifndef MINERWATCH_REMOTE_H
#define MINERWATCH_REMOTE_H

#include "detector.h"
#include "state/connection_table.h"

struct remote {
	const uint8_t *address;
	uint16_t port;
	uint16_t protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	uint32_t netns; /* 0 unknown */
	const struct connection *connection; /* NULL: nothing said on it is known */
};

struct remote_name {
	const char *name; /* of a proxy's target: may be an address in text */
	const char *by; /* "sni", "connect", "socks4", "socks5", "dns"; static */
	const char *grade; /* "sni", "proxy", "dns"; static */
	uint16_t port;
	const char *aliases; /* of the name, as in dns_answer; DNS, else NULL */
	const struct process_key *asked_by; /* DNS, where known; else NULL */
};

/* Of a CONNECT, PAYLOAD or SOCKET. */
struct remote remote_of(const struct detector_input *in);
/* The name to call it by: what a proxy was asked for, else what DNS said, else SNI. False: none. */
bool remote_name_best(
	const struct detector_input *in, const struct remote *remote, struct remote_name *ret_name);
/*
 * Adds pool, address, port. pool is "192.0.2.7:3333"; where a name is known "NAME:3333
 * (192.0.2.7)", through a proxy "NAME:3333 (through 192.0.2.7:1080)". name may be NULL.
 */
void remote_facts(
	const struct remote *remote, const struct remote_name *name, struct finding *finding);
/* "NAME:3333" or "192.0.2.7:3333", for a summary. */
void remote_short_text(
	const struct remote *remote, const struct remote_name *name, char *text, size_t size);
/*
 * Looks the names up in a list, their aliases after them: find returns the row or NULL. True: grade
 * and facts are filled (7 of them), and the summary is "WHAT NAME:PORT, HOW". False for UDP.
 */
bool remote_listed(const struct detector_input *in,
	const char *(*find)(const struct rules *rules, const struct remote_name *name),
	const char *what, struct finding *finding);

/* The facts that remote_listed adds, for a detector's fields. */
#define REMOTE_LISTED_FIELDS                                                                  \
	{"name", EVIDENCE_STRING, "the name found"},                                          \
		{"by", EVIDENCE_STRING, "sni, connect, socks4, socks5, dns"},                 \
		{"asked_by", EVIDENCE_STRING,                                                 \
			"dns: this process or another process; absent where not seen", true}, \
		{"rule", EVIDENCE_STRING, "the row of the list"},                             \
		{"pool", EVIDENCE_STRING, "NAME:PORT and the address or the proxy"},          \
		{"address", EVIDENCE_STRING, "the other end's"},                              \
	{                                                                                     \
		"port", EVIDENCE_INTEGER, "the other end's"                                   \
	}

#endif
