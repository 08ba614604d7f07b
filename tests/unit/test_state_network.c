/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what payloads and sockets change in the state, and whom they count for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "state/state.h"
#include "wire_fixture.h"

#define COOKIE 99
#define POOL "192.0.2.7"

static struct state state;
static struct event event;
static __u64 record[CORE_RECORD];

static const struct core_process owner = {.pid = 7, .start_ns = 5};
static const struct core_process sender = {.pid = 8, .start_ns = 6};
static const struct core_process holder = {.pid = 9, .start_ns = 7};
static const struct wire_flow flow = {
	.socket = COOKIE, .remote = POOL, .port = 3333, .owner = &owner, .sender = &sender};

static int make(void **unused)
{
	(void)unused;
	state_init(&state);
	return 0;
}

static int drop(void **unused)
{
	(void)unused;
	state_done(&state);
	return 0;
}

static struct process *apply(size_t len)
{
	struct process *found;

	assert_int_equal(event_decode(record, len, &event), 0);
	state_apply(&state, &event, &found);
	return found;
}

static struct process *say(
	const struct wire_flow *by, enum payload_direction direction, struct span bytes)
{
	return apply(wire_make_payload(record, state.now_ns + 1, by, direction, bytes));
}

static const struct connection *connection(void)
{
	return connection_find(state.connections, COOKIE);
}

static void start(const struct core_process *process)
{
	apply(core_make_exec(record, EVENT_EXEC, 10, process, &core_shell));
}

static void stop(const struct core_process *process)
{
	apply(core_make_exit(record, 20, process, 0));
}

enum life { UNKNOWN, ALIVE, ENDED };

static void live(const struct core_process *process, enum life life)
{
	if (life != UNKNOWN)
		start(process);
	if (life == ENDED)
		stop(process);
}

static void payloads_count_for_who_uses_the_socket(void **unused)
{
	static const struct {
		const char *name;
		enum life owner, sender, holder; /* of holder UNKNOWN: no scan saw it either */
		enum payload_direction direction;
		uint32_t pid; /* whom it counts for */
	} rows[] = {
		{"owner alive", ALIVE, ALIVE, UNKNOWN, PAYLOAD_SENT, 7},
		{"owner not seen before", UNKNOWN, ALIVE, UNKNOWN, PAYLOAD_SENT, 7},
		{"owner gone, sender alive", ENDED, ALIVE, UNKNOWN, PAYLOAD_SENT, 8},
		{"who received is not who sends", ENDED, ALIVE, UNKNOWN, PAYLOAD_RECEIVED, 7},
		{"sender not known", ENDED, UNKNOWN, UNKNOWN, PAYLOAD_SENT, 7},
		{"both gone", ENDED, ENDED, UNKNOWN, PAYLOAD_SENT, 7},
		{"both gone, a holder", ENDED, ENDED, ALIVE, PAYLOAD_SENT, 9},
		{"received for the holder", ENDED, ALIVE, ALIVE, PAYLOAD_RECEIVED, 9},
		{"holder gone", ENDED, UNKNOWN, ENDED, PAYLOAD_RECEIVED, 7},
		{"owner alive, a holder", ALIVE, UNKNOWN, ALIVE, PAYLOAD_SENT, 7},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct wire_flow held = {
			.socket = COOKIE, .remote = POOL, .port = 3333, .owner = &holder};
		struct process *found;

		live(&owner, rows[i].owner);
		live(&sender, rows[i].sender);
		live(&holder, rows[i].holder);
		if (rows[i].holder != UNKNOWN)
			apply(wire_make_socket(record, 30, &held, 0, 0, 0));
		found = say(&flow, rows[i].direction,
			rows[i].direction == PAYLOAD_SENT ? WIRE_TEXT(WIRE_LOGIN)
							  : WIRE_TEXT(WIRE_JOB));
		assert_non_null(found);
		if (found->key.pid != rows[i].pid)
			fail_msg("%s: %u", rows[i].name, found->key.pid);
		drop(unused);
		make(unused);
	}
}

/* What the kernel sends by a timer leaves while anybody runs, whosever he is. */
static void another_users_process_is_no_sender(void **unused)
{
	(void)unused;
	start(&owner);
	start(&sender);
	process_find(state.processes, &(struct process_key){.pid = 7, .start_ns = 5})->uid = 65534;
	stop(&owner);
	assert_int_equal(say(&flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN))->key.pid, 7);
	assert_int_equal(connection()->holder.pid, 0);
	process_find(state.processes, &(struct process_key){.pid = 8, .start_ns = 6})->uid = 65534;
	assert_int_equal(say(&flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN))->key.pid, 8);
}

/* Nobody's: an answer to a socket that was never connected. */
static void nobodys_payload_makes_nobody(void **unused)
{
	const struct wire_flow nobodys = {
		.socket = COOKIE, .remote = POOL, .port = 53, .protocol = 17};

	(void)unused;
	assert_null(say(&nobodys, PAYLOAD_RECEIVED, wire_dns("pool.example", "192.0.2.9", 300)));
	assert_int_equal(process_count_alive(state.processes), 0);
}

