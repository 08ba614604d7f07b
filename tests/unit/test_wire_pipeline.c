/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which conversations lead to an alert, what it tells, and which honest ones lead to none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "detectors/detectors.h"
#include "util/redact.h"
#include "util/span.h"
#include "wire_fixture.h"

#define POOL "192.0.2.7"
#define HASH "0x5eed0000000000000000000000000000000000000000000000000000000000ab"
#define BOUNDARY "0x00000000ffff00000000ffff00000000ffff00000000ffff00000000ffff0000"
#define REDACTED_END "Z, found by miner_option, stratum_handshake and wallet (details redacted)\","

static struct core core;

static const struct core_process process = {
	.pid = 200, .start_ns = SECONDS(1000), .ppid = 100, .session = 100};
static const struct core_process helper = {
	.pid = 201, .start_ns = SECONDS(999), .ppid = 100, .session = 101};

static int open_core(void **state)
{
	(void)state;
	core_open(&core);
	core_exec(&core, &process, &core_shell);
	return 0;
}

static int close_core(void **state)
{
	(void)state;
	core_close(&core);
	return 0;
}

static struct wire_flow flow_to(uint16_t port)
{
	return (struct wire_flow){.socket = 9, .remote = POOL, .port = port, .owner = &process};
}

static void connect_to(const struct wire_flow *flow)
{
	core_connect(&core, flow->owner, flow->port); /* to 192.0.2.7 */
}

static bool alert_has(const char *object, const char *key, const char *value)
{
	json_t *root = json_loadb(core.line, core.line_len, 0, NULL);
	const char *text;
	bool same;

	assert_non_null(root);
	text = json_string_value(json_object_get(json_object_get(root, object), key));
	same = text ? value && strcmp(text, value) == 0 : !value;
	if (!same)
		print_error("%s.%s: %s\n", object, key, text);
	json_decref(root);
	return same;
}

static void a_miner_alerts_at_its_login(void **state)
{
	const struct wire_flow flow = flow_to(443), dns = {.socket = 5,
							    .remote = "192.0.2.53",
							    .port = 53,
							    .protocol = 17,
							    .owner = &process};

	(void)state;
	wire_say(&core, &dns, PAYLOAD_RECEIVED, wire_dns("pool.example", POOL, 60));
	connect_to(&flow);
	assert_int_equal(core.alerts_count, 0);
	wire_say(&core, &flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN));
	assert_string_equal(core_actions(&core, 0), "o");
	assert_int_equal(core_last(&core)->score, 92); /* 1 - 0.20 x 0.40 */
	assert_non_null(strstr(core_last(&core)->summary, ", no answer read yet; "));
	core.now_ns += 100000;
	wire_say(&core, &flow, PAYLOAD_RECEIVED, WIRE_TEXT(WIRE_JOB));
	assert_string_equal(core_actions(&core, 0), "ou");
	assert_int_equal(core_last(&core)->time_ns, core.now_ns);
	assert_non_null(strstr(core_last(&core)->summary, "miner, now confirmed: "));
	assert_non_null(strstr(core_last(&core)->summary, ", confirmed by the pool's answer; "));
	wire_say(&core, &flow, PAYLOAD_RECEIVED, WIRE_TEXT(WIRE_JOB));
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "ou");
	core_exit(&core, &process, 0);
	core.now_ns += SECONDS(3);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oue");
	assert_non_null(strstr(core_last(&core)->summary,
		": mines Monero: logged in to pool.example:443 as 45mb8Vfvz7SL..., confirmed by "
		"the pool's answer; logs in with a monero wallet (45mb8Vfvz7SL...)"));
	assert_true(alert_has("indicators", "wallet", WIRE_WALLET));
	assert_true(alert_has("indicators", "pool", "pool.example:443 (192.0.2.7)"));
	assert_true(alert_has("indicators", "agent", "XMRig/6.21.0"));
	assert_true(alert_has("indicators", "worker", "rig7"));
	assert_true(alert_has("indicators", "image", NULL));
}

