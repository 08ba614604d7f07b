/* SPDX-License-Identifier: Apache-2.0 */
/* What was said on each connection whose first bytes a reader knows, or that a suspect holds. */
#ifndef MINERWATCH_CONNECTION_TABLE_H
#define MINERWATCH_CONNECTION_TABLE_H

#include "process.h"
#include "wire/dns_answer.h"
#include "wire/stratum.h"

#define CONNECTION_MAX 8192 /* when full, the one used longest ago goes */
#define CONNECTION_TEXT_MAX 130 /* with NUL: a byte more than evidence shows, so a cut is seen */

struct connection {
	uint64_t socket; /* its key: the cookie */
	struct process_key owner; /* who connected it */
	struct process_key holder; /* who was last seen to use it: the sender, a scan's process */
	uint8_t remote[16];
	uint16_t remote_port;
	uint64_t first_ns; /* when it was opened where that is known, else of the first record */
	uint64_t bytes_sent, bytes_received; /* from SOCKET records */
	uint64_t bytes_ns; /* when; 0: never */
	uint64_t sent_at_first, received_at_first; /* at the first SOCKET record */
	uint64_t measured_ns; /* when that was; 0: never */
	enum stratum_dialect dialect;
	unsigned said; /* STRATUM_*: what it sent as a client, what it received of a server */
	bool sure; /* one of them was sure */
	bool tls, tls_whole, alpn; /* a ClientHello was read; all of it; with ALPN */
	bool web; /* the client spoke HTTP, and of no mining */
	const char *proxied_by; /* "connect", "socks4", "socks5"; static; NULL: no proxy */
	char target[DNS_NAME_MAX]; /* what a proxy was asked for: a name or an address in text */
	uint16_t target_port;
	char sni[DNS_NAME_MAX]; /* "": none */
	char user[CONNECTION_TEXT_MAX], agent[CONNECTION_TEXT_MAX], worker[CONNECTION_TEXT_MAX];
	const char *method; /* the client's call that decided, else the server's; static */
};

struct connection_table;

struct connection_table *connection_table_new(void);
void connection_table_free(struct connection_table *table);
/* Made where it is new; moves to the end of the order. */
struct connection *connection_get(struct connection_table *table, uint64_t socket, uint64_t now_ns);
const struct connection *connection_find(const struct connection_table *table, uint64_t socket);

#endif
