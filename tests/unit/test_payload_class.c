// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/wire/payload_class.c: classes, what is kept, when more bytes are wanted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "wire/payload_class.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES(text)                    \
	{                              \
		text, sizeof(text) - 1 \
	}

#define LOGIN                                                                             \
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"x\"," \
	"\"pass\":\"x\",\"agent\":\"XMRig/6.21.0 (Linux x86_64)\",\"algo\":[\"rx/0\"]}}\n"
#define JOB                                                                                       \
	"{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":{\"blob\":\"0e0e\",\"job_id\":\"1\"," \
	"\"target\":\"b88d0600\",\"height\":1}}\n"
#define SUBSCRIBE "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"cpuminer/2.5.1\"]}\n"
#define TEMPLATE                                                                    \
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"getblocktemplate\",\"params\":" \
	"{\"wallet_address\":\"4xyz\",\"extra_nonce\":\"00\"}}"
#define BRACKETS                                                                         \
	"{\"id\":\"{[\\\"{\",\"method\":\"getblocktemplate\",\"params\":{\"a\":\"}]}\"," \
	"\"wallet_address\":\"4xyz\"}}"
#define TEMPLATE_ANSWER                                                              \
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":{\"blocktemplate_blob\":\"0e0e\"," \
	"\"difficulty\":1,\"height\":1,\"prev_hash\":\"00\",\"seed_hash\":\"00\"}}"
#define JOB_ANSWER "{\"result\":{\"job_id\":\"41\",\"blob\":\"aGVsbG8=\",\"state\":\"done\"}}"
#define HASH "0x5eed0000000000000000000000000000000000000000000000000000000000ab"
#define BOUNDARY "0x00000000ffff00000000ffff00000000ffff00000000ffff00000000ffff0000"
#define WORK_ANSWER \
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":[\"" HASH "\",\"" HASH "\",\"" BOUNDARY "\"]}"
#define CHAT_LOGIN                                                                         \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"login\",\"params\":{\"user\":\"bob\"," \
	"\"password\":\"secret\"}}\n"
#define SECRETS "Authorization: Basic secret\r\nCookie: secret\r\n"
/* A hello by hand, with the name "a". */
#define ZEROS8 "\0\0\0\0\0\0\0\0"
#define HELLO                                                                               \
	"\x16\3\1\0\x39\1\0\0\x35\3\3" ZEROS8 ZEROS8 ZEROS8 ZEROS8 "\0\0\2\x13\1\1\0\0\x0a" \
	"\0\0\0\6\0\4\0\0\1\x61"
#define OK "HTTP/1.1 200 Connection established\r\nSet-Cookie: secret\r\n\r\n"
#define DNS "\x12\x34\x81\x80\0\1\0\1\0\0\0\0\1a\0\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x0a\1\2\3"

static const struct {
	const char *name;
	enum payload_direction direction;
	struct span bytes;
	enum payload_class class;
	bool more;
	struct span keep;
} rows[] = {
	/* what readers know */
	{"login", PAYLOAD_SENT, BYTES(LOGIN), PAYLOAD_STRATUM, true, BYTES(LOGIN)},
	{"login behind blanks", PAYLOAD_SENT, BYTES("\r\n \t" LOGIN), PAYLOAD_STRATUM, true,
		BYTES(LOGIN)},
	{"two lines", PAYLOAD_SENT, BYTES("{}\n" SUBSCRIBE), PAYLOAD_STRATUM, true,
		BYTES("{}\n" SUBSCRIBE)},
	{"job", PAYLOAD_RECEIVED, BYTES(JOB), PAYLOAD_STRATUM, true, BYTES(JOB)},
	{"lines, then what is none", PAYLOAD_SENT, BYTES(LOGIN "GET / HTTP/1.1\r\n" SECRETS),
		PAYLOAD_STRATUM, true, BYTES(LOGIN)},
	{"hello", PAYLOAD_SENT, BYTES(HELLO), PAYLOAD_TLS, false, BYTES(HELLO)},
	{"hello, and more behind", PAYLOAD_SENT, BYTES(HELLO "secret"), PAYLOAD_TLS, false,
		BYTES(HELLO)},
	{"half a hello", PAYLOAD_SENT, BYTES("\x16\3\1\0\x39\1\0\0\x35\3\3"), PAYLOAD_TLS, true,
		BYTES("\x16\3\1\0\x39\1\0\0\x35\3\3")},
	{"a call to a node, without its header lines", PAYLOAD_SENT,
		BYTES("POST /json_rpc HTTP/1.1\r\n" SECRETS "\r\n" TEMPLATE), PAYLOAD_DAEMON, true,
		BYTES("POST /json_rpc HTTP/1.1\r\n\r\n" TEMPLATE)},
	{"without those of the next call either", PAYLOAD_SENT,
		BYTES("POST /json_rpc HTTP/1.1\r\n\r\n" TEMPLATE "POST / HTTP/1.1\r\n" SECRETS),
		PAYLOAD_DAEMON, true, BYTES("POST /json_rpc HTTP/1.1\r\n\r\n" TEMPLATE)},
	{"brackets in its texts", PAYLOAD_SENT,
		BYTES("POST / HTTP/1.1\r\n\r\n" BRACKETS "POST / HTTP/1.1\r\n" SECRETS),
		PAYLOAD_DAEMON, true, BYTES("POST / HTTP/1.1\r\n\r\n" BRACKETS)},
	{"behind a call without a body", PAYLOAD_SENT,
		BYTES("GET /getheight HTTP/1.1\r\n" SECRETS
		      "\r\nPOST /json_rpc HTTP/1.1\r\n" SECRETS "\r\n" TEMPLATE),
		PAYLOAD_DAEMON, true, BYTES("POST /json_rpc HTTP/1.1\r\n\r\n" TEMPLATE)},
	{"a node's answer", PAYLOAD_RECEIVED,
		BYTES("HTTP/1.1 200 Ok\r\nSet-Cookie: secret\r\n\r\n" TEMPLATE_ANSWER),
		PAYLOAD_DAEMON, true, BYTES("HTTP/1.1 200 Ok\r\n\r\n" TEMPLATE_ANSWER)},
	/* proxies */
	{"CONNECT", PAYLOAD_SENT, BYTES("CONNECT a:1 HTTP/1.1\r\n" SECRETS "\r\n"), PAYLOAD_CONNECT,
		true, BYTES("CONNECT a:1 HTTP/1.1\r\n\r\n")},
	{"CONNECT, its line alone", PAYLOAD_SENT, BYTES("CONNECT a:1 HTTP/1.1\r\n" SECRETS),
		PAYLOAD_CONNECT, true, BYTES("CONNECT a:1 HTTP/1.1")},
	{"CONNECT, then login", PAYLOAD_SENT,
		BYTES("CONNECT a:1 HTTP/1.1\r\n" SECRETS "\r\n" LOGIN), PAYLOAD_CONNECT, true,
		BYTES("CONNECT a:1 HTTP/1.1\r\n\r\n" LOGIN)},
	{"CONNECT, then a hello", PAYLOAD_SENT,
		BYTES("CONNECT a:1 HTTP/1.1\r\n" SECRETS "\r\n" HELLO), PAYLOAD_CONNECT, false,
		BYTES("CONNECT a:1 HTTP/1.1\r\n\r\n" HELLO)},
	{"CONNECT, then a call to a node", PAYLOAD_SENT,
		BYTES("CONNECT a:1 HTTP/1.1\r\n" SECRETS "\r\nPOST / HTTP/1.1\r\n" SECRETS
		      "\r\n" TEMPLATE),
		PAYLOAD_CONNECT, true,
		BYTES("CONNECT a:1 HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\n\r\n" TEMPLATE)},
	{"CONNECT, then something else", PAYLOAD_SENT,
		BYTES("CONNECT a:1 HTTP/1.1\r\n\r\nSSH-2.0-secret\r\n"), PAYLOAD_CONNECT, false,
		BYTES("CONNECT a:1 HTTP/1.1\r\n\r\n")},
	{"CONNECT, then a chat's login", PAYLOAD_SENT,
		BYTES("CONNECT a:1 HTTP/1.1\r\n\r\n" CHAT_LOGIN), PAYLOAD_CONNECT, true,
		BYTES("CONNECT a:1 HTTP/1.1\r\n\r\n")},
	{"CONNECT in CONNECT", PAYLOAD_SENT,
		BYTES("CONNECT a:1 HTTP/1.1\r\n\r\nCONNECT b:1 HTTP/1.1\r\n\r\n"), PAYLOAD_CONNECT,
		true, BYTES("CONNECT a:1 HTTP/1.1\r\n\r\n")},
	{"SOCKS4, then login", PAYLOAD_SENT, BYTES("\4\1\1\xbb\x0a\1\2\3secret\0" LOGIN),
		PAYLOAD_SOCKS, true, BYTES("\4\1\1\xbb\x0a\1\2\3\0" LOGIN)},
	{"SOCKS5 with a password, then a hello", PAYLOAD_SENT,
		BYTES("\5\1\2\1\6secret\6secret\5\1\0\3\1a\1\xbb" HELLO), PAYLOAD_SOCKS, false,
		BYTES("\5\1\0\3\1a\1\xbb" HELLO)},
	{"the target behind CONNECT", PAYLOAD_RECEIVED, BYTES(OK JOB), PAYLOAD_STRATUM, true,
		BYTES(JOB)},
	{"its second line tells", PAYLOAD_RECEIVED, BYTES(OK "{\"id\":1,\"result\":true}\n" JOB),
		PAYLOAD_STRATUM, true, BYTES("{\"id\":1,\"result\":true}\n" JOB)},
	{"behind CONNECT by HTTP/1.0, a line about no content", PAYLOAD_RECEIVED,
		BYTES("HTTP/1.0 200 OK\nX-Content-Length: 1\nContent-Lengths: 1\n\n" JOB),
		PAYLOAD_STRATUM, true, BYTES(JOB)},
	{"the target behind SOCKS4", PAYLOAD_RECEIVED, BYTES("\0\x5a\0\0\0\0\0\0" JOB),
		PAYLOAD_STRATUM, true, BYTES(JOB)},
	{"behind SOCKS5", PAYLOAD_RECEIVED, BYTES("\5\0\5\0\0\1\0\0\0\0\0\0" JOB), PAYLOAD_STRATUM,
		true, BYTES(JOB)},
	{"behind SOCKS5 without a greeting", PAYLOAD_RECEIVED, BYTES("\5\0\0\1\0\0\0\0\0\0" JOB),
		PAYLOAD_STRATUM, true, BYTES(JOB)},
	{"behind SOCKS5 with a password", PAYLOAD_RECEIVED,
		BYTES("\5\2\1\0\5\0\0\4" ZEROS8 ZEROS8 "\0\0" JOB), PAYLOAD_STRATUM, true,
		BYTES(JOB)},
	{"behind SOCKS5 at a name", PAYLOAD_RECEIVED, BYTES("\5\0\5\0\0\3\1a\0\0" JOB),
		PAYLOAD_STRATUM, true, BYTES(JOB)},
	/* withheld */
	{"chat's login", PAYLOAD_SENT, BYTES(CHAT_LOGIN), PAYLOAD_OTHER_JSON, true, BYTES("")},
	{"a login without a wallet", PAYLOAD_SENT,
		BYTES("{\"id\":1,\"method\":\"login\",\"params\":{\"login\":\"bob\",\"pass\":"
		      "\"secret\"}}\n"),
		PAYLOAD_OTHER_JSON, true, BYTES("")},
	{"Electrum", PAYLOAD_SENT,
		BYTES("{\"id\":0,\"method\":\"server.version\",\"params\":[\"4.3\",\"1.4\"]}\n"),
		PAYLOAD_OTHER_JSON, true, BYTES("")},
	{"a batch", PAYLOAD_SENT, BYTES("[{\"id\":0,\"method\":\"eth_blockNumber\"}]"),
		PAYLOAD_OTHER_JSON, true, BYTES("")},
	{"undecided", PAYLOAD_SENT, BYTES("{\"id\":1,"), PAYLOAD_OTHER_JSON, true, BYTES("")},
	{"language server", PAYLOAD_SENT,
		BYTES("Content-Length: 52\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"initialize\"}"),
		PAYLOAD_OTHER, false, BYTES("")},
	{"a web page asked for", PAYLOAD_SENT, BYTES("GET / HTTP/1.1\r\n" SECRETS "\r\n"),
		PAYLOAD_OTHER_HTTP, true, BYTES("")},
	{"a form", PAYLOAD_SENT, BYTES("POST / HTTP/1.1\r\n\r\nuser=bob&password=secret"),
		PAYLOAD_OTHER_HTTP, true, BYTES("")},
	{"Bitcoin's node", PAYLOAD_SENT,
		BYTES("POST / HTTP/1.1\r\n" SECRETS "\r\n{\"id\":1,\"method\":\"getblockcount\"}"),
		PAYLOAD_OTHER_HTTP, true, BYTES("")},
	{"a call's words in a header line", PAYLOAD_SENT,
		BYTES("POST / HTTP/1.1\r\nX: " TEMPLATE "\r\n\r\n{\"secret\":1}"),
		PAYLOAD_OTHER_HTTP, true, BYTES("")},
	{"a web page", PAYLOAD_RECEIVED, BYTES("HTTP/1.1 200 OK\r\n\r\n{\"ok\":true}"),
		PAYLOAD_OTHER_HTTP, true, BYTES("")},
	{"a web API's answer, with a job_id and a blob", PAYLOAD_RECEIVED,
		BYTES("HTTP/1.1 200 OK\r\nServer: a\r\nContent-Type: "
		      "application/json\r\n\r\n" JOB_ANSWER),
		PAYLOAD_OTHER_HTTP, true, BYTES("")},
	{"its length alone", PAYLOAD_RECEIVED,
		BYTES("HTTP/1.0 200 OK\ncontent-length: 60\n\n" JOB_ANSWER), PAYLOAD_OTHER_HTTP,
		true, BYTES("")},
	{"its coding alone", PAYLOAD_RECEIVED,
		BYTES("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n" JOB_ANSWER),
		PAYLOAD_OTHER_HTTP, true, BYTES("")},
	{"Ethereum's work over HTTP", PAYLOAD_RECEIVED,
		BYTES("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" WORK_ANSWER),
		PAYLOAD_OTHER_HTTP, true, BYTES("")},
	{"a proxy's refusal", PAYLOAD_RECEIVED, BYTES("HTTP/1.1 403 Forbidden\r\n\r\n" JOB),
		PAYLOAD_OTHER_HTTP, true, BYTES("")},
	{"a job in a WebSocket's frame, not read as the README says", PAYLOAD_RECEIVED,
		BYTES("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x6e" JOB),
		PAYLOAD_OTHER_HTTP, true, BYTES("")},
	{"a login that a web server is sent", PAYLOAD_RECEIVED,
		BYTES("POST /login HTTP/1.1\r\n\r\n{\"method\":\"login\",\"params\":{\"login\":"
		      "\"bob\",\"pass\":\"secret\",\"agent\":\"Mozilla/5.0\"}}"),
		PAYLOAD_OTHER_HTTP, true, BYTES("")},
	{"HTTP/2", PAYLOAD_SENT, BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), PAYLOAD_OTHER_HTTP,
		true, BYTES("")},
	{"CONNECT to nothing", PAYLOAD_SENT, BYTES("CONNECT a HTTP/1.1\r\n"), PAYLOAD_OTHER_HTTP,
		true, BYTES("")},
	{"Redis", PAYLOAD_SENT, BYTES("*1\r\n$4\r\nPING\r\n"), PAYLOAD_OTHER, false, BYTES("")},
	{"SSH", PAYLOAD_SENT, BYTES("SSH-2.0-OpenSSH\r\n"), PAYLOAD_OTHER, false, BYTES("")},
	{"PostgreSQL", PAYLOAD_SENT, BYTES("\0\0\0\x08\4\xd2\x16\x2f"), PAYLOAD_OTHER, false,
		BYTES("")},
	{"ServerHello", PAYLOAD_RECEIVED, BYTES("\x16\3\3\0\6\2\0\0\2\3\3"), PAYLOAD_OTHER, false,
		BYTES("")},
	{"a hello from a server", PAYLOAD_RECEIVED, BYTES(HELLO), PAYLOAD_OTHER, false, BYTES("")},
	{"login from a server by CONNECT's words", PAYLOAD_RECEIVED,
		BYTES("CONNECT a:1 HTTP/1.1\r\n"), PAYLOAD_OTHER_HTTP, true, BYTES("")},
	{"SOCKS5 refuses", PAYLOAD_RECEIVED, BYTES("\5\0\5\1\0\1\0\0\0\0\0\0"), PAYLOAD_OTHER,
		false, BYTES("")},
	{"SOCKS5 wants another method", PAYLOAD_RECEIVED, BYTES("\5\xff"), PAYLOAD_OTHER, false,
		BYTES("")},
	{"SOCKS5 refuses the password", PAYLOAD_RECEIVED, BYTES("\5\2\1\1"), PAYLOAD_OTHER, false,
		BYTES("")},
	{"SOCKS5 at another type of address", PAYLOAD_RECEIVED, BYTES("\5\0\5\0\0\2"),
		PAYLOAD_OTHER, false, BYTES("")},
	{"SOCKS4 refuses", PAYLOAD_RECEIVED, BYTES("\0\x5b\0\0\0\0\0\0"), PAYLOAD_OTHER, false,
		BYTES("")},
	/* too little to tell */
	{"blanks", PAYLOAD_SENT, BYTES("\r\n  "), PAYLOAD_OTHER, true, BYTES("")},
	{"half a method", PAYLOAD_SENT, BYTES("PO"), PAYLOAD_OTHER, true, BYTES("")},
	{"half a hello's head", PAYLOAD_SENT, BYTES("\x16\3\1"), PAYLOAD_OTHER, true, BYTES("")},
	{"SOCKS5's greeting", PAYLOAD_SENT, BYTES("\5\2\0\2"), PAYLOAD_OTHER, true, BYTES("")},
	{"its answer", PAYLOAD_RECEIVED, BYTES("\5\2"), PAYLOAD_OTHER, true, BYTES("")},
	{"granted, and nothing yet", PAYLOAD_RECEIVED, BYTES("\0\x5a\0\0\0\0\0\0"), PAYLOAD_OTHER,
		true, BYTES("")},
};