/* Who else of a workload is answered later; what each step leads to. */
static void an_answer_is_told_once(void **state)
{
	static const struct core_process second = {
		.pid = 202, .start_ns = SECONDS(1000), .ppid = 100, .session = 100};
	const struct wire_flow flow = flow_to(54321), other = {.socket = 10,
							      .remote = POOL,
							      .port = 54321,
							      .owner = &second};

	(void)state;
	core_exec(&core, &second, &core_shell);
	wire_say(&core, &flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN));
	wire_say(&core, &other, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN));
	assert_string_equal(core_actions(&core, 0), "o");
	wire_say(&core, &flow, PAYLOAD_RECEIVED, WIRE_TEXT("HTTP/1.1 400 Bad\r\n\r\n"));
	assert_string_equal(core_actions(&core, 0), "o"); /* no answer of a pool */
	wire_say(&core, &flow, PAYLOAD_RECEIVED, WIRE_TEXT(WIRE_JOB));
	assert_string_equal(core_actions(&core, 0), "ou");
	wire_say(&core, &other, PAYLOAD_RECEIVED, WIRE_TEXT(WIRE_JOB));
	assert_string_equal(core_actions(&core, 0), "ou");
}

/* One that makes it more severe is told by that alert. */
static void an_answer_that_raises_is_told_by_that(void **state)
{
	const struct wire_flow flow = flow_to(54321);

	(void)state;
	wire_say(&core, &flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN_OF("me")));
	assert_int_equal(core_last(&core)->severity, SEVERITY_HIGH);
	wire_say(&core, &flow, PAYLOAD_RECEIVED, WIRE_TEXT(WIRE_JOB));
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "or");
	assert_int_equal(core_last(&core)->severity, SEVERITY_CRITICAL);
	assert_non_null(strstr(core_last(&core)->summary, ", confirmed by the pool's answer"));
}

/* Bitcoin's way: whom it mines for is said when all else is known. */
static void a_wallet_that_comes_late_is_told(void **state)
{
#define SUBSCRIBE "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"XMRig/6.21.0\"]}\n"
	const struct wire_flow flow = flow_to(54321);

	(void)state;
	wire_say(&core, &flow, PAYLOAD_SENT, WIRE_TEXT(SUBSCRIBE));
	assert_string_equal(core_actions(&core, 0), "o");
	wire_say(&core, &flow, PAYLOAD_RECEIVED,
		WIRE_TEXT("{\"id\":1,\"result\":[[[\"mining.notify\",\"ae6812eb4cd7735a\"]],"
			  "\"08000002\",4],\"error\":null}\n"));
	assert_string_equal(core_actions(&core, 0), "or");
	assert_true(alert_has("indicators", "wallet", NULL));
	wire_say(&core, &flow, PAYLOAD_SENT,
		WIRE_TEXT(SUBSCRIBE "{\"id\":2,\"method\":\"mining.authorize\",\"params\":"
				    "[\"" WIRE_WALLET "\",\"x\"]}\n"));
	assert_string_equal(core_actions(&core, 0), "oru");
	assert_true(alert_has("indicators", "wallet", WIRE_WALLET));
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oru");
#undef SUBSCRIBE
}

/* No severity is left for the CPU to raise: that it is at work is told once all the same. */
static void work_is_told_where_nothing_can_be_raised(void **state)
{
	const struct wire_flow flow = flow_to(54321);

	(void)state;
	wire_say(&core, &flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN));
	wire_say(&core, &flow, PAYLOAD_RECEIVED, WIRE_TEXT(WIRE_JOB));
	assert_string_equal(core_actions(&core, 0), "ou");
	core_run(&core, &process, 60, 1000, 0);
	assert_string_equal(core_actions(&core, 0), "ouu");
	assert_non_null(strstr(core_last(&core)->summary, "miner, seen at work: "));
	assert_non_null(strstr(core_last(&core)->summary, " CPUs of "));
}

