/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the mining protocols: calls, answers, and the places in them that say something. */
#include "wire/stratum_words.h"

#include <string.h>

#include "util/span.h"
#include "util/wallet.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HASH_LEN 66 /* 0x and 32 bytes */

/*
 * CryptoNote: xmrig src/base/net/stratum/Client.cpp, SelfSelectClient.cpp; daemon mode:
 * DaemonClient.cpp; Bitcoin-style and EthereumStratum: EthStratumClient.cpp, AutoClient.cpp,
 * slush's protocol, BIP 310, EIP 1571; ethproxy: ethminer libpoolprotocols/stratum. Iron Fish:
 * ironfish src/mining/stratum, its parameters are in "body"; Beam: beam pow/stratum.cpp, its job is
 * not in "params".
 *
 * A login over HTTP with an agent may be that of any web application. getblocktemplate without a
 * wallet is what pools, explorers and solo miners alike ask of bitcoind; eth_getWork over HTTP what
 * monitoring asks of geth.
 */
const struct stratum_word stratum_methods[] = {
	{"login", 0, STRATUM_CRYPTONOTE, STRATUM_LOGIN, TEXT_NONE,
		{SIGN_RAW | SIGN_LOGIN | SIGN_AGENT, SIGN_LOGIN | SIGN_ALGORITHMS,
			SIGN_AGENT | SIGN_ALGORITHMS, SIGN_PROVED}},
	{"keepalived", 0, STRATUM_CRYPTONOTE, STRATUM_KEEPALIVE, TEXT_NONE, {SIGN_ID}},
	{"submit", 0, STRATUM_CRYPTONOTE, STRATUM_SUBMIT, TEXT_NONE, {SIGN_JOB_ID | SIGN_NONCE}},
	{"block_template", 0, STRATUM_CRYPTONOTE, STRATUM_SUBMIT, TEXT_NONE,
		{SIGN_JOB_ID | SIGN_BLOB}},
	{"getjob", 0, STRATUM_CRYPTONOTE, STRATUM_GET, TEXT_NONE, {0}},
	{"job", 0, STRATUM_CRYPTONOTE, STRATUM_JOB, TEXT_NONE,
		{SIGN_BLOB | SIGN_JOB_ID, SIGN_RAW | SIGN_INPUT | SIGN_DIFFICULTY}},

	{"mining.subscribe", 0, STRATUM_BITCOIN, STRATUM_SUBSCRIBE, TEXT_AGENT, {SIGN_PARAMS}},
	{"mining.hello", 0, STRATUM_BITCOIN, STRATUM_SUBSCRIBE, TEXT_NONE, {SIGN_PARAMS}},
	{"mining.extranonce.subscribe", 0, STRATUM_BITCOIN, STRATUM_SUBSCRIBE, TEXT_NONE,
		{SIGN_PARAMS}},
	{"mining.configure", 0, STRATUM_BITCOIN, STRATUM_SUBSCRIBE, TEXT_NONE, {SIGN_PARAMS}},
	{"mining.suggest_difficulty", 0, STRATUM_BITCOIN, STRATUM_SUBSCRIBE, TEXT_NONE,
		{SIGN_PARAMS}},
	{"mining.suggest_target", 0, STRATUM_BITCOIN, STRATUM_SUBSCRIBE, TEXT_NONE, {SIGN_PARAMS}},
	{"mining.authorize", 0, STRATUM_BITCOIN, STRATUM_LOGIN, TEXT_USER, {SIGN_PARAMS}},
	{"mining.submit", 0, STRATUM_BITCOIN, STRATUM_SUBMIT, TEXT_USER, {SIGN_PARAMS}},
	{"mining.notify", 0, STRATUM_BITCOIN, STRATUM_JOB, TEXT_NONE, {SIGN_PARAMS}},
	{"mining.set", 0, STRATUM_BITCOIN, STRATUM_JOB, TEXT_NONE, {SIGN_PARAMS}},
	{"mining.set_difficulty", 0, STRATUM_BITCOIN, STRATUM_JOB, TEXT_NONE, {SIGN_PARAMS}},
	{"mining.set_target", 0, STRATUM_BITCOIN, STRATUM_JOB, TEXT_NONE, {SIGN_PARAMS}},
	{"mining.set_extranonce", 0, STRATUM_BITCOIN, STRATUM_JOB, TEXT_NONE, {SIGN_PARAMS}},
	{"mining.set_version_mask", 0, STRATUM_BITCOIN, STRATUM_JOB, TEXT_NONE, {SIGN_PARAMS}},
	{"client.reconnect", 0, STRATUM_BITCOIN, STRATUM_ANSWER, TEXT_NONE, {0}},

	{"eth_submitLogin", 0, STRATUM_ETHEREUM, STRATUM_LOGIN, TEXT_USER, {SIGN_PARAMS}},
	{"eth_getWork", 0, STRATUM_ETHEREUM, STRATUM_GET, TEXT_NONE, {SIGN_RAW}},
	{"eth_submitWork", 0, STRATUM_ETHEREUM, STRATUM_SUBMIT, TEXT_NONE,
		{SIGN_RAW | SIGN_PARAMS}},
	{"eth_submitHashrate", 0, STRATUM_ETHEREUM, STRATUM_KEEPALIVE, TEXT_NONE,
		{SIGN_RAW | SIGN_PARAMS}},

	{"getblocktemplate", 0, STRATUM_DAEMON, STRATUM_GET, TEXT_NONE, {SIGN_WALLET_ADDRESS}},
	{"get_block_template", 0, STRATUM_DAEMON, STRATUM_GET, TEXT_NONE, {SIGN_WALLET_ADDRESS}},
	{"submitblock", 0, STRATUM_DAEMON, STRATUM_SUBMIT, TEXT_NONE, {0}},
	{"submit_block", 0, STRATUM_DAEMON, STRATUM_SUBMIT, TEXT_NONE, {0}},
};
const unsigned stratum_methods_count = COUNT(stratum_methods);

