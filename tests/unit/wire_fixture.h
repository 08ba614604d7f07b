/* SPDX-License-Identifier: Apache-2.0 */
/* Makes PAYLOAD and SOCKET records by hand, and the bytes that clients and servers say. */
#ifndef MINERWATCH_WIRE_FIXTURE_H
#define MINERWATCH_WIRE_FIXTURE_H

#include "core_fixture.h"

/* A Monero address whose checksum holds, of a key nobody has. */
#define WIRE_WALLET                                                              \
	"45mb8Vfvz7SLU7X3Dvdcom6Rxv9DdicMX6RdFeAQVBcT9GWSZX4DqQULU7X3Dvdcom6Rxv" \
	"9DdicMX6RdFeAQVBcT6hZabxz"
/* What XMRig says and what a pool answers. */
#define WIRE_LOGIN_OF(user)                                                                  \
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"" user   \
	"\",\"pass\":\"x\",\"agent\":\"XMRig/6.21.0\",\"rigid\":\"rig7\",\"algo\":[\"rx/0\"" \
	"]}}\n"
#define WIRE_LOGIN WIRE_LOGIN_OF(WIRE_WALLET)
#define WIRE_JOB                                                                          \
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"id\":\"a\",\"job\":{" \
	"\"blob\":\"1010c0\",\"job_id\":\"7\",\"target\":\"b88d0600\",\"algo\":\"rx/0\"," \
	"\"height\":3000000,\"seed_hash\":\"d432f499\"},\"status\":\"OK\"}}\n"
/* What a solo miner, or a pool's server, asks of a node, and what that answers. */
#define WIRE_TEMPLATE                                                                      \
	"POST /json_rpc HTTP/1.1\r\nHost: a\r\nUser-Agent: XMRig/6.21.0\r\n\r\n{\"id\":1," \
	"\"method\":\"getblocktemplate\",\"params\":{\"reserve_size\":17,"                 \
	"\"wallet_address\":\"" WIRE_WALLET "\"}}"
#define WIRE_TEMPLATE_ANSWER                                                  \
	"HTTP/1.1 200 Ok\r\nContent-Type: application/json\r\n\r\n{\"id\":1," \
	"\"result\":{\"blocktemplate_blob\":\"1010c0\",\"height\":3000000,"   \
	"\"status\":\"OK\"}}"
#define WIRE_ETHEREUM_WALLET "0x00000000219ab540356cBB839Cbe05303d7705Fa"
/* Nothing but the shape of a wallet says that this is mining. */
#define WIRE_UNSURE_LOGIN                                                           \
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":" \
	"\"" WIRE_ETHEREUM_WALLET "\",\"pass\":\"x\"}}\n"
/* A login of no mining protocol, and an answer that pools give too. */
#define WIRE_CHAT_LOGIN                                                                     \
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"bob\"," \
	"\"pass\":\"x\"}}\n"
#define WIRE_CHAT_ANSWER \
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"status\":\"OK\"}}\n"

struct wire_flow {
	uint64_t socket;
	const char *remote; /* address in text */
	uint16_t port;
	uint16_t protocol; /* 0: TCP */
	const struct core_process *owner; /* of the header; NULL: nobody known */
	const struct core_process *sender; /* NULL: not known */
	uint8_t flags; /* PAYLOAD_ARMED, PAYLOAD_LAST */
	uint8_t class; /* enum payload_class; 0: as payload_class.c says */
};

#define WIRE_TEXT(text) ((struct span){text, sizeof(text) - 1})

/* A PAYLOAD of these bytes; returns its length. */
size_t wire_make_payload(__u64 *record, uint64_t time_ns, const struct wire_flow *flow,
	enum payload_direction direction, struct span bytes);
size_t wire_make_socket(__u64 *record, uint64_t time_ns, const struct wire_flow *flow,
	uint64_t opened_ns, uint64_t sent, uint64_t received);

/* A ClientHello; sni, alpn: NULL: without. Valid until the next call. */
struct span wire_hello(const char *sni, const char *alpn);
/* The answer that name has this IPv4 address. Valid until the next call. */
struct span wire_dns(const char *name, const char *address, uint32_t ttl_s);
/* The same, where the address is alias's, which the name is a CNAME of. */
struct span wire_dns_alias(
	const char *name, const char *alias, const char *address, uint32_t ttl_s);
/* SOCKS5: greeting and request for host:port. Valid until the next call. */
struct span wire_socks(const char *host, uint16_t port);

/* Fed at core->now_ns. */
void wire_say(struct core *core, const struct wire_flow *flow, enum payload_direction direction,
	struct span bytes);
void wire_socket(struct core *core, const struct wire_flow *flow, uint64_t opened_ns, uint64_t sent,
	uint64_t received);

#endif