/* The program is not known yet: that is told too, when it is. */
static void a_confirmation_leaves_other_answers_due(void **state)
{
	static const struct core_process old = {.pid = 300, .start_ns = 5, .session = 300};
	struct wire_flow flow = flow_to(54321);

	(void)state;
	flow.owner = &old;
	wire_say(&core, &flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN));
	core.now_ns += SECONDS(1);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "o");
	assert_int_equal(core_last(&core)->pending, 1);
	wire_say(&core, &flow, PAYLOAD_RECEIVED, WIRE_TEXT(WIRE_JOB));
	assert_string_equal(core_actions(&core, 0), "ou");
	assert_int_equal(core_last(&core)->pending, 1);
	core_answer(&core, &old, &core_shell);
	assert_string_equal(core_actions(&core, 0), "ouu");
	assert_int_equal(core_last(&core)->pending, 0);
	assert_non_null(strstr(core_last(&core)->summary, "miner, now identified: "));
}

static void a_redacted_alert_names_detectors_alone(void **state)
{
	static const struct redactor key = {"a key"};
	static const char *const secrets[] = {
		"45mb8Vfvz7SL", POOL, "XMRig", "rig7", "cryptonote", "donate-level"};
	const struct wire_flow flow = flow_to(54321);

	(void)state;
	core.redactor = &key;
	core_exec(&core, &process, &core_miner);
	wire_say(&core, &flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN));
	assert_string_equal(core_actions(&core, 0), "or");
	for (size_t i = 0; i < COUNT(secrets); i++)
		if (memmem(core.line, core.line_len, secrets[i], strlen(secrets[i])))
			fail_msg("%s in %.*s", secrets[i], (int)core.line_len, core.line);
	assert_non_null(memmem(core.line, core.line_len, REDACTED_END, strlen(REDACTED_END)));
}

/* The score of a conversation. */
static const struct {
	const char *name, *sent, *received;
	unsigned score;
} talks[] = {
	{"all of it", WIRE_LOGIN, WIRE_JOB, 96}, /* 1 - 0.08 x 0.40 */
	{"no wallet", WIRE_LOGIN_OF("me"), WIRE_JOB, 92},
	{"no answer", WIRE_LOGIN_OF("me"), NULL, 80}, {"work alone", NULL, WIRE_JOB, 75},
	{"a proved wallet alone",
		"{\"method\":\"login\",\"params\":{\"login\":\"" WIRE_WALLET "\"}}\n", NULL, 92},
	{"a node, mined against", WIRE_TEMPLATE, WIRE_TEMPLATE_ANSWER, 55},
	{"the shape of one", WIRE_LOGIN_OF(WIRE_ETHEREUM_WALLET), NULL, 86}, /* 1 - 0.20 x 0.70 */
};

static void scores(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(talks); i++) {
		const struct wire_flow flow = flow_to(54321);

		close_core(NULL);
		open_core(NULL);
		if (talks[i].received)
			wire_say(&core, &flow, PAYLOAD_RECEIVED, span_of(talks[i].received));
		if (talks[i].sent)
			wire_say(&core, &flow, PAYLOAD_SENT, span_of(talks[i].sent));
		if (core_last(&core)->score != talks[i].score)
			fail_msg("%s: %u", talks[i].name, core_last(&core)->score);
	}
}

/* What a node is asked for is medium, for a pool's server asks it too; at work it is more. */
static void a_solo_miner_is_raised_by_its_cpu(void **state)
{
	const struct wire_flow flow = {
		.socket = 9, .remote = "127.0.0.1", .port = 18081, .owner = &process};

	(void)state;
	wire_say(&core, &flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_TEMPLATE));
	wire_say(&core, &flow, PAYLOAD_RECEIVED, WIRE_TEXT(WIRE_TEMPLATE_ANSWER));
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "o");
	assert_int_equal(core_last(&core)->severity, SEVERITY_MEDIUM);
	assert_true(alert_has("indicators", "wallet", WIRE_WALLET));
	core_run(&core, &process, 60, 1000, 0);
	assert_string_equal(core_actions(&core, 0), "or");
	assert_int_equal(core_last(&core)->severity, SEVERITY_HIGH);
}

