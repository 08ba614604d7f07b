/* SPDX-License-Identifier: Apache-2.0 */
/* Tests logins and jobs in odd shapes, and cut off at every byte: found or not, and what is said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core_fixture.h"
#include "util/span.h"
#include "wallet_fixture.h"
#include "wire/stratum.h"

#define KEPT 512 /* of the first bytes of a connection */
#define METHOD "\"method\":\"login\""
#define PARAMS                                                                            \
	"\"params\":{\"login\":\"" WALLET "\",\"pass\":\"x\",\"agent\":\"XMRig/6.21.0\"," \
	"\"algo\":[\"rx/0\"]}"
#define LOGIN "{\"id\":1,\"jsonrpc\":\"2.0\"," METHOD "," PARAMS "}"
#define JUNK9 "[[[[[[[[[1]]]]]]]]]"
#define HUGE "99999999999999999999999999999999999999999999999999e999999999"

/* Every shape carries the same login; sure: it is found, and so is the wallet. */
static const struct {
	const char *name, *bytes;
	bool found;
} shapes[] = {
	{"as xmrig writes it", LOGIN "\n", true},
	{"no line end", LOGIN, true},
	{"CR LF", LOGIN "\r\n", true},
	{"leading newline", "\n" LOGIN "\n", true},
	{"leading blanks", " \t\r\n  " LOGIN "\n", true},
	{"keys shuffled", "{" PARAMS "," METHOD ",\"id\":1}\n", true},
	{"params shuffled",
		"{" METHOD
		",\"params\":{\"algo\":[\"rx/0\"],\"agent\":\"XMRig/6.21.0\",\"pass\":\"x\","
		"\"login\":\"" WALLET "\"}}\n",
		true},
	{"spaces everywhere",
		"{ \"method\" : \"login\" , \"params\" : { \"login\" : \"" WALLET
		"\" , \"agent\" : \"a\" } }\n",
		true},
	{"over several lines",
		"{\n  \"method\": \"login\",\n  \"params\": {\n    \"login\": \"" WALLET
		"\",\n    \"agent\": \"a\"\n  }\n}\n",
		true},
	{"escapes in a key", "{\"m\\u0065thod\":\"login\"," PARAMS "}\n", true},
	{"escapes in the method", "{\"method\":\"\\u006cogin\"," PARAMS "}\n", true},
	{"capitals in a key", "{\"Method\":\"login\"," PARAMS "}\n", true},
	{"method given twice, the first another", "{\"method\":\"x\"," METHOD "," PARAMS "}\n",
		true},
	{"method given twice, the second another", "{" METHOD ",\"method\":\"x\"," PARAMS "}\n",
		true},
	{"params given twice", "{" METHOD ",\"params\":[]," PARAMS "}\n", true},
	{"a huge number", "{\"id\":" HUGE "," METHOD "," PARAMS "}\n", true},
	{"a decoy below", "{\"x\":{\"method\":\"initialize\"}," METHOD "," PARAMS "}\n", true},
	{"something deeper than eight", "{\"x\":" JUNK9 "," METHOD "," PARAMS "}\n", true},
	{"batch", "[" LOGIN "]\n", true},
	{"batch, the second", "[{\"method\":\"x\"}," LOGIN "]\n", true},
	{"two on a line", "{\"method\":\"x\"}" LOGIN "\n", true},
	{"behind another message", "{\"id\":1,\"result\":null}\n" LOGIN "\n", true},
	{"behind a broken line", "{\"id\":\"1\n" LOGIN "\n", true},
	{"behind a line left open", "{\"id\":1,\n" LOGIN "\n", true},
	{"behind an opening brace", "{\n" LOGIN "\n", true},
	{"behind JSON, then text", "{}\nhello\n" LOGIN "\n", true},
	{"trailing comma", "{" METHOD "," PARAMS ",}\n", true},
	{"bare keys", "{method:\"login\",params:{login:\"" WALLET "\",agent:\"a\"}}\n", true},
	{"bytes that are no UTF-8", "{\"x\":\"\xff\xfe\"," METHOD "," PARAMS "}\n", true},
	/* not found; the README says so */
	{"behind a line left open before a value", "{\"id\":\n" LOGIN "\n", false},
	{"behind a line with arrays left open", "[[\n" LOGIN "\n", false},
	{"in a batch in a batch", "[[" LOGIN "]]\n", false},
	{"behind text", "hello\n" LOGIN "\n", false},
	{"behind text on its line", "{} hello " LOGIN "\n", false},
	{"behind a byte order mark", "\xef\xbb\xbf" LOGIN "\n", false},
	{"no commas", "{" METHOD " " PARAMS "}\n", false},
	{"single quotes", "{'method':'login','params':{'login':'a','agent':'a'}}\n", false},
	{"the method one level down", "{\"message\":" LOGIN "}\n", false},
};

static bool finds(struct span bytes)
{
	struct stratum_message got;

	return stratum_read(bytes, &got) && got.sure && got.dialect == STRATUM_CRYPTONOTE &&
	       got.what == STRATUM_LOGIN && span_equal(got.user, span_of(WALLET)) && got.agent.len;
}

static void odd_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++)
		if (finds(span_of(shapes[i].bytes)) != shapes[i].found)
			fail_msg("%s", shapes[i].name);
	assert_false(finds((struct span){"\0" LOGIN, sizeof("\0" LOGIN) - 1}));
}