/* The verdict on those bytes alone, so that a sanitizer sees who reads past them; what is kept. */
static struct payload_verdict verdict_on(
	struct span bytes, enum payload_direction direction, char *kept, size_t *ret_len)
{
	char *copy = malloc(bytes.len ? bytes.len : 1);
	struct payload_verdict verdict;

	assert_non_null(copy);
	memcpy(copy, bytes.data, bytes.len);
	verdict = payload_classify((struct span){copy, bytes.len}, direction, IPPROTO_TCP);
	*ret_len = payload_keep(&verdict, kept, EVENT_PAYLOAD_MAX);
	free(copy);
	return verdict;
}

static void test_classes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char kept[EVENT_PAYLOAD_MAX], again[EVENT_PAYLOAD_MAX];
		struct payload_verdict got;
		size_t len, again_len;

		print_message("%s\n", rows[i].name);
		got = verdict_on(rows[i].bytes, rows[i].direction, kept, &len);
		assert_int_equal(got.class, rows[i].class);
		assert_int_equal(got.more, rows[i].more);
		assert_int_equal(len, rows[i].keep.len);
		assert_memory_equal(kept, rows[i].keep.data, len);
		assert_null(memmem(kept, len, "secret", 6));
		if (len == 0)
			continue;
		/* What is kept is of the same class, and all of it may be kept. */
		got = verdict_on((struct span){kept, len}, rows[i].direction, again, &again_len);
		assert_int_equal(got.class, rows[i].class);
		assert_int_equal(again_len, len);
		assert_memory_equal(again, kept, len);
	}
}

