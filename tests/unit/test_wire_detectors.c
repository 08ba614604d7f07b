/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what the detectors on the wire find in which conversation, and what they tell of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detectors/detectors.h"
#include "state/state.h"
#include "util/span.h"
#include "wire_fixture.h"

#define HANDSHAKE &detector_stratum_handshake
#define WALLET &detector_wallet
#define POOL &detector_pool_name
#define DONATE &detector_donate_host
#define NEAR &detector_stratum_proxy
#define QUIET &detector_quiet_tls_flow

#define REMOTE "192.0.2.7"
#define LISTED "supportxmr.com"
#define BITCOIN_WALLET "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
#define SUBMIT                                                                          \
	"{\"id\":2,\"jsonrpc\":\"2.0\",\"method\":\"submit\",\"params\":{\"id\":\"a\"," \
	"\"job_id\":\"7\",\"nonce\":\"deadbeef\",\"result\":"                           \
	"\"0000000000000000000000000000000000000000000000000000000000000000\"}}\n"

static struct rules *rules;
static struct state state;
static struct event event;
static struct finding finding;
static __u64 record[CORE_RECORD];

static const struct core_process process = {.pid = 7, .start_ns = SECONDS(1), .session = 7};
static const struct core_process resolver = {.pid = 53, .start_ns = 1};

static int load(void **unused)
{
	struct core core;

	(void)unused;
	core_open(&core); /* brings a listed pool address, 198.51.100.9 */
	rules = core.rules;
	pipeline_free(core.pipeline);
	return 0;
}

static int unload(void **unused)
{
	(void)unused;
	rules_free(rules);
	return 0;
}

static void apply(size_t len)
{
	struct process *unused;

	assert_int_equal(event_decode(record, len, &event), 0);
	state_apply(&state, &event, &unused);
}

static bool check(const struct detector *detector)
{
	struct process_key key = process_key_of(process.pid, process.start_ns);
	struct detector_input in = {
		.event = &event, .rules = rules, .state = &state, .now_ns = state.now_ns};

	in.process = process_find(state.processes, &key);
	assert_non_null(in.process);
	memset(&finding, 0, sizeof(finding));
	return (detector->events & DETECTOR_ON(event.header->type)) &&
	       detector->check(&in, &finding);
}

static const struct evidence *fact_of(const char *key)
{
	for (unsigned i = 0; i < finding.evidence_count; i++)
		if (strcmp(finding.evidence[i].key, key) == 0)
			return &finding.evidence[i];
	return NULL;
}

/* facts: "key=value key=value", "key" alone: not there. */
static void expect_facts(const char *name, const char *facts)
{
	char *copy = strdup(facts), *rest = NULL;

	for (char *fact = strtok_r(copy, "|", &rest); fact; fact = strtok_r(NULL, "|", &rest)) {
		char *value = strchr(fact, '=');
		const struct evidence *at;

		if (value)
			*value++ = '\0';
		at = fact_of(fact);
		if (!value != !at)
			fail_msg("%s: %s is %s", name, fact, at ? "there" : "not there");
		if (value && at->is_string &&
			!span_equal((struct span){at->text, at->len}, span_of(value)))
			fail_msg("%s: %s=%.*s", name, fact, at->len, at->text);
		if (value && !at->is_string && at->number != strtoll(value, NULL, 10))
			fail_msg("%s: %s=%lld", name, fact, (long long)at->number);
	}
	free(copy);
}