/* A helper connects, hands the socket on and goes: who talks is named. */
static void a_passed_socket_names_the_talker(void **state)
{
	struct wire_flow flow = flow_to(3333);

	(void)state;
	flow.owner = &helper;
	flow.sender = &process;
	core_exec(&core, &helper, &core_shell);
	connect_to(&flow);
	core_exit(&core, &helper, 0);
	wire_say(&core, &flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN));
	assert_string_equal(core_actions(&core, 0), "o");
	assert_int_equal(core_last(&core)->pid, process.pid);
}

/* Honest programs, each with a minute of full CPU besides. */
static const struct {
	const char *name;
	uint16_t port;
	const char *sent, *received;
} honest[] = {
	{"language server", 4444,
		"Content-Length: "
		"120\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\","
		"\"params\":{\"processId\":7,\"rootUri\":\"file:///src\",\"capabilities\":{}}}",
		"Content-Length: "
		"60\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"capabilities\":"
		"{}}}"},
	{"Electrum", 50001,
		"{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"server.version\",\"params\":["
		"\"electrum/"
		"4.5.5\",\"1.4\"]}\n",
		"{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":[\"ElectrumX 1.16.0\",\"1.4\"]}\n"},
	{"bitcoind", 8332,
		"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
		"Content-Length: 70\r\n\r\n{\"jsonrpc\":\"1.0\",\"id\":\"c\",\"method\":"
		"\"getblocktemplate\",\"params\":[{\"rules\":[\"segwit\"]}]}",
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"result\":{\"version\":"
		"536870912,\"previousblockhash\":\"00\"},\"error\":null,\"id\":\"c\"}"},
	{"Ethereum", 8545,
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
		"60\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,"
		"\"method\":\"eth_getBalance\",\"params\":["
		"\"0x00000000219ab540356cBB839Cbe05303d7705Fa\",\"latest\"]}",
		"HTTP/1.1 200 OK\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x0\"}"},
	{"Ethereum's work", 8545,
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\r\n"
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_getWork\",\"params\":[]}",
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"jsonrpc\":\"2.0\","
		"\"id\":1,\"result\":[\"" HASH "\",\"" HASH "\",\"" BOUNDARY "\"]}\n"},
	{"a web API", 8080, "GET /jobs/41 HTTP/1.1\r\nHost: a\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{\"result\":{\"job_id\":\"41\","
		"\"blob\":\"aGVsbG8=\",\"state\":\"done\"}}"},
	{"a chat's login", 3333, WIRE_CHAT_LOGIN, WIRE_CHAT_ANSWER},
	{"web server on 3333", 3333, "GET / HTTP/1.1\r\nHost: a.example:3333\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
	{"a web client of a hostile server", 8080,
		"GET /healthz HTTP/1.1\r\nHost: 192.0.2.7\r\n\r\n", WIRE_JOB},
	{"a caller of a hostile server", 8080, "POST /hook HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
		WIRE_JOB},
	{"Redis", 6379, "*1\r\n$4\r\nPING\r\n", "+PONG\r\n"},
	{"a word about mining", 3333,
		"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"search\",\"params\":{\"text\":"
		"\"mining.subscribe login job_id blob\"}}\n",
		"{\"id\":1,\"result\":[]}\n"},
};

static void honest_programs_do_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(honest); i++) {
		struct wire_flow flow = flow_to(honest[i].port);

		close_core(NULL);
		open_core(NULL);
		connect_to(&flow);
		wire_say(&core, &flow, PAYLOAD_SENT, span_of(honest[i].sent));
		wire_say(&core, &flow, PAYLOAD_RECEIVED, span_of(honest[i].received));
		core_run(&core, &process, 60, 1000, 0);
		core_end(&core);
		if (core.alerts_count)
			fail_msg("%s: %s", honest[i].name, core_last(&core)->summary);
	}
}