/*
 * "status":"OK" is in every answer of a Monero node, over HTTP. A blob and a target may be a file
 * store's; with a job_id they are a job.
 */
const struct stratum_word stratum_answers[] = {
	{"job", SIGN_RESULT_BLOB | SIGN_RESULT_JOB_ID, STRATUM_CRYPTONOTE,
		STRATUM_JOB | STRATUM_ANSWER, TEXT_NONE, {SIGN_RESULT_BLOB}},
	{"job", SIGN_RESULT_BLOB | SIGN_RESULT_TARGET, STRATUM_CRYPTONOTE,
		STRATUM_JOB | STRATUM_ANSWER, TEXT_NONE, {SIGN_RESULT_BLOB | SIGN_RESULT_JOB_ID}},
	{"keepalived", SIGN_RESULT_KEEPALIVED, STRATUM_CRYPTONOTE, STRATUM_ANSWER, TEXT_NONE,
		{SIGN_RESULT_KEEPALIVED}},
	{"status", SIGN_RAW | SIGN_RESULT_OK, STRATUM_CRYPTONOTE, STRATUM_ANSWER, TEXT_NONE, {0}},
	{"mining.subscribe", SIGN_RESULT_SUBSCRIBED, STRATUM_BITCOIN, STRATUM_ANSWER, TEXT_NONE,
		{SIGN_RESULT_SUBSCRIBED}},
	{"eth_getWork", SIGN_RESULT_HEADER | SIGN_RESULT_SEED | SIGN_RESULT_BOUNDARY,
		STRATUM_ETHEREUM, STRATUM_JOB | STRATUM_ANSWER, TEXT_NONE, {SIGN_RAW}},
	{"getblocktemplate", SIGN_RESULT_TEMPLATE, STRATUM_DAEMON, STRATUM_JOB | STRATUM_ANSWER,
		TEXT_NONE, {SIGN_RESULT_TEMPLATE}},
};
const unsigned stratum_answers_count = COUNT(stratum_answers);

static bool is_proved(struct span text)
{
	struct wallet wallet;

	return wallet_read(text, &wallet) && wallet.proved;
}

static bool is_ok(struct span text)
{
	return json_text_is(text, "OK");
}

static bool is_keepalived(struct span text)
{
	return json_text_is(text, "KEEPALIVED");
}

/* What a subscription is to, in the answer to it. */
static bool is_subscription(struct span text)
{
	return json_text_is(text, "mining.notify") || json_text_is(text, "mining.set_difficulty");
}

static bool is_hash(struct span text)
{
	return text.len == HASH_LEN && span_starts(text, "0x");
}

/* 32 bytes in hexadecimal digits. */
static bool is_digest(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!memchr("0123456789abcdefABCDEF", text.data[i], 22))
			return false;
	return text.len == 64;
}

static bool is_null(struct span text)
{
	return json_text_is(text, "null");
}

/* Other answers are lists of hashes too (eth_getFilterChanges); few begin with so many zeros. */
static bool is_boundary(struct span text)
{
	return is_hash(text) && span_starts(text, "0x00000000");
}