static void expect(const char *name, const struct detector *detector, const char *grade,
	const char *summary, const char *facts)
{
	bool found = check(detector);

	if (found != (grade != NULL) || (found && strcmp(finding.grade, grade) != 0))
		fail_msg("%s: %s", name, found ? finding.grade : "nothing");
	if (!found)
		return;
	if (!rules_weight(rules, detector->name, grade))
		fail_msg("%s: no weight", name);
	if (summary && strcmp(finding.summary, summary) != 0)
		fail_msg("%s: %s", name, finding.summary);
	for (unsigned at = 0; at < finding.evidence_count; at++) {
		const struct evidence *fact = &finding.evidence[at];
		bool declared = false;

		for (unsigned i = 0; i < FINDING_EVIDENCE_MAX && detector->fields[i].key; i++)
			declared |=
				strcmp(detector->fields[i].key, fact->key) == 0 &&
				(detector->fields[i].type == EVIDENCE_STRING) == fact->is_string;
		if (!declared)
			fail_msg("%s: %s is not declared", name, fact->key);
	}
	expect_facts(name, facts);
}

/* An answer is taken for mining's whatever it says, to try what the detectors make of it. */
static void say(const char *remote, enum payload_direction direction, struct span bytes)
{
	const struct wire_flow flow = {.socket = 9,
		.remote = remote,
		.port = 3333,
		.owner = &process,
		.class = direction == PAYLOAD_RECEIVED ? PAYLOAD_STRATUM : PAYLOAD_NONE};

	apply(wire_make_payload(record, SECONDS(100), &flow, direction, bytes));
}