/* Of a page that was asked for the kernel programs tell no bytes, only that it was. */
static void work_after_a_page_does_not(void **state)
{
	static const struct {
		uint8_t flags;
		const char *login; /* the miner says it behind the request; NULL: nothing */
		const char *actions;
	} rows[] = {
		{0, NULL, "o"},
		{PAYLOAD_AFTER_HTTP, NULL, ""},
		{PAYLOAD_AFTER_HTTP, WIRE_LOGIN, "ou"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct wire_flow flow = flow_to(8080);

		close_core(NULL);
		open_core(NULL);
		connect_to(&flow);
		if (rows[i].login)
			wire_say(&core, &flow, PAYLOAD_SENT, span_of(rows[i].login));
		flow.flags = rows[i].flags;
		wire_say(&core, &flow, PAYLOAD_RECEIVED, WIRE_TEXT(WIRE_JOB));
		assert_string_equal(core_actions(&core, 0), rows[i].actions);
	}
}

/* A web application that logs its users in by their wallets says what an unsure miner says. */
static void an_unsure_login_alone_does_not(void **state)
{
	const struct wire_flow flow = flow_to(3333);

	(void)state;
	connect_to(&flow);
	wire_say(&core, &flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_UNSURE_LOGIN));
	wire_say(&core, &flow, PAYLOAD_RECEIVED, WIRE_TEXT(WIRE_CHAT_ANSWER));
	core_run(&core, &process, 60, 1000, 0);
	assert_int_equal(core.alerts_count, 0);
}

/*
 * SHA-256 and a TLS connection on which little is said, for twenty minutes; the sockets are looked
 * at as often as they are asked for.
 */
static const struct {
	const char *name, *sni, *alpn;
	uint16_t port;
	bool found; /* the finding stands: one proof more makes an alert that names it */
} twins[] = {
	{"HTTPS with ALPN", "a.example", "h2", 443, false},
	{"quiet, with a name", "a.example", NULL, 443, true},
	{"quiet, without", NULL, NULL, 443, true},
	{"quiet, without, on a pool's port", NULL, NULL, 3333, true},
};

static void honest_twins_do_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(twins); i++) {
		const struct wire_flow flow = flow_to(twins[i].port);
		unsigned looks = 0;

		close_core(NULL);
		open_core(NULL);
		connect_to(&flow);
		wire_say(&core, &flow, PAYLOAD_SENT, wire_hello(twins[i].sni, twins[i].alpn));
		for (unsigned second = 0; second < 1200; second++) {
			core_run(&core, &process, 1, 1000, 0);
			if (looks == core.asked_sockets_count)
				continue;
			looks = core.asked_sockets_count;
			wire_socket(&core, &flow, SECONDS(1000), 5000 + 10 * second,
				5000 + 20 * second);
		}
		assert_in_range(looks, 39, 41);
		if (core.alerts_count)
			fail_msg("%s: %s", twins[i].name, core_last(&core)->summary);
		core_exec(&core, &process, &core_miner);
		assert_string_equal(core_actions(&core, 0), "o");
		if (!strstr(core_last(&core)->summary, "quiet TLS") == twins[i].found)
			fail_msg("%s: %s", twins[i].name, core_last(&core)->summary);
	}
}

/* A listed name by DNS, a connect to the web's port, and what is said there. */
static const struct {
	const char *name;
	bool hello;
	const char *sni, *alpn; /* of the hello; without one, sni is what is said */
	const char *actions;
	unsigned score;
} visits[] = {
	{"a web browser", true, "supportxmr.com", "h2", "", 0},
	{"a browser that hides the name", true, NULL, "h2", "", 0},
	{"a miner", true, "supportxmr.com", NULL, "o", 70},
	{"a miner that names nobody", true, NULL, NULL, "o", 65},
	{"nothing is said", false, NULL, NULL, "", 0},
	{"no TLS", false, "GET / HTTP/1.1\r\n\r\n", NULL, "", 0},
	{"no TLS, no web page", false, "\x01\x02\x03", NULL, "o", 65},
};

