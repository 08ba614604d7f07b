/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is read of the mining protocols, and what honest JSON-RPC is kept apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core_fixture.h"
#include "util/span.h"
#include "wallet_fixture.h"
#include "wire/stratum.h"

#define HASH "0x5eed0000000000000000000000000000000000000000000000000000000000ab"
#define BOUNDARY "0x00000000ffff00000000ffff00000000ffff00000000ffff00000000ffff0000"
#define BLOB "0e0eed9bd2a506"
#define INPUT_SHORT "1e0eed9bd2a5060000000000000000000000000000000000000000000000aB0"
#define INPUT INPUT_SHORT "1"
#define POST "POST /json_rpc HTTP/1.1\r\nHost: 127.0.0.1:18081\r\nContent-Length: 200\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\nServer: Epee-based\r\nContent-Type: application/json\r\n\r\n"
#define XMRIG_AGENT "XMRig/6.21.0 (Linux x86_64) libuv/1.44.2 gcc/12.2.0"
#define LOGIN(params) \
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{" params "}}\n"

enum certainty { NOTHING, UNSURE, SURE };

static const struct {
	const char *name, *bytes;
	enum certainty certainty;
	enum stratum_dialect dialect;
	unsigned what;
	const char *method;
} rows[] = {
	/* CryptoNote, from the client */
	{"xmrig's login",
		LOGIN("\"login\":\"" WALLET "\",\"pass\":\"x\",\"agent\":\"" XMRIG_AGENT
		      "\",\"rigid\":\"r\",\"algo\":[\"rx/0\",\"cn/2\"]"),
		SURE, STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	{"xmr-stak's login",
		"{\"method\":\"login\",\"params\":{\"login\":\"a\",\"pass\":\"x\",\"rigid\":\"\","
		"\"agent\":"
		"\"xmr-stak/2.10\"},\"id\":1}\n",
		SURE, STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	{"cpuminer-multi's spaces",
		"{\"method\": \"login\", \"params\": {\"login\": \"a\", \"pass\": \"x\", "
		"\"agent\": "
		"\"cpuminer-multi/1\"}, \"id\": 1}\n",
		SURE, STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	{"algorithms instead of an agent", LOGIN("\"login\":\"a\",\"algo\":[\"rx/0\"]"), SURE,
		STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	{"agent and algorithms, the login cut off", LOGIN("\"agent\":\"a\",\"algo\":[\"rx/0\"]"),
		SURE, STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	{"a wallet alone", LOGIN("\"login\":\"" WALLET ".w\",\"pass\":\"x\""), SURE,
		STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	{"keepalive",
		"{\"id\":9,\"jsonrpc\":\"2.0\",\"method\":\"keepalived\",\"params\":{\"id\":\"a\"}}"
		"\n",
		SURE, STRATUM_CRYPTONOTE, STRATUM_KEEPALIVE, "keepalived"},
	{"submit",
		"{\"id\":9,\"jsonrpc\":\"2.0\",\"method\":\"submit\",\"params\":{\"id\":\"a\","
		"\"job_id\":\"b\","
		"\"nonce\":\"00000001\",\"result\":\"ab\"}}\n",
		SURE, STRATUM_CRYPTONOTE, STRATUM_SUBMIT, "submit"},
	{"self-select",
		"{\"id\":2,\"method\":\"block_template\",\"params\":{\"id\":\"a\",\"job_id\":\"b\","
		"\"blob\":\"" BLOB "\"}}\n",
		SURE, STRATUM_CRYPTONOTE, STRATUM_SUBMIT, "block_template"},
	{"getjob", "{\"method\": \"getjob\", \"params\": {\"id\": \"a\"}, \"id\":1}\n", UNSURE,
		STRATUM_CRYPTONOTE, STRATUM_GET, "getjob"},
	/* and from the server */
	{"answer to a login",
		"{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"id\":\"a\",\"job\":{"
		"\"blob\":\"" BLOB
		"\",\"job_id\":\"b\",\"target\":\"b88d0600\"},\"status\":\"OK\"}}\n",
		SURE, STRATUM_CRYPTONOTE, STRATUM_JOB | STRATUM_ANSWER, "job"},
	{"answer to getjob",
		"{\"id\":1,\"result\":{\"blob\":\"" BLOB
		"\",\"job_id\":\"b\",\"target\":\"b88d0600\"}}\n",
		SURE, STRATUM_CRYPTONOTE, STRATUM_JOB | STRATUM_ANSWER, "job"},
	{"job",
		"{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":{\"blob\":\"" BLOB
		"\",\"job_id\":\"b\",\"target\":\"b88d0600\"}}\n",
		SURE, STRATUM_CRYPTONOTE, STRATUM_JOB, "job"},
	{"answer to a submit",
		"{\"id\":9,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"status\":\"OK\"}}\n",
		UNSURE, STRATUM_CRYPTONOTE, STRATUM_ANSWER, "status"},
	{"answer to a keepalive", "{\"id\":9,\"result\":{\"status\":\"KEEPALIVED\"}}\n", SURE,
		STRATUM_CRYPTONOTE, STRATUM_ANSWER, "keepalived"},
	{"Beam's job",
		"{\"difficulty\":117776384,\"height\":12,\"id\":\"7\",\"input\":\"" INPUT
		"\",\"jsonrpc\":\"2.0\",\"method\":\"job\"}\n",
		SURE, STRATUM_CRYPTONOTE, STRATUM_JOB, "job"},
	{"Beam's login: any application's",
		"{\"method\":\"login\",\"api_key\":\"1a2b\",\"id\":\"login\",\"jsonrpc\":\"2.0\"}"
		"\n",
		UNSURE, STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	/* Bitcoin */
	{"subscribe", "{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": []}\n", SURE,
		STRATUM_BITCOIN, STRATUM_SUBSCRIBE, "mining.subscribe"},
	{"subscribe and authorize",
		"{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"m/"
		"1\"]}\n{\"id\":2,\"method\":"
		"\"mining.authorize\",\"params\":[\"a.w\",\"x\"]}\n",
		SURE, STRATUM_BITCOIN, STRATUM_SUBSCRIBE | STRATUM_LOGIN, "mining.subscribe"},
	{"configure",
		"{\"id\":1,\"method\":\"mining.configure\",\"params\":[[\"version-rolling\"],{}]}"
		"\n",
		SURE, STRATUM_BITCOIN, STRATUM_SUBSCRIBE, "mining.configure"},
	{"extranonce", "{\"id\":3,\"method\":\"mining.extranonce.subscribe\",\"params\":[]}\n",
		SURE, STRATUM_BITCOIN, STRATUM_SUBSCRIBE, "mining.extranonce.subscribe"},
	{"EthereumStratum/2.0.0",
		"{\"id\":0,\"method\":\"mining.hello\",\"params\":{\"agent\":\"e\",\"proto\":"
		"\"EthereumStratum/2.0.0\"}}\n",
		SURE, STRATUM_BITCOIN, STRATUM_SUBSCRIBE, "mining.hello"},
	{"bitcoin's submit",
		"{\"id\":4,\"method\":\"mining.submit\",\"params\":[\"a.w\",\"b\",\"00\",\"5f\","
		"\"c0\"]}\n",
		SURE, STRATUM_BITCOIN, STRATUM_SUBMIT, "mining.submit"},
	{"notify",
		"{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"b\",\"4d\",\"01\",true]}"
		"\n",
		SURE, STRATUM_BITCOIN, STRATUM_JOB, "mining.notify"},
	{"difficulty", "{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[0.5]}\n",
		SURE, STRATUM_BITCOIN, STRATUM_JOB, "mining.set_difficulty"},
	{"kawpow's target", "{\"id\":null,\"method\":\"mining.set_target\",\"params\":[\"00\"]}\n",
		SURE, STRATUM_BITCOIN, STRATUM_JOB, "mining.set_target"},
	{"answer to subscribe",
		"{\"id\":1,\"result\":[[[\"mining.set_difficulty\",\"1\"],[\"mining.notify\",\"2\"]"
		"],\"f0\",4],"
		"\"error\":null}\n",
		SURE, STRATUM_BITCOIN, STRATUM_ANSWER, "mining.subscribe"},
	{"answer to subscribe, EthereumStratum/1.0.0",
		"{\"id\":1,\"result\":[[\"mining.notify\",\"ae\",\"EthereumStratum/"
		"1.0.0\"],\"080c\"]}\n",
		SURE, STRATUM_BITCOIN, STRATUM_ANSWER, "mining.subscribe"},
	{"parameters that are null", "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":null}\n",
		SURE, STRATUM_BITCOIN, STRATUM_SUBSCRIBE, "mining.subscribe"},
	{"parameters that are neither",
		"{\"id\":1,\"method\":\"mining.subscribe\",\"params\":true}\n", UNSURE,
		STRATUM_BITCOIN, STRATUM_SUBSCRIBE, "mining.subscribe"},
	{"Iron Fish's subscribe",
		"{\"id\":0,\"method\":\"mining.subscribe\",\"body\":{\"version\":2,\"name\":"
		"\"rig\",\"publicAddress\":\"" INPUT "\"}}\n",
		SURE, STRATUM_BITCOIN, STRATUM_SUBSCRIBE, "mining.subscribe"},
	{"Iron Fish's work",
		"{\"id\":3,\"method\":\"mining.notify\",\"body\":{\"miningRequestId\":5,\"header\":"
		"\"00aa\"}}\n",
		SURE, STRATUM_BITCOIN, STRATUM_JOB, "mining.notify"},
	{"a body that is a list", "{\"method\":\"mining.submit\",\"body\":[]}\n", SURE,
		STRATUM_BITCOIN, STRATUM_SUBMIT, "mining.submit"},
	{"a body that is null", "{\"method\":\"mining.set\",\"body\":null}\n", SURE,
		STRATUM_BITCOIN, STRATUM_JOB, "mining.set"},
	{"mining.* without parameters", "{\"id\":1,\"method\":\"mining.subscribe\"}\n", UNSURE,
		STRATUM_BITCOIN, STRATUM_SUBSCRIBE, "mining.subscribe"},
	{"reconnect", "{\"id\":null,\"method\":\"client.reconnect\",\"params\":[]}\n", UNSURE,
		STRATUM_BITCOIN, STRATUM_ANSWER, "client.reconnect"},
	/* Ethereum */
	{"eth_submitLogin",
		"{\"worker\":\"w\",\"jsonrpc\":\"2.0\",\"params\":[\"0xde\",\"x\"],\"id\":2,"
		"\"method\":"
		"\"eth_submitLogin\"}\n",
		SURE, STRATUM_ETHEREUM, STRATUM_LOGIN, "eth_submitLogin"},
	{"eth_getWork", "{\"worker\":\"\",\"params\":[],\"id\":3,\"method\":\"eth_getWork\"}\n",
		SURE, STRATUM_ETHEREUM, STRATUM_GET, "eth_getWork"},
	{"eth_submitWork",
		"{\"id\":4,\"params\":[\"0x1\",\"0x2\"],\"method\":\"eth_submitWork\"}\n", SURE,
		STRATUM_ETHEREUM, STRATUM_SUBMIT, "eth_submitWork"},
	{"eth_submitHashrate",
		"{\"id\":6,\"params\":[\"0x1\",\"0x2\"],\"method\":\"eth_submitHashrate\"}\n", SURE,
		STRATUM_ETHEREUM, STRATUM_KEEPALIVE, "eth_submitHashrate"},
	{"Ethereum's work",
		"{\"id\":0,\"jsonrpc\":\"2.0\",\"result\":[\"" HASH "\",\"" HASH "\",\"" BOUNDARY
		"\"]}\n",
		SURE, STRATUM_ETHEREUM, STRATUM_JOB | STRATUM_ANSWER, "eth_getWork"},
	{"eth_getWork over HTTP: what monitoring asks of a node",
		POST "{\"id\":3,\"params\":[],\"method\":\"eth_getWork\"}", UNSURE,
		STRATUM_ETHEREUM, STRATUM_GET, "eth_getWork"},
	{"Ethereum's work over HTTP",
		OK "{\"id\":0,\"result\":[\"" HASH "\",\"" HASH "\",\"" BOUNDARY "\"]}", UNSURE,
		STRATUM_ETHEREUM, STRATUM_JOB | STRATUM_ANSWER, "eth_getWork"},
	/* a node mined against */
	{"xmrig's template",
		POST
		"{\"id\":1,\"method\":\"getblocktemplate\",\"params\":{\"wallet_address\":\"" WALLET
		"\",\"extra_nonce\":\"00\"}}",
		SURE, STRATUM_DAEMON, STRATUM_GET, "getblocktemplate"},
	{"without HTTP",
		"{\"method\":\"get_block_template\",\"params\":{\"wallet_address\":\"a\"}}", SURE,
		STRATUM_DAEMON, STRATUM_GET, "get_block_template"},
	{"template", OK "{\"id\":0,\"result\":{\"blocktemplate_blob\":\"" BLOB "\"}}", SURE,
		STRATUM_DAEMON, STRATUM_JOB | STRATUM_ANSWER, "getblocktemplate"},
	{"template, monerod's order", OK "{\n  \"result\": {\n    \"blockhashing_blob\": \"" BLOB,
		SURE, STRATUM_DAEMON, STRATUM_JOB | STRATUM_ANSWER, "getblocktemplate"},
	{"submitblock: of pools too", POST "{\"method\":\"submitblock\",\"params\":[\"0e0e\"]}",
		UNSURE, STRATUM_DAEMON, STRATUM_SUBMIT, "submitblock"},
	{"bitcoind's getblocktemplate",
		POST "{\"method\":\"getblocktemplate\",\"params\":[{\"rules\":[\"segwit\"]}]}",
		UNSURE, STRATUM_DAEMON, STRATUM_GET, "getblocktemplate"},
	{"poll of the height: of wallets too", "GET /getheight HTTP/1.1\r\nHost: a\r\n\r\n", UNSURE,
		STRATUM_DAEMON, STRATUM_GET, "getheight"},
	{"poll with a body", "GET /get_info HTTP/1.1\r\n\r\n{}", UNSURE, STRATUM_DAEMON,
		STRATUM_GET, "getheight"},
	{"poll with more in it",
		"GET /get_info "
		"HTTP/"
		"1.1\r\n\r\n{\"method\":\"get_block_template\",\"params\":{\"wallet_address\":"
		"\"a\"}}",
		SURE, STRATUM_DAEMON, STRATUM_GET, "get_block_template"},
	/* several dialects, and what decides */
	{"unsure before sure",
		"{\"method\":\"login\"}\n{\"id\":1,\"method\":\"mining.authorize\",\"params\":["
		"\"a\"]}\n",
		SURE, STRATUM_BITCOIN, STRATUM_LOGIN, "mining.authorize"},
	{"sure before unsure",
		"{\"id\":1,\"method\":\"mining.authorize\",\"params\":[\"a\"]}\n{\"method\":"
		"\"getjob\"}\n",
		SURE, STRATUM_BITCOIN, STRATUM_LOGIN | STRATUM_GET, "mining.authorize"},
	{"through an HTTP proxy",
		"CONNECT p:3333 HTTP/1.1\r\nHost: p:3333\r\n\r\n" LOGIN(
			"\"login\":\"a\",\"agent\":\"b\""),
		SURE, STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	/* an honest JSON-RPC could say it */
	{"a chat's login", "{\"method\":\"login\",\"params\":{\"user\":\"a\",\"pass\":\"b\"}}\n",
		UNSURE, STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	{"a chat's login with an agent",
		"{\"method\":\"login\",\"params\":{\"user\":\"a\",\"agent\":\"Mozilla/5.0\"}}\n",
		UNSURE, STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	{"login and password", LOGIN("\"login\":\"a\",\"pass\":\"b\""), UNSURE, STRATUM_CRYPTONOTE,
		STRATUM_LOGIN, "login"},
	{"an address without a checksum",
		LOGIN("\"login\":\"0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae\""), UNSURE,
		STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	{"another checksum", LOGIN("\"login\":\"" WALLET_OTHER_CHECKSUM "\""), UNSURE,
		STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	{"a web application's login", POST LOGIN("\"login\":\"a\",\"agent\":\"Mozilla/5.0\""),
		UNSURE, STRATUM_CRYPTONOTE, STRATUM_LOGIN, "login"},
	{"a form's submit", "{\"method\":\"submit\",\"params\":{\"id\":\"a\",\"text\":\"b\"}}\n",
		UNSURE, STRATUM_CRYPTONOTE, STRATUM_SUBMIT, "submit"},
	{"a scheduler's job", "{\"method\":\"job\",\"params\":{\"job_id\":\"a\"}}\n", UNSURE,
		STRATUM_CRYPTONOTE, STRATUM_JOB, "job"},
	{"a build's job",
		"{\"method\":\"job\",\"params\":{\"blob\":\"9f3a\",\"target\":\"x86_64-linux\"}}\n",
		UNSURE, STRATUM_CRYPTONOTE, STRATUM_JOB, "job"},
	{"a converter's job", "{\"method\":\"job\",\"input\":\"feed\",\"difficulty\":1}\n", UNSURE,
		STRATUM_CRYPTONOTE, STRATUM_JOB, "job"},
	{"a job on a file by its digest", "{\"method\":\"job\",\"input\":\"" INPUT "\"}\n", UNSURE,
		STRATUM_CRYPTONOTE, STRATUM_JOB, "job"},
	{"a digest that is none",
		"{\"method\":\"job\",\"input\":\"x" INPUT_SHORT "\",\"difficulty\":1}\n", UNSURE,
		STRATUM_CRYPTONOTE, STRATUM_JOB, "job"},
	{"a web application's job",
		POST "{\"method\":\"job\",\"input\":\"" INPUT "\",\"difficulty\":1}", UNSURE,
		STRATUM_CRYPTONOTE, STRATUM_JOB, "job"},
	{"a store's blob", "{\"id\":1,\"result\":{\"blob\":\"a\",\"target\":\"b\"}}\n", UNSURE,
		STRATUM_CRYPTONOTE, STRATUM_JOB | STRATUM_ANSWER, "job"},
	/* and this is none of it */
	{"language server",
		"Content-Length: "
		"99\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{}}",
		NOTHING, STRATUM_NONE, 0, NULL},
	{"login inside a language server's framing",
		"Content-Length: 99\r\n\r\n" LOGIN("\"login\":\"a\",\"agent\":\"b\""), NOTHING,
		STRATUM_NONE, 0, NULL},
	{"a pool's queue in Redis",
		"*3\r\n$5\r\nLPUSH\r\n$1\r\nq\r\n$99\r\n" LOGIN("\"login\":\"a\",\"agent\":\"b\""),
		NOTHING, STRATUM_NONE, 0, NULL},
	{"Electrum",
		"{\"id\":0,\"method\":\"server.version\",\"params\":[\"electrum/4.5\",\"1.4\"]}\n",
		NOTHING, STRATUM_NONE, 0, NULL},
	{"Electrum's subscription",
		"{\"id\":1,\"method\":\"blockchain.headers.subscribe\",\"params\":[]}\n", NOTHING,
		STRATUM_NONE, 0, NULL},
	{"Electrum's answer",
		"{\"jsonrpc\":\"2.0\",\"result\":[\"ElectrumX 1.16\",\"1.4\"],\"id\":0}\n", NOTHING,
		STRATUM_NONE, 0, NULL},
	{"bitcoind", POST "{\"method\":\"getmininginfo\",\"params\":[]}", NOTHING, STRATUM_NONE, 0,
		NULL},
	{"Ethereum",
		POST "{\"jsonrpc\":\"2.0\",\"method\":\"eth_blockNumber\",\"params\":[],\"id\":1}",
		NOTHING, STRATUM_NONE, 0, NULL},
	{"Ethereum's new blocks",
		"{\"id\":1,\"result\":[\"" HASH "\",\"" HASH "\",\"" HASH "\"]}\n", NOTHING,
		STRATUM_NONE, 0, NULL},
	{"a Monero node", OK "{\"id\":0,\"result\":{\"height\":1,\"status\":\"OK\"}}", NOTHING,
		STRATUM_NONE, 0, NULL},
	{"true", "{\"id\":1,\"result\":true,\"error\":null}\n", NOTHING, STRATUM_NONE, 0, NULL},
	{"method below params",
		"{\"params\":{\"method\":\"login\",\"params\":{\"login\":\"a\",\"agent\":\"b\"}}}"
		"\n",
		NOTHING, STRATUM_NONE, 0, NULL},
	{"method in a text",
		"{\"text\":\"{\\\"method\\\":\\\"mining.notify\\\",\\\"params\\\":[]}\"}\n",
		NOTHING, STRATUM_NONE, 0, NULL},
	{"method as an element", "[\"method\",\"mining.subscribe\",[]]\n", NOTHING, STRATUM_NONE, 0,
		NULL},
	{"method as a list", "{\"method\":[\"mining.notify\"],\"params\":[]}\n", NOTHING,
		STRATUM_NONE, 0, NULL},
	{"another method", "{\"method\":\"mining.pause\",\"params\":[]}\n", NOTHING, STRATUM_NONE,
		0, NULL},
	{"a web page", OK "<html><pre>{\"method\":\"mining.notify\",\"params\":[]}\n</pre>",
		NOTHING, STRATUM_NONE, 0, NULL},
	{"a request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", NOTHING, STRATUM_NONE, 0, NULL},
	{"TLS", "\x16\x03\x01\x02", NOTHING, STRATUM_NONE, 0, NULL},
	{"nothing", "", NOTHING, STRATUM_NONE, 0, NULL},
	{"blanks", "\r\n \t\n", NOTHING, STRATUM_NONE, 0, NULL},
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stratum_message got;
		bool found = stratum_read(span_of(rows[i].bytes), &got);

		if (found != (rows[i].certainty != NOTHING) ||
			got.sure != (rows[i].certainty == SURE))
			fail_msg("%s: %s", rows[i].name,
				!found	   ? "none"
				: got.sure ? "sure"
					   : "unsure");
		if (got.dialect != rows[i].dialect || got.what != rows[i].what)
			fail_msg("%s: %s %#x", rows[i].name, stratum_dialect_name(got.dialect),
				got.what);
		if (found && strcmp(got.method, rows[i].method) != 0)
			fail_msg("%s: %s", rows[i].name, got.method);
	}
	assert_false(stratum_read((struct span){NULL, 0}, &(struct stratum_message){0}));
}

static const struct {
	const char *name, *bytes, *user, *agent, *worker, *algo;
} texts[] = {
	{"xmrig",
		LOGIN("\"login\":\"" WALLET "\",\"pass\":\"x\",\"agent\":\"" XMRIG_AGENT
		      "\",\"rigid\":\"r1\",\"algo\":[\"rx/0\",\"cn/2\"]"),
		WALLET, XMRIG_AGENT, "r1", "rx/0"},
	{"worker behind the wallet", LOGIN("\"login\":\"" WALLET ".r2\",\"agent\":\"b\""),
		WALLET ".r2", "b", "r2", ""},
	{"worker behind the difficulty", LOGIN("\"login\":\"" WALLET "+5000/r3\",\"agent\":\"b\""),
		WALLET "+5000/r3", "b", "r3", ""},
	{"worker of an account", LOGIN("\"login\":\"me.r4\",\"agent\":\"b\""), "me.r4", "b", "r4",
		""},
	{"worker of an e-mail address", LOGIN("\"login\":\"me@a.org/r5\",\"agent\":\"b\""),
		"me@a.org/r5", "b", "r5", ""},
	{"e-mail address", LOGIN("\"login\":\"me@a.org\",\"agent\":\"b\""), "me@a.org", "b", "",
		""},
	{"escapes stay", LOGIN("\"login\":\"a\\u002e\\\"b\",\"agent\":\"c\""), "a\\u002e\\\"b", "c",
		"", ""},
	{"bitcoin",
		"{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"m/"
		"1\"]}\n{\"id\":2,\"method\":"
		"\"mining.authorize\",\"params\":[\"a.w\",\"x\"]}\n",
		"a.w", "m/1", "w", ""},
	{"bitcoin's submit", "{\"method\":\"mining.submit\",\"params\":[\"a.w\",\"b\"]}\n", "a.w",
		"", "w", ""},
	{"Iron Fish",
		"{\"method\":\"mining.subscribe\",\"body\":{\"name\":\"r6\",\"publicAddress\":"
		"\"ab\"}}\n",
		"ab", "", "r6", ""},
	{"ethproxy",
		"{\"worker\":\"w\",\"params\":[\"0xde\",\"x\"],\"id\":2,\"method\":\"eth_"
		"submitLogin\"}\n",
		"0xde", "", "w", ""},
	{"daemon",
		"POST /json_rpc HTTP/1.1\r\nuser-agent:  X/1 "
		"\r\n\r\n{\"method\":\"getblocktemplate\","
		"\"params\":{\"wallet_address\":\"" WALLET "\"}}",
		WALLET, "X/1 ", "", ""},
	{"of the first login",
		LOGIN("\"login\":\"a\",\"agent\":\"b\"") LOGIN("\"login\":\"c.w\",\"agent\":\"d\""),
		"a", "b", "", ""},
	{"of the first sure login",
		LOGIN("\"login\":\"a.v\"") LOGIN("\"login\":\"c.w\",\"agent\":\"d\""), "c.w", "d",
		"w", ""},
	{"not of a later unsure one",
		LOGIN("\"agent\":\"b\",\"algo\":[]") LOGIN("\"login\":\"a.v\""), "", "b", "", ""},
	{"given twice", LOGIN("\"login\":\"a\",\"login\":\"c\",\"agent\":\"b\""), "a", "b", "", ""},
	{"algorithm of a job",
		"{\"id\":1,\"result\":{\"job\":{\"blob\":\"00\",\"job_id\":\"1\",\"algo\":\"rx/"
		"0\"}}}\n",
		"", "", "", "rx/0"},
	{"cut off", "{\"method\":\"login\",\"params\":{\"login\":\"a\",\"agent\":\"XMR", "a", "XMR",
		"", ""},
};

static void names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct stratum_message got;

		assert_true(stratum_read(span_of(texts[i].bytes), &got));
		if (!span_equal(got.user, span_of(texts[i].user)) ||
			!span_equal(got.agent, span_of(texts[i].agent)) ||
			!span_equal(got.worker, span_of(texts[i].worker)) ||
			!span_equal(got.algo, span_of(texts[i].algo)))
			fail_msg("%s: %.*s|%.*s|%.*s|%.*s", texts[i].name, (int)got.user.len,
				got.user.data, (int)got.agent.len, got.agent.data,
				(int)got.worker.len, got.worker.data, (int)got.algo.len,
				got.algo.data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