/* What was said on one connection, and what must follow. */
static const struct {
	const char *name;
	const struct detector *detector;
	const char *remote, *sent, *received; /* NULL: nothing */
	const char *grade, *summary, *facts;
} talks[] = {
	{"answered", HANDSHAKE, REMOTE, WIRE_LOGIN, WIRE_JOB, "answered",
		"mines Monero: logged in to 192.0.2.7:3333 as 45mb8Vfvz7SL..., confirmed by the "
		"pool's answer",
		"pool=192.0.2.7:3333|address=192.0.2.7|port=3333|dialect=cryptonote|method=login|"
		"login=" WIRE_WALLET "|agent=XMRig/6.21.0|worker=rig7"},
	{"client", HANDSHAKE, REMOTE, WIRE_LOGIN, NULL, "client",
		"mines Monero: logged in to 192.0.2.7:3333 as 45mb8Vfvz7SL..., no answer read yet",
		""},
	{"answered by something else", HANDSHAKE, REMOTE, WIRE_LOGIN, "HTTP/1.1 400 Bad\r\n\r\n",
		"client", NULL, ""},
	{"no wallet", HANDSHAKE, REMOTE, WIRE_LOGIN_OF("someone"), WIRE_JOB, "answered",
		"logged in to 192.0.2.7:3333 as someone, confirmed by the pool's answer",
		"login=someone"},
	{"unsure", HANDSHAKE, REMOTE, WIRE_UNSURE_LOGIN, NULL, NULL, NULL, NULL},
	{"two unsure sides prove nothing", HANDSHAKE, REMOTE, WIRE_UNSURE_LOGIN, WIRE_CHAT_ANSWER,
		NULL, NULL, NULL},
	{"unsure, but work comes", HANDSHAKE, REMOTE, WIRE_UNSURE_LOGIN, WIRE_JOB, "server", NULL,
		""},
	{"server", HANDSHAKE, REMOTE, NULL, WIRE_JOB, "server", "was given work by 192.0.2.7:3333",
		"login|agent|worker"},
	{"work for a web client", HANDSHAKE, REMOTE, "HEAD / HTTP/1.1\r\n\r\n", WIRE_JOB, NULL,
		NULL, NULL},
	{"an unsure answer alone", HANDSHAKE, REMOTE, NULL, WIRE_CHAT_ANSWER, NULL, NULL, NULL},
	{"results", HANDSHAKE, "2001:db8::7", SUBMIT, NULL, "client",
		"sent results to [2001:db8::7]:3333, no answer read yet",
		"pool=[2001:db8::7]:3333|address=2001:db8::7|method=submit"},
	{"chat", HANDSHAKE, REMOTE, WIRE_CHAT_LOGIN, WIRE_CHAT_ANSWER, NULL, NULL, NULL},
	{"who serves", HANDSHAKE, REMOTE, WIRE_JOB, WIRE_LOGIN, NULL, NULL, NULL},
	{"a node", HANDSHAKE, REMOTE, WIRE_TEMPLATE, NULL, "template",
		"asked for work of 192.0.2.7:3333 as 45mb8Vfvz7SL..., as solo miners and pool "
		"servers do",
		"dialect=daemon|method=getblocktemplate|login=" WIRE_WALLET},
	{"a node's answer", HANDSHAKE, REMOTE, WIRE_TEMPLATE, WIRE_TEMPLATE_ANSWER, "template",
		NULL, ""},
	{"a node's answer alone", HANDSHAKE, REMOTE, NULL, WIRE_TEMPLATE_ANSWER, "template", NULL,
		""},
	{"a pool behind a node's call", HANDSHAKE, REMOTE, WIRE_TEMPLATE, WIRE_JOB, "server", NULL,
		"dialect=cryptonote"},
	{"whom a node is to pay", WALLET, REMOTE, WIRE_TEMPLATE, NULL, "template",
		"asks for blocks that pay a monero wallet (45mb8Vfvz7SL...)",
		"wallet=" WIRE_WALLET},
	{"Monero", WALLET, REMOTE, WIRE_LOGIN_OF(WIRE_WALLET ".rig+5000"), NULL, "proved",
		"logs in with a monero wallet (45mb8Vfvz7SL...)",
		"wallet=" WIRE_WALLET "|coin=monero|pool=192.0.2.7:3333"},
	{"one letter wrong", WALLET, REMOTE,
		WIRE_LOGIN_OF("46mb8Vfvz7SLU7X3Dvdcom6Rxv9DdicMX6RdFeAQVBcT9GWSZX4DqQULU7X3Dvdcom6"
			      "Rxv9DdicMX6RdFeAQVBcT6hZabxz"),
		NULL, NULL, NULL, NULL},
	{"Bitcoin", WALLET, REMOTE, WIRE_LOGIN_OF(BITCOIN_WALLET), NULL, "proved", NULL,
		"wallet=" BITCOIN_WALLET},
	{"Ethereum", WALLET, REMOTE, WIRE_LOGIN_OF(WIRE_ETHEREUM_WALLET), NULL, "shape", NULL,
		"wallet=" WIRE_ETHEREUM_WALLET "|coin=ethereum"},
	{"Ethereum, but somebody else's login", WALLET, REMOTE, WIRE_UNSURE_LOGIN, NULL, NULL, NULL,
		NULL},
	{"an account", WALLET, REMOTE, WIRE_LOGIN_OF("someone"), NULL, NULL, NULL, NULL},
	{"a pool's client", WALLET, REMOTE, NULL, WIRE_LOGIN, NULL, NULL, NULL},
	{"loopback", NEAR, "127.255.0.1", WIRE_LOGIN, NULL, "-",
		"mines through a proxy near by (127.255.0.1, loopback)",
		"scope=loopback|port=3333"},
	{"::1", NEAR, "::1", WIRE_LOGIN, NULL, "-", NULL, "scope=loopback|address=::1"},
	{"::2", NEAR, "::2", WIRE_LOGIN, NULL, NULL, NULL, NULL},
	{"10/8", NEAR, "10.255.0.1", WIRE_LOGIN, NULL, "-", NULL, "scope=private"},
	{"11/8", NEAR, "11.0.0.1", WIRE_LOGIN, NULL, NULL, NULL, NULL},
	{"172.16/12", NEAR, "172.31.255.1", WIRE_LOGIN, NULL, "-", NULL, "scope=private"},
	{"below it", NEAR, "172.15.0.1", WIRE_LOGIN, NULL, NULL, NULL, NULL},
	{"above it", NEAR, "172.32.0.1", WIRE_LOGIN, NULL, NULL, NULL, NULL},
	{"192.168/16", NEAR, "192.168.3.4", WIRE_LOGIN, NULL, "-", NULL, "scope=private"},
	{"192.169", NEAR, "192.169.3.4", WIRE_LOGIN, NULL, NULL, NULL, NULL},
	{"100.64/10", NEAR, "100.127.0.1", WIRE_LOGIN, NULL, "-", NULL, "scope=shared"},
	{"100.128", NEAR, "100.128.0.1", WIRE_LOGIN, NULL, NULL, NULL, NULL},
	{"169.254/16", NEAR, "169.254.0.1", WIRE_LOGIN, NULL, "-", NULL, "scope=link-local"},
	{"fe80::/10", NEAR, "febf::1", WIRE_LOGIN, NULL, "-", NULL, "scope=link-local"},
	{"fec0::", NEAR, "fec0::1", WIRE_LOGIN, NULL, NULL, NULL, NULL},
	{"fc00::/7", NEAR, "fd00::1", WIRE_LOGIN, NULL, "-", NULL, "scope=unique-local"},
	{"fe00::", NEAR, "fe00::1", WIRE_LOGIN, NULL, NULL, NULL, NULL},
	{"a node near by", NEAR, "127.0.0.1", WIRE_TEMPLATE, NULL, NULL, NULL, NULL},
	{"near, but unsure", NEAR, "10.0.0.1", WIRE_UNSURE_LOGIN, NULL, NULL, NULL, NULL},
	{"near, only served", NEAR, "10.0.0.1", NULL, WIRE_JOB, NULL, NULL, NULL},
};