static void prefixes_grow_and_double_nothing(void **unused)
{
	const struct span login = WIRE_TEXT(WIRE_LOGIN);
	struct connection before;

	(void)unused;
	for (size_t len = 150; len < login.len; len += 50)
		say(&flow, PAYLOAD_SENT, (struct span){login.data, len});
	say(&flow, PAYLOAD_SENT, login);
	assert_int_equal(connection()->dialect, STRATUM_CRYPTONOTE);
	assert_int_equal(connection()->said, STRATUM_LOGIN);
	assert_true(connection()->sure);
	assert_string_equal(connection()->user, WIRE_WALLET);
	assert_string_equal(connection()->agent, "XMRig/6.21.0");
	assert_string_equal(connection()->worker, "rig7");
	assert_string_equal(connection()->method, "login");
	assert_int_equal(connection()->owner.pid, 7);
	assert_int_equal(connection()->remote_port, 3333);
	before = *connection();
	say(&flow, PAYLOAD_SENT, login);
	assert_memory_equal(&before, connection(), sizeof(before));
	say(&flow, PAYLOAD_RECEIVED, WIRE_TEXT(WIRE_JOB));
	assert_int_equal(connection()->said & STRATUM_FROM_CLIENT, STRATUM_LOGIN);
	assert_true(connection()->said & STRATUM_JOB);
	assert_string_equal(connection()->method, "login");
}

/* A pool's, a proxy's side of the conversation. */
static void who_serves_says_nothing(void **unused)
{
	struct wire_flow forced = flow;

	(void)unused;
	forced.class = PAYLOAD_STRATUM; /* a trace may say what no source would */
	say(&forced, PAYLOAD_RECEIVED, WIRE_TEXT(WIRE_LOGIN));
	say(&forced, PAYLOAD_SENT, WIRE_TEXT(WIRE_JOB));
	assert_int_equal(connection()->said, 0);
	assert_false(connection()->sure);
	assert_string_equal(connection()->user, "");
	forced.class = PAYLOAD_TLS;
	say(&forced, PAYLOAD_RECEIVED, wire_hello("a.example", NULL));
	assert_false(connection()->tls);
	forced.class = PAYLOAD_SOCKS;
	say(&forced, PAYLOAD_RECEIVED, wire_socks("pool.example", 3333));
	assert_null(connection()->proxied_by);
	/* both in one breath: the call is its own */
	say(&flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN WIRE_JOB));
	assert_int_equal(connection()->said, STRATUM_LOGIN);
}

static void one_dialect(void **unused)
{
	static const char notify[] =
		"{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"1\",\"4d16b6f85af6e219\","
		"\"01000000\",\"072f736c7573682f\",[],\"00000002\",\"1c2ac4af\",\"504e86b9\",false]"
		"}\n";

	(void)unused;
	/* what is unsure is not kept, what is sure stands */
	say(&flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_UNSURE_LOGIN));
	assert_true(!connection() || !connection()->said);
	say(&flow, PAYLOAD_RECEIVED, WIRE_TEXT(notify));
	assert_int_equal(connection()->dialect, STRATUM_BITCOIN);
	assert_int_equal(connection()->said & STRATUM_FROM_CLIENT, 0);
	say(&flow, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN));
	assert_int_equal(connection()->dialect, STRATUM_BITCOIN);
	assert_int_equal(connection()->said & STRATUM_FROM_CLIENT, 0);
}

static void hello_and_proxies(void **unused)
{
	char joined[EVENT_PAYLOAD_MAX];
	struct span socks = wire_socks("pool.example", 3333);

	(void)unused;
	say(&flow, PAYLOAD_SENT, wire_hello("a.example", "h2"));
	assert_true(connection()->tls && connection()->tls_whole && connection()->alpn);
	assert_string_equal(connection()->sni, "a.example");
	assert_null(connection()->proxied_by);
	/* what follows the request is said to the target */
	memcpy(joined, socks.data, socks.len);
	memcpy(joined + socks.len, WIRE_LOGIN, sizeof(WIRE_LOGIN) - 1);
	state_done(&state);
	make(unused);
	say(&flow, PAYLOAD_SENT, (struct span){joined, socks.len + sizeof(WIRE_LOGIN) - 1});
	assert_string_equal(connection()->proxied_by, "socks5");
	assert_string_equal(connection()->target, "pool.example");
	assert_int_equal(connection()->target_port, 3333);
	assert_int_equal(connection()->said, STRATUM_LOGIN);
	assert_string_equal(connection()->user, WIRE_WALLET);
	assert_int_equal(connection()->remote_port, 3333);
}