/* The line is found and sure, but an address with an escape in it is not undone. */
static void escaped_wallet(void **state)
{
	struct stratum_message got;

	(void)state;
	assert_true(stratum_read(
		span_of("{" METHOD ",\"params\":{\"login\":\"\\u0034x\",\"agent\":\"a\"}}"), &got));
	assert_true(got.sure);
	assert_true(span_equal(got.user, span_of("\\u0034x")));
}

/* Blanks take the room of the bytes that are kept: not found, unless all bytes are there. */
static void many_blanks(void **state)
{
	static char bytes[4096 + sizeof(LOGIN)];

	(void)state;
	memset(bytes, ' ', 4096);
	memcpy(bytes + 4096, LOGIN, sizeof(LOGIN));
	assert_false(finds((struct span){bytes, KEPT}));
	assert_true(finds((struct span){bytes, sizeof(bytes) - 1}));
}

/* A login as long as XMRig's, of which 512 bytes are kept. */
static void longer_than_kept(void **state)
{
	static char bytes[1024];
	struct stratum_message got;
	int len = snprintf(bytes, sizeof(bytes),
		"{\"id\":1,\"jsonrpc\":\"2.0\"," METHOD ",\"params\":{\"login\":\"" WALLET
		"\",\"pass\":\"x\",\"agent\":\"XMRig/6.21.0 (Linux x86_64) "
		"libuv/1.44.2\",\"algo\":["
		"\"cn/1\",\"cn/2\",\"cn/r\",\"cn/fast\",\"cn/half\",\"cn/xao\",\"cn/rto\",\"cn/"
		"rwz\",\"cn/"
		"zls\",\"cn/double\",\"cn/ccx\",\"cn-lite/1\",\"cn-heavy/0\",\"cn-heavy/"
		"tube\",\"cn-heavy/"
		"xhv\",\"cn-pico\",\"cn-pico/tlo\",\"cn/upx2\",\"rx/0\",\"rx/wow\",\"rx/arq\",\"rx/"
		"graft\","
		"\"rx/sfx\",\"rx/keva\",\"argon2/chukwa\",\"argon2/chukwav2\",\"argon2/"
		"ninja\",\"ghostrider\"]}}\n");

	(void)state;
	assert_true(len > KEPT);
	assert_true(finds((struct span){bytes, KEPT}));
	assert_true(stratum_read((struct span){bytes, KEPT}, &got));
	assert_true(span_equal(got.algo, span_of("cn/1")));
}

#define JOB                                                                                       \
	"{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":{\"blob\":\"0e0e\",\"job_id\":\"b\"," \
	"\"target\":\"b88d0600\"}}\n"
#define SUBSCRIBE                                                                                \
	"{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"m/1\"]}\n{\"id\":2,\"method\":" \
	"\"mining.authorize\",\"params\":[\"a.w\",\"x\"]}\n"
#define TEMPLATE                                                                                  \
	"POST /json_rpc HTTP/1.1\r\nHost: a\r\n\r\n{\"method\":\"getblocktemplate\",\"params\":{" \
	"\"wallet_address\":\"" WALLET "\"}}"

/*
 * whole: what must be there before it is sure; from then on every further byte leaves it so. NULL:
 * it only begins like something.
 */
static const struct {
	const char *name, *bytes, *whole;
} cut_rows[] = {
	{"login", LOGIN "\n",
		METHOD ","
		       "\"params\":{\"login\":\"" WALLET "\""},
	{"login without a wallet",
		"{" METHOD ",\"params\":{\"login\":\"a\",\"agent\":\"XMRig/6.21.0\"}}\n",
		"\"agent\":\""},
	{"login, params first",
		"{\"params\":{\"login\":\"a\",\"agent\":\"XMRig/6.21.0\"}," METHOD "}\n", METHOD},
	{"job", JOB, "\"job_id\":\""},
	{"subscribe", SUBSCRIBE, "\"params\":["},
	{"template", TEMPLATE, "\"wallet_address\":\""},
	{"a longer method",
		"{\"params\":{\"login\":\"a\",\"agent\":\"b\"},\"method\":\"logins\"}\n", NULL},
	{"a longer status", "{\"result\":{\"status\":\"OKAY\"}}\n", NULL},
	{"longer than a wallet", "{" METHOD ",\"params\":{\"login\":\"" WALLET "x\"}}\n", NULL},
};

static void cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cut_rows); i++) {
		const char *bytes = cut_rows[i].bytes, *whole = cut_rows[i].whole;
		const char *sure_from = bytes + strlen(bytes) + 1;
		struct stratum_message before = {0}, got;

		if (whole)
			sure_from = strstr(bytes, whole) + strlen(whole);
		for (size_t len = 0; len <= strlen(bytes); len++) {
			stratum_read((struct span){bytes, len}, &got);
			if (got.sure ? !whole : bytes + len >= sure_from)
				fail_msg("%s: %zu bytes: sure %d", cut_rows[i].name, len, got.sure);
			if ((before.sure && !got.sure) || (before.what & ~got.what) ||
				got.user.len < before.user.len || got.agent.len < before.agent.len)
				fail_msg("%s: %zu bytes: something taken back", cut_rows[i].name,
					len);
			before = got;
		}
	}
}

/* Split over two writes: each half by itself is read without harm, the second alone is nothing. */
static void second_half(void **state)
{
	struct stratum_message got;

	(void)state;
	for (size_t skip = 1; skip < sizeof(LOGIN); skip++)
		if (stratum_read((struct span){LOGIN + skip, sizeof(LOGIN) - 1 - skip}, &got))
			fail_msg("from byte %zu", skip);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_shapes),
		cmocka_unit_test(escaped_wallet),
		cmocka_unit_test(many_blanks),
		cmocka_unit_test(longer_than_kept),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(second_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