static void what_is_said(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(talks); i++) {
		state_init(&state);
		if (talks[i].sent)
			say(talks[i].remote, PAYLOAD_SENT, span_of(talks[i].sent));
		if (talks[i].received)
			say(talks[i].remote, PAYLOAD_RECEIVED, span_of(talks[i].received));
		expect(talks[i].name, talks[i].detector, talks[i].grade, talks[i].summary,
			talks[i].facts);
		state_done(&state);
	}
}

/* A name on the way, and the detector it speaks to. */
static const struct {
	const char *name;
	const struct detector *detector;
	enum { SNI, SNI_H2, SNI_HTTP, SOCKS, HTTP, DNS, CNAME } way;
	const char *host;
	const char *grade, *facts;
} names[] = {
	{"SNI", POOL, SNI, LISTED, "sni",
		"name=" LISTED "|by=sni|rule=" LISTED "|pool=" LISTED ":3333 (192.0.2.7)|asked_by"},
	{"SNI, h2 offered", POOL, SNI_H2, LISTED, "web", "name=" LISTED "|by=sni"},
	{"SNI, HTTP/1.1 offered", POOL, SNI_HTTP, LISTED, "web", "by=sni"},
	{"unlisted, h2 offered", POOL, SNI_H2, "not" LISTED, NULL, NULL},
	{"donate by SNI, h2 offered", DONATE, SNI_H2, "donate.ssl.xmrig.com", "sni", ""},
	{"a name below", POOL, SNI, "x7." LISTED, "sni",
		"name=x7." LISTED "|rule=" LISTED "|address=192.0.2.7|port=3333"},
	{"no label of it", POOL, SNI, "not" LISTED, NULL, NULL},
	{"a name around", POOL, SNI, LISTED ".example", NULL, NULL},
	{"SOCKS5", POOL, SOCKS, LISTED, "proxy",
		"by=socks5|pool=" LISTED ":4444 (through 192.0.2.7:3333)"},
	{"SOCKS5, an address listed", POOL, SOCKS, "198.51.100.9", "proxy",
		"name=198.51.100.9|rule=198.51.100.9"},
	{"SOCKS5, its neighbour", POOL, SOCKS, "198.51.100.8", NULL, NULL},
	{"CONNECT", POOL, HTTP, LISTED, "proxy", "by=connect"},
	{"DNS", POOL, DNS, LISTED, "dns",
		"by=dns|asked_by=this process|pool=" LISTED ":3333 (192.0.2.7)"},
	{"DNS, by another name", POOL, CNAME, LISTED, "dns",
		"name=" LISTED "|by=dns|asked_by=this process|rule=" LISTED "|pool=" LISTED
		":3333 (192.0.2.7)"},
	{"DNS, by another name, unlisted", POOL, CNAME, "not" LISTED, NULL, NULL},
	{"DNS, unlisted", POOL, DNS, "a.example", NULL, NULL},
	{"donate by SNI", DONATE, SNI, "donate.ssl.xmrig.com", "sni", "rule=donate.ssl.xmrig.com"},
	{"donate by proxy", DONATE, SOCKS, "donate.v2.xmrig.com", "proxy", "by=socks5"},
	{"donate by DNS", DONATE, DNS, "Donate.V2.XMRig.com", "dns", "asked_by=this process"},
	{"the authors' web site", DONATE, SNI, "xmrig.com", NULL, NULL},
	{"a pool takes no donations", DONATE, SNI, LISTED, NULL, NULL},
};