static void numeric_targets_are_written(void **unused)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *target;
	} rows[] = {
		{"\5\1\0\5\1\0\1\xc0\0\2\x09\x0d\x05", 13, "192.0.2.9"},
		{"\5\1\0\5\1\0\4\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\7\x0d\x05", 25, "2001:db8::7"},
		{"\4\1\x0d\x05\xc0\0\2\x09\0", 9, "192.0.2.9"},
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		say(&flow, PAYLOAD_SENT, (struct span){rows[i].bytes, rows[i].len});
		assert_string_equal(connection()->target, rows[i].target);
		assert_int_equal(connection()->target_port, 3333);
	}
}

static void what_no_reader_knows_is_not_kept(void **unused)
{
	struct wire_flow nameless = flow;

	(void)unused;
	start(&owner);
	assert_int_equal(say(&flow, PAYLOAD_SENT, WIRE_TEXT("SSH-2.0-a\r\n"))->key.pid, 7);
	assert_null(connection());
	say(&flow, PAYLOAD_RECEIVED, WIRE_TEXT("HTTP/1.1 200 OK\r\n\r\n"));
	assert_null(connection());
	say(&flow, PAYLOAD_SENT, WIRE_TEXT("GET / HTTP/1.1\r\n\r\n")); /* only that it was said */
	assert_true(connection()->web && !connection()->said && !connection()->target[0]);
	nameless.socket = 0; /* all such would be one */
	say(&nameless, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN));
	apply(wire_make_socket(record, 30, &nameless, 0, 0, 0));
	assert_null(connection_find(state.connections, 0));
}

static void armed_sockets_have_a_holder(void **unused)
{
	struct wire_flow armed = flow;

	(void)unused;
	armed.flags = PAYLOAD_ARMED;
	armed.owner = &holder;
	start(&holder);
	say(&flow, PAYLOAD_SENT, wire_hello(NULL, NULL));
	assert_int_equal(say(&armed, PAYLOAD_SENT, WIRE_TEXT(WIRE_LOGIN))->key.pid, 9);
	assert_int_equal(connection()->owner.pid, 7);
	assert_int_equal(connection()->holder.pid, 9);
}

static void sockets_are_measured(void **unused)
{
	struct wire_flow held = flow;

	(void)unused;
	held.owner = &holder;
	state.now_ns = SECONDS(90);
	apply(wire_make_socket(record, SECONDS(100), &held, SECONDS(40), 5000, 9000));
	assert_int_equal(connection()->first_ns, SECONDS(40));
	assert_int_equal(connection()->owner.pid, 8); /* who connected it, as the record says */
	assert_int_equal(connection()->holder.pid, 9);
	apply(wire_make_socket(record, SECONDS(130), &held, SECONDS(120), 5100, 9200));
	assert_int_equal(connection()->first_ns, SECONDS(40));
	assert_int_equal(connection()->measured_ns, SECONDS(100));
	assert_int_equal(connection()->sent_at_first, 5000);
	assert_int_equal(connection()->received_at_first, 9000);
	assert_int_equal(connection()->bytes_ns, SECONDS(130));
	assert_int_equal(connection()->bytes_sent, 5100);
	assert_int_equal(connection()->bytes_received, 9200);
}

static void names_come_from_answers_alone(void **unused)
{
	static const uint8_t address[16] = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 9};
	struct wire_flow dns = {.socket = 5,
		.remote = "192.0.2.53",
		.port = 53,
		.protocol = 17,
		.owner = &owner,
		.class = PAYLOAD_DNS};

	(void)unused;
	say(&dns, PAYLOAD_SENT, wire_dns("pool.example", "192.0.2.9", 300));
	assert_null(dns_table_find(state.dns, address, 0, state.now_ns));
	dns.protocol = 6;
	say(&dns, PAYLOAD_RECEIVED, wire_dns("pool.example", "192.0.2.9", 300));
	assert_null(dns_table_find(state.dns, address, 0, state.now_ns));
	dns.protocol = 17;
	say(&dns, PAYLOAD_RECEIVED, wire_dns("pool.example", "192.0.2.9", 300));
	assert_string_equal(
		dns_table_find(state.dns, address, 0, state.now_ns)->name, "pool.example");
	assert_int_equal(dns_table_find(state.dns, address, 0, state.now_ns)->asked_by.pid, 7);
	assert_null(connection_find(state.connections, 5));
}

#define STATE_TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STATE_TEST(payloads_count_for_who_uses_the_socket),
		STATE_TEST(another_users_process_is_no_sender),
		STATE_TEST(nobodys_payload_makes_nobody),
		STATE_TEST(prefixes_grow_and_double_nothing),
		STATE_TEST(who_serves_says_nothing),
		STATE_TEST(one_dialect),
		STATE_TEST(hello_and_proxies),
		STATE_TEST(numeric_targets_are_written),
		STATE_TEST(what_no_reader_knows_is_not_kept),
		STATE_TEST(armed_sockets_have_a_holder),
		STATE_TEST(sockets_are_measured),
		STATE_TEST(names_come_from_answers_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