/*
 * As the bytes come one by one: more is wanted until the class is there, the class stays, nothing
 * secret is ever kept.
 */
static void test_cut_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum payload_class before = PAYLOAD_OTHER;

		print_message("%s\n", rows[i].name);
		for (size_t len = 0; len <= rows[i].bytes.len; len++) {
			char kept[EVENT_PAYLOAD_MAX];
			struct payload_verdict got;
			size_t kept_len;

			got = verdict_on((struct span){rows[i].bytes.data, len}, rows[i].direction,
				kept, &kept_len);
			if (rows[i].class < PAYLOAD_OTHER_JSON && got.class != rows[i].class)
				assert_true(got.more);
			if (before < PAYLOAD_OTHER_JSON)
				assert_int_equal(got.class, before);
			assert_int_equal(kept_len > 0, got.class < PAYLOAD_OTHER_JSON);
			assert_null(memmem(kept, kept_len, "secre", 5));
			before = got.class;
		}
		assert_int_equal(before, rows[i].class);
	}
}

/* Nothing more is wanted once as much is there as is ever kept. */
static void test_all_there(void **state)
{
	static const char *const starts[] = {LOGIN, "{", "GET / HTTP/1.1\r\n",
		"CONNECT a:1 HTTP/1.1\r\n", "CONNECT ", "\x16\3\1\2\1\1\x01\2\1\3\3", " "};
	char bytes[EVENT_PAYLOAD_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		struct span cut = {bytes, sizeof(bytes) - 1}, full = {bytes, sizeof(bytes)};

		memset(bytes, ' ', sizeof(bytes));
		memcpy(bytes, starts[i], strlen(starts[i]));
		assert_true(payload_classify(cut, PAYLOAD_SENT, IPPROTO_TCP).more);
		assert_false(payload_classify(full, PAYLOAD_SENT, IPPROTO_TCP).more);
	}
}