static void name_it(size_t i)
{
	const struct wire_flow dns = {
		.socket = 5, .remote = "192.0.2.53", .port = 53, .protocol = 17, .owner = &process};
	char line[128];

	switch (names[i].way) {
	case SNI:
		return say(REMOTE, PAYLOAD_SENT, wire_hello(names[i].host, NULL));
	case SNI_H2:
		return say(REMOTE, PAYLOAD_SENT, wire_hello(names[i].host, "h2"));
	case SNI_HTTP:
		return say(REMOTE, PAYLOAD_SENT, wire_hello(names[i].host, "http/1.1"));
	case SOCKS:
		return say(REMOTE, PAYLOAD_SENT, wire_socks(names[i].host, 4444));
	case HTTP:
		snprintf(line, sizeof(line), "CONNECT %s:4444 HTTP/1.1\r\n\r\n", names[i].host);
		return say(REMOTE, PAYLOAD_SENT, span_of(line));
	case CNAME:
		apply(wire_make_payload(record, SECONDS(100), &dns, PAYLOAD_RECEIVED,
			wire_dns_alias("my.example", names[i].host, REMOTE, 300)));
		return say(REMOTE, PAYLOAD_SENT, span_of("GET / HTTP/1.1\r\n\r\n"));
	case DNS:
		apply(wire_make_payload(record, SECONDS(100), &dns, PAYLOAD_RECEIVED,
			wire_dns(names[i].host, REMOTE, 300)));
		return say(REMOTE, PAYLOAD_SENT, span_of("GET / HTTP/1.1\r\n\r\n"));
	}
}

static void names_of_the_other_end(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(names); i++) {
		state_init(&state);
		name_it(i);
		expect(names[i].name, names[i].detector, names[i].grade, NULL, names[i].facts);
		state_done(&state);
	}
}

#define BY_DNS(port) "connects to the pool " LISTED port ", by a DNS answer"

/* A name of DNS, and then a hello that names nobody. */
static void a_hello_after_dns(void **unused)
{
	static const struct {
		const char *alpn, *grade, *summary;
	} rows[] = {
		{NULL, "dns", BY_DNS(":3333")},
		{"h2", "web", BY_DNS(":3333") ", as web browsers do"},
	};
	const struct wire_flow dns = {
		.socket = 5, .remote = "192.0.2.53", .port = 53, .protocol = 17, .owner = &process};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		state_init(&state);
		apply(wire_make_payload(record, SECONDS(100), &dns, PAYLOAD_RECEIVED,
			wire_dns(LISTED, REMOTE, 300)));
		say(REMOTE, PAYLOAD_SENT, wire_hello(NULL, rows[i].alpn));
		expect(rows[i].grade, POOL, rows[i].grade, rows[i].summary, "by=dns");
		state_done(&state);
	}
}

