/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which command lines are a miner's, and how sure that is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core_fixture.h"
#include "detectors/detectors.h"
#include "util/span.h"
#include "wallet_fixture.h"

static struct rules *rules;
static struct event event;
static char argv[2 * EVENT_ARGV_MAX];

/* Arguments are separated by '|'. */
static bool check(const char *args, struct finding *ret_finding)
{
	static const struct event_header header = {.type = EVENT_EXEC};
	static const struct process process;
	struct detector_input in = {.event = &event, .process = &process, .rules = rules};
	size_t len = strlen(args) + 1;

	assert_true(len <= sizeof(argv));
	memcpy(argv, args, len);
	for (size_t i = 0; i < len; i++)
		if (argv[i] == '|')
			argv[i] = '\0';
	event.header = &header;
	event.argv = (struct span){argv, len};
	memset(ret_finding, 0, sizeof(*ret_finding));
	return detector_miner_option.check(&in, ret_finding);
}

static const struct {
	const char *args, *grade; /* grade NULL: nothing */
} rows[] = {
	/* long, short, with '=', glued */
	{"x|--donate-level|1|-o|stratum+tcp://p.example:3333|-u|w", "strong"},
	{"x|-o|stratum+tcp://p.example:3333|-u|w", "strong"},
	{"x|-o|STRATUM+SSL://P.EXAMPLE:443|--user=w", "strong"},
	{"x|-O|w:x|-o|stratum+tcp://p.example:3333", "strong"},
	{"x|-o|stratum+tcp://p.example:3333|--coin|monero", "strong"},
	{"x|-P|stratum1+tcp://w.rig@p.example:4444", "strong"},
	{"x|--url=stratum+tcp://p.example:3333", "strong"},
	{"x|--url|stratum+tcp://p.example:3333", "strong"},
	{"x|-ostratum+tcp://p.example:3333|-uw", "strong"},
	{"x|-o|stratum+tcp://[2001:db8::1]:3333|-u|w", "strong"},
	{"x|-o|stratum+tcp://" WALLET ".w@p.example:3333", "strong"},
	{"x|-o|daemon+http://127.0.0.1:18081|-u|w", "strong"},
	{"x|--donate-level=1|--cpu-max-threads-hint=50", "strong"},
	{"x|--nicehash|--randomx-mode|fast", "strong"},
	{"x|-o|p.example:443|--donate-level|1", "strong"},
	{"x|-op.example:443|--donate-level|1", "strong"},
	{"x|--url=p.example:443|--nicehash", "strong"},
	{"x|-o|p.example:3333|--coin=monero|--nicehash", "strong"},
	{"x|--nicehash|--coin|monero", "strong"},
	{"x|--nicehash|stratum+tcp://p.example:3333", "strong"},
	{"x|--nicehash|" WALLET, "strong"},
	{"x|-u|" WALLET, "strong"},
	{"x|-u" WALLET ".rig", "strong"},
	{"x|-u|" WALLET ".rig1", "strong"},
	{"x|-u|" WALLET "+10000", "strong"},
	{"x|-u|XMR:" WALLET ".w#ref", "strong"},
	{"x|--user=" WALLET_INTEGRATED, "strong"},
	{"x|-O|" WALLET ":x", "strong"},
	/* one sign alone */
	{"x|" WALLET, "wallet"},
	{"x|pool:3333|" WALLET ".w", "wallet"},
	{"x|--donate-level|1", "likely"},
	{"x|--nicehash", "likely"},
	{"x|-o|--nicehash", "likely"},
	{"x|-o|stratum+tcp://p.example:3333", "likely"},
	{"x|-P|stratum+tcp://p.example:3333", "likely"},
	{"x|--coin|monero|--av|1", "likely"},
	{"x|-o|p.example:3333|--coin|monero", "likely"},
	{"x|-op.example:3333|--coin|monero", "likely"},
	{"x|-Z|stratum+tcp://p.example:3333", "likely"},
	{"x|stratum+tcp://p.example:3333", "likely"},
	/* too little */
	{"x|--coin|monero", NULL},
	{"x|--coin|monero|--coin|monero", NULL},
	{"x|-o|p.example:3333", NULL},
	{"x|-o|p.example:3333|-u|user|-p|x|-k", NULL},
	{"x|-c|config.json", NULL},
	{"x|-o|:3333|--coin|monero", NULL},
	{"x|-o|stratum+tcp:///", NULL},
	{"x|-o|stratum+tcp://", NULL},
	{"xmrig", NULL},
	{"", NULL},
	{"x|" WALLET_OTHER_CHECKSUM, NULL},
	{"x|-u|" WALLET_OTHER_CHECKSUM, NULL},
	{"x|" WALLET "1", NULL},
	{"bitcoin-cli|sendtoaddress|1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa|1", NULL},
	{"cast|balance|0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae", NULL},
	{"x|--donate", NULL},
	{"x|--donate-levels|1", NULL},
	{"--donate-level|x", NULL}, /* argv[0] is a name */
	/* those who look for miners */
	{"grep|xmrig", NULL},
	{"grep|-r|--|--donate-level|.", NULL},
	{"grep|--|--donate-level|--nicehash", NULL},
	{"grep|-e|--donate-level|-r|/etc", "likely"},
	{"grep|-l|stratum+tcp://|-r|/etc", NULL},
	{"grep|-o|stratum+tcp://[^ ]*|f", NULL},
	{"grep|-o|stratum+tcp://.*|f", NULL},
	{"grep|-l|stratum+tcp://p.example|f", "likely"},
	{"grep|-r|-o|stratum+tcp://p.example|/var/www", "likely"},
	{"grep|-a|-o|stratum+tcp://p.example|f", "likely"},
	{"grep|-u|-o|stratum+tcp://p.example|f", "likely"},
	{"grep|-P|stratum+tcp://p.example|f", "likely"},
	{"grep|-e|--donate-level|-o|/var/log/syslog", "likely"},
	{"grep|-e|--donate-level|-P|f:", "likely"},
	{"pgrep|-f|stratum+tcp", NULL},
	{"pkill|-f|xmrig.*donate-level", NULL},
	{"sh|-c|xmrig --donate-level 1 -o stratum+tcp://p:3333", NULL},
	{"dig|supportxmr.com", NULL},
	{"vim|stratum.c", NULL},
	/* those who share an option */
	{"kubectl|get|pods|-o|pool.yaml", NULL},
	{"kubectl|get|pool|-o|pool.yaml", NULL},
	{"zpool|import|-c|/etc/zfs/zpool.cache|-aN", NULL},
	{"openssl|speed|-a|/home/cn/r", NULL},
	{"ninja|-C|out/cn/r|-a|rx/0|-t|clean", NULL},
	{"docker|run|-p|3333:3333|-p|4444:4444|-u|1000|--cpus|2|web", NULL},
	{"ssh|-p|22|-o|StrictHostKeyChecking=no|-L|3333:h:3333|h", NULL},
	{"curl|-u|a:b|-o|f|https://h.example:3333/", NULL},
	{"curl|--url|http://localhost:3333|-o|f", NULL},
	{"python3|backtest.py|--coin|BTC|--algo|sma", NULL},
	{"python3|backtest.py|--url|https://h.example:443|--coin|BTC|--algo|sma", NULL},
	{"hashcat|-m|0|--opencl-devices|1|--cpu-affinity|1,2|h|w", NULL},
	{"java|-Dx=y|-Xmx1g|-jar|a.jar|--algo|x", NULL},
	{"pgbench|-c|10|-t|100|-j|2|db", NULL},
	{"node|server.js|--url|http://localhost:3333", NULL},
	{"python3|train.py|--cuda|--threads|8|--seed|1", NULL},
	{"gcc|-O2|-o|x|-c|x.c", NULL},
	{"kc.sh|--http-enabled=true|--http-port=4444", NULL},
};