static void test_datagrams(void **state)
{
	static const struct {
		struct span bytes;
		enum payload_direction direction;
		enum payload_class class;
	} datagrams[] = {
		{BYTES(DNS), PAYLOAD_RECEIVED, PAYLOAD_DNS},
		{BYTES(DNS), PAYLOAD_SENT, PAYLOAD_OTHER},
		{BYTES(LOGIN), PAYLOAD_SENT, PAYLOAD_OTHER},
		{BYTES(""), PAYLOAD_RECEIVED, PAYLOAD_OTHER},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(datagrams); i++) {
		struct payload_verdict got =
			payload_classify(datagrams[i].bytes, datagrams[i].direction, IPPROTO_UDP);
		char kept[EVENT_PAYLOAD_MAX];

		assert_int_equal(got.class, datagrams[i].class);
		assert_false(got.more);
		assert_int_equal(payload_keep(&got, kept, sizeof(kept)),
			datagrams[i].class == PAYLOAD_DNS ? datagrams[i].bytes.len : 0);
	}
	/* The same bytes on TCP are no datagram. */
	assert_int_equal(payload_classify(datagrams[0].bytes, PAYLOAD_RECEIVED, IPPROTO_TCP).class,
		PAYLOAD_OTHER);
}

static void test_nothing(void **state)
{
	struct payload_verdict got;

	(void)state;
	for (unsigned direction = PAYLOAD_SENT; direction <= PAYLOAD_RECEIVED; direction++) {
		got = payload_classify((struct span){0}, direction, IPPROTO_TCP);
		assert_int_equal(got.class, PAYLOAD_OTHER);
		assert_true(got.more);
	}
	got = payload_classify((struct span){0}, PAYLOAD_RECEIVED, IPPROTO_UDP);
	assert_int_equal(got.class, PAYLOAD_OTHER);
}

static void test_keep_is_bounded(void **state)
{
	struct payload_verdict verdict = {.keep = {{"abc", 3}, {0}, {"def", 3}}};
	char buffer[8] = "xxxxxxx";

	(void)state;
	assert_int_equal(payload_keep(&verdict, buffer, 4), 4);
	assert_string_equal(buffer, "abcdxxx");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_all_there),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_keep_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