/* A name of DNS, and what is then said without TLS on the web's port. */
static void a_page_after_dns(void **unused)
{
	static const struct {
		const char *name;
		enum payload_class class;
		const char *grade;
	} rows[] = {
		{"a page asked for", PAYLOAD_OTHER_HTTP, "web"},
		{"a mining call", PAYLOAD_STRATUM, "dns"},
		{"something else", PAYLOAD_OTHER, "dns"},
	};
	const struct wire_flow dns = {
		.socket = 5, .remote = "192.0.2.53", .port = 53, .protocol = 17, .owner = &process};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct wire_flow flow = {.socket = 9,
			.remote = REMOTE,
			.port = 80,
			.owner = &process,
			.class = rows[i].class};
		bool kept = rows[i].class < PAYLOAD_OTHER_JSON;

		state_init(&state);
		apply(wire_make_payload(record, SECONDS(100), &dns, PAYLOAD_RECEIVED,
			wire_dns(LISTED, REMOTE, 300)));
		apply(wire_make_payload(record, SECONDS(101), &flow, PAYLOAD_SENT,
			span_of(kept ? WIRE_LOGIN : "")));
		expect(rows[i].name, POOL, rows[i].grade, NULL, "by=dns");
		state_done(&state);
	}
}

/* A name of DNS counts at the connect, while it holds, and says who asked. */
static void names_by_dns(void **unused)
{
	static const struct {
		const char *name;
		const struct core_process *asked;
		uint64_t after_s;
		uint16_t port, protocol;
		const char *grade, *summary, *facts;
	} rows[] = {
		{"its own question", &process, 1, 3333, IPPROTO_TCP, "dns", BY_DNS(":3333"),
			"asked_by=this process"},
		{"a resolver's", &resolver, 1, 3333, IPPROTO_TCP, "dns", BY_DNS(":3333"),
			"asked_by=another process"},
		{"nobody seen", NULL, 1, 3333, IPPROTO_TCP, "dns", BY_DNS(":3333"), "asked_by"},
		{"at the last moment", &process, 359, 3333, IPPROTO_TCP, "dns", BY_DNS(":3333"),
			""},
		{"too late", &process, 360, 3333, IPPROTO_TCP, NULL, NULL, NULL},
		{"the web's port", &process, 1, 443, IPPROTO_TCP, "web",
			BY_DNS(":443") ", perhaps for its web site", ""},
		{"without TLS", &process, 1, 80, IPPROTO_TCP, "web",
			BY_DNS(":80") ", perhaps for its web site", ""},
		{"no port of the web's", &process, 1, 444, IPPROTO_TCP, "dns", BY_DNS(":444"), ""},
		{"glibc sorts addresses", &process, 1, 0, IPPROTO_UDP, NULL, NULL, NULL},
		{"Go sorts addresses", &process, 1, 53, IPPROTO_UDP, NULL, NULL, NULL},
		{"Chromium sorts addresses", &process, 1, 80, IPPROTO_UDP, NULL, NULL, NULL},
		{"ping", &process, 1, 1025, IPPROTO_UDP, NULL, NULL, NULL},
		{"a pool's port over UDP", &process, 1, 3333, IPPROTO_UDP, NULL, NULL, NULL},
	};
	static const uint8_t address[4] = {192, 0, 2, 7};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct wire_flow dns = {.socket = 5,
			.remote = "192.0.2.53",
			.port = 53,
			.protocol = 17,
			.owner = rows[i].asked};

		state_init(&state);
		apply(wire_make_payload(record, SECONDS(100), &dns, PAYLOAD_RECEIVED,
			wire_dns(LISTED, REMOTE, 300)));
		apply(core_make_connect(record, SECONDS(100 + rows[i].after_s), &process, address,
			rows[i].port, rows[i].protocol));
		expect(rows[i].name, POOL, rows[i].grade, rows[i].summary, rows[i].facts);
		state_done(&state);
	}
}