const struct stratum_place stratum_places[] = {
	{{"params"}, JSON_OBJECT, SIGN_PARAMS, TEXT_NONE, NULL},
	{{"params"}, JSON_ARRAY, SIGN_PARAMS, TEXT_NONE, NULL},
	{{"params"}, JSON_WORD, SIGN_PARAMS, TEXT_NONE, is_null},
	{{"body"}, JSON_OBJECT, SIGN_PARAMS, TEXT_NONE, NULL},
	{{"body"}, JSON_ARRAY, SIGN_PARAMS, TEXT_NONE, NULL},
	{{"body"}, JSON_WORD, SIGN_PARAMS, TEXT_NONE, is_null},
	{{"body", "publicAddress"}, JSON_STRING, 0, TEXT_USER, NULL},
	{{"body", "name"}, JSON_STRING, 0, TEXT_WORKER, NULL},
	{{"input"}, JSON_STRING, SIGN_INPUT, TEXT_NONE, is_digest},
	{{"difficulty"}, JSON_WORD, SIGN_DIFFICULTY, TEXT_NONE, NULL},
	{{"params", "#0"}, JSON_STRING, 0, TEXT_FIRST, NULL},
	{{"params", "login"}, JSON_STRING, SIGN_LOGIN, TEXT_USER, NULL},
	{{"params", "login"}, JSON_STRING, SIGN_PROVED, TEXT_NONE, is_proved},
	{{"params", "wallet_address"}, JSON_STRING, SIGN_WALLET_ADDRESS, TEXT_USER, NULL},
	{{"params", "agent"}, JSON_STRING, SIGN_AGENT, TEXT_AGENT, NULL},
	{{"params", "rigid"}, JSON_STRING, 0, TEXT_WORKER, NULL},
	{{"worker"}, JSON_STRING, 0, TEXT_WORKER, NULL}, /* ethproxy */
	{{"params", "algo"}, JSON_ARRAY, SIGN_ALGORITHMS, TEXT_NONE, NULL},
	{{"params", "algo", "#0"}, JSON_STRING, 0, TEXT_ALGO, NULL},
	{{"params", "algo"}, JSON_STRING, 0, TEXT_ALGO, NULL},
	{{"result", "job", "algo"}, JSON_STRING, 0, TEXT_ALGO, NULL},
	{{"params", "id"}, JSON_STRING, SIGN_ID, TEXT_NONE, NULL},
	{{"params", "job_id"}, JSON_STRING, SIGN_JOB_ID, TEXT_NONE, NULL},
	{{"params", "nonce"}, JSON_STRING, SIGN_NONCE, TEXT_NONE, NULL},
	{{"params", "blob"}, JSON_STRING, SIGN_BLOB, TEXT_NONE, NULL},
	{{"result", "job_id"}, JSON_STRING, SIGN_RESULT_JOB_ID, TEXT_NONE, NULL},
	{{"result", "blob"}, JSON_STRING, SIGN_RESULT_BLOB, TEXT_NONE, NULL},
	{{"result", "target"}, JSON_STRING, SIGN_RESULT_TARGET, TEXT_NONE, NULL},
	{{"result", "job", "job_id"}, JSON_STRING, SIGN_RESULT_JOB_ID, TEXT_NONE, NULL},
	{{"result", "job", "blob"}, JSON_STRING, SIGN_RESULT_BLOB, TEXT_NONE, NULL},
	{{"result", "job", "target"}, JSON_STRING, SIGN_RESULT_TARGET, TEXT_NONE, NULL},
	{{"result", "status"}, JSON_STRING, SIGN_RESULT_OK, TEXT_NONE, is_ok},
	{{"result", "status"}, JSON_STRING, SIGN_RESULT_KEEPALIVED, TEXT_NONE, is_keepalived},
	{{"result", "blocktemplate_blob"}, JSON_STRING, SIGN_RESULT_TEMPLATE, TEXT_NONE, NULL},
	{{"result", "blockhashing_blob"}, JSON_STRING, SIGN_RESULT_TEMPLATE, TEXT_NONE, NULL},
	{{"result", "#0", "#0"}, JSON_STRING, SIGN_RESULT_SUBSCRIBED, TEXT_NONE, is_subscription},
	{{"result", "#0", "#0", "#0"}, JSON_STRING, SIGN_RESULT_SUBSCRIBED, TEXT_NONE,
		is_subscription},
	{{"result", "#0"}, JSON_STRING, SIGN_RESULT_HEADER, TEXT_NONE, is_hash},
	{{"result", "#1"}, JSON_STRING, SIGN_RESULT_SEED, TEXT_NONE, is_hash},
	{{"result", "#2"}, JSON_STRING, SIGN_RESULT_BOUNDARY, TEXT_NONE, is_boundary},
};
const unsigned stratum_places_count = COUNT(stratum_places);