static void visits_of_a_pools_web_site_do_not(void **state)
{
	const struct wire_flow flow = flow_to(443), dns = {.socket = 5,
							    .remote = "192.0.2.53",
							    .port = 53,
							    .protocol = 17,
							    .owner = &process};

	(void)state;
	for (size_t i = 0; i < COUNT(visits); i++) {
		close_core(NULL);
		open_core(NULL);
		wire_say(&core, &dns, PAYLOAD_RECEIVED, wire_dns("supportxmr.com", POOL, 60));
		connect_to(&flow);
		if (visits[i].hello)
			wire_say(&core, &flow, PAYLOAD_SENT,
				wire_hello(visits[i].sni, visits[i].alpn));
		else if (visits[i].sni)
			wire_say(&core, &flow, PAYLOAD_SENT, span_of(visits[i].sni));
		if (strcmp(core_actions(&core, 0), visits[i].actions) != 0)
			fail_msg("%s: %s", visits[i].name, core_actions(&core, 0));
		if (visits[i].score)
			assert_int_equal(core_last(&core)->score, visits[i].score);
	}
}

/* Suspects' sockets are asked for at the first finding and every half minute, while they live. */
static void sockets_are_asked_for(void **state)
{
	(void)state;
	core_run(&core, &process, 40, 0, 0);
	assert_int_equal(core.asked_sockets_count, 0); /* nothing stands against it */
	core_connect(&core, &process, 3333);
	assert_int_equal(core.asked_sockets_count, 1);
	assert_int_equal(core.asked_sockets[0].pid, process.pid);
	core_run(&core, &process, 29, 0, 0);
	assert_int_equal(core.asked_sockets_count, 1);
	core_run(&core, &process, 1, 0, 0);
	assert_int_equal(core.asked_sockets_count, 2);
	core_run(&core, &process, 60, 0, 0);
	assert_int_equal(core.asked_sockets_count, 4);
	core_exit(&core, &process, 0);
	core_run(&core, &process, 60, 0, 0);
	assert_int_equal(core.asked_sockets_count, 4);
}

/* One that mined before the run: its next words are read, whichever they are. */
static void an_old_connection_is_found_by_its_next_words(void **state)
{
	struct wire_flow flow = flow_to(443);

	(void)state;
	core_connect(&core, &process, 3333); /* what makes it a suspect */
	wire_socket(&core, &flow, 0, 100000, 100000);
	flow.flags = PAYLOAD_ARMED;
	core.now_ns += SECONDS(30);
	wire_say(&core, &flow, PAYLOAD_SENT,
		WIRE_TEXT("{\"id\":7,\"jsonrpc\":\"2.0\",\"method\":\"submit\",\"params\":{\"id\":"
			  "\"a\","
			  "\"job_id\":\"7\",\"nonce\":\"deadbeef\",\"result\":"
			  "\"0000000000000000000000000000000000000000000000000000000000000000\"}}"
			  "\n"));
	assert_string_equal(core_actions(&core, 0), "o");
	assert_non_null(strstr(core_last(&core)->summary, "sent results to 192.0.2.7:443"));
}

#define CORE_TEST(name) cmocka_unit_test_setup_teardown(name, open_core, close_core)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CORE_TEST(a_miner_alerts_at_its_login),
		CORE_TEST(an_answer_is_told_once),
		CORE_TEST(an_answer_that_raises_is_told_by_that),
		CORE_TEST(a_wallet_that_comes_late_is_told),
		CORE_TEST(work_is_told_where_nothing_can_be_raised),
		CORE_TEST(a_confirmation_leaves_other_answers_due),
		CORE_TEST(a_redacted_alert_names_detectors_alone),
		CORE_TEST(scores),
		CORE_TEST(a_solo_miner_is_raised_by_its_cpu),
		CORE_TEST(a_passed_socket_names_the_talker),
		CORE_TEST(honest_programs_do_not),
		CORE_TEST(an_unsure_login_alone_does_not),
		CORE_TEST(work_after_a_page_does_not),
		CORE_TEST(honest_twins_do_not),
		CORE_TEST(visits_of_a_pools_web_site_do_not),
		CORE_TEST(sockets_are_asked_for),
		CORE_TEST(an_old_connection_is_found_by_its_next_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