static void command_lines(void **state)
{
	struct finding finding;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool found = check(rows[i].args, &finding);

		if (found != (rows[i].grade != NULL) ||
			(found && strcmp(finding.grade, rows[i].grade) != 0))
			fail_msg("%s: %s", rows[i].args, found ? finding.grade : "nothing");
	}
}

/* What stands in the evidence and what must not. */
static const struct {
	const char *args, *key, *text;
} evidence_rows[] = {
	{"x|--donate-level|1|--nicehash|--nicehash", "options", "--donate-level --nicehash"},
	{"x|--donate-level=1|-o|p:1", "options", "--donate-level"},
	{"x|-o|stratum+tcp://p.example:3333", "url", "stratum+tcp://p.example:3333"},
	{"x|-o|stratum+tcp://u:secret@p.example:3333", "url", "p.example:3333"},
	{"x|-o|stratum+tcp://u:se@cret@p.example:3333", "url", "p.example:3333"},
	{"x|-u|XMR:" WALLET ".w", "wallet", WALLET},
	{"x|stratum+tcp://a:1|-o|stratum+tcp://b:1", "url", "stratum+tcp://b:1"},
	{"x|-o|stratum+tcp://b:1|stratum+tcp://a:1", "url", "stratum+tcp://b:1"},
};

static void evidence(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(evidence_rows); i++) {
		struct finding finding;
		bool seen = false;

		assert_true(check(evidence_rows[i].args, &finding));
		for (unsigned at = 0; at < finding.evidence_count; at++) {
			const struct evidence *fact = &finding.evidence[at];

			if (strcmp(fact->key, evidence_rows[i].key) != 0)
				continue;
			seen = true;
			if (!span_equal((struct span){fact->text, fact->len},
				    span_of(evidence_rows[i].text)))
				fail_msg("%s: %.*s", evidence_rows[i].args, fact->len, fact->text);
		}
		assert_true(seen);
		assert_null(strstr(finding.summary, "secret"));
	}
}

/* As many options as fit in an argv: named as far as there is room. */
static void many_options(void **state)
{
	static const char *const longest[] = {"--disable-extranonce-subscribe",
		"--reboot-script-gpu-watchdog", "--cc-upload-config-on-start",
		"--reconnect-on-fail-shares", "--max-no-submit-responses", "--cpu-max-threads-hint",
		"--daemon-poll-interval"};
	static char args[EVENT_ARGV_MAX];
	struct finding finding;
	size_t len = 1;

	(void)state;
	args[0] = 'x';
	for (unsigned i = 0; len + 32 < sizeof(args); i++)
		len += (size_t)snprintf(
			args + len, sizeof(args) - len, "|%s", longest[i % COUNT(longest)]);
	assert_true(check(args, &finding));
	assert_string_equal(finding.grade, "strong");
	assert_in_range(finding.evidence[0].len, 90, FINDING_TEXT_MAX);
	assert_false(finding.evidence[0].cut); /* no option is named by half */
	assert_true(strlen(finding.summary) < sizeof(finding.summary));
}

static int load(void **state)
{
	(void)state;
	return rules_load(NULL, stderr, &rules);
}

static int unload(void **state)
{
	(void)state;
	rules_free(rules);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_lines),
		cmocka_unit_test(evidence),
		cmocka_unit_test(many_options),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