/* A connection held by a process that is busy: what passes on it within a time. */
static const struct {
	const char *name;
	const char *sni, *alpn;
	bool hello, cut, busy;
	unsigned seconds; /* between the two looks */
	uint64_t sent, received; /* in it */
	const char *grade, *facts;
} flows[] = {
	{"no name", NULL, NULL, true, false, true, 60, 600, 900, "nosni",
		"sni|sent_per_minute=600|received_per_minute=900|age_seconds=100|port=443"},
	{"a name", "a.example", NULL, true, false, true, 60, 600, 900, "sni", "sni=a.example"},
	{"a protocol offered", NULL, "h2", true, false, true, 60, 600, 900, NULL, NULL},
	{"a hello cut off", NULL, NULL, true, true, true, 60, 600, 900, NULL, NULL},
	{"no TLS", NULL, NULL, false, false, true, 60, 600, 900, NULL, NULL},
	{"no CPU", NULL, NULL, true, false, false, 60, 600, 900, NULL, NULL},
	{"not watched long enough", NULL, NULL, true, false, true, 59, 600, 900, NULL, NULL},
	{"as much as is quiet", NULL, NULL, true, false, true, 120, 8192, 8192, "nosni",
		"sent_per_minute=4096"},
	{"sends more", NULL, NULL, true, false, true, 120, 8194, 900, NULL, NULL},
	{"receives more", NULL, NULL, true, false, true, 120, 600, 8194, NULL, NULL},
	{"sends nothing", NULL, NULL, true, false, true, 60, 0, 900, NULL, NULL},
	{"receives nothing", NULL, NULL, true, false, true, 60, 600, 0, NULL, NULL},
	{"a count beyond all", NULL, NULL, true, false, true, 60, UINT64_MAX - 5000, 900, NULL,
		NULL},
};

static void quiet_flows(void **unused)
{
	const struct wire_flow flow = {
		.socket = 9, .remote = REMOTE, .port = 443, .owner = &process};

	(void)unused;
	for (size_t i = 0; i < COUNT(flows); i++) {
		struct span hello = wire_hello(flows[i].sni, flows[i].alpn);
		uint64_t end = 200 + flows[i].seconds;

		state_init(&state);
		apply(core_make_exec(record, EVENT_EXEC, SECONDS(1), &process, &core_shell));
		hello.len -= flows[i].cut ? 4 : 0;
		if (flows[i].hello)
			apply(wire_make_payload(record, SECONDS(160), &flow, PAYLOAD_SENT, hello));
		apply(wire_make_socket(record, SECONDS(200), &flow, 0, 5000, 5000));
		for (uint64_t at = end - 15; at <= end && flows[i].busy; at++)
			apply(core_make_thread(record, SECONDS(at), &process, SECONDS(1), 0));
		apply(wire_make_socket(record, SECONDS(end), &flow, 0, 5000 + flows[i].sent,
			5000 + flows[i].received));
		expect(flows[i].name, QUIET, flows[i].grade, NULL, flows[i].facts);
		state_done(&state);
	}
}

/* A name longer than evidence is cut there and matched all the same. */
static void long_names_match(void **unused)
{
	char name[DNS_NAME_MAX] = "";

	(void)unused;
	for (unsigned i = 0; i < 3; i++) {
		memset(name + strlen(name), 'a', 63);
		strcat(name, ".");
	}
	strcat(name, LISTED);
	state_init(&state);
	say(REMOTE, PAYLOAD_SENT, wire_hello(name, NULL));
	assert_true(check(POOL));
	assert_true(fact_of("name")->cut);
	assert_true(fact_of("pool")->cut);
	assert_false(fact_of("rule")->cut);
	state_done(&state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said),
		cmocka_unit_test(names_of_the_other_end),
		cmocka_unit_test(a_hello_after_dns),
		cmocka_unit_test(a_page_after_dns),
		cmocka_unit_test(names_by_dns),
		cmocka_unit_test(quiet_flows),
		cmocka_unit_test(long_names_match),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
