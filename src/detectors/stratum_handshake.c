/* SPDX-License-Identifier: Apache-2.0 */
/* A mining protocol was spoken: the client's call, the server's answer, or both. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "detectors/detectors.h"
#include "detectors/remote.h"
#include "util/span.h"
#include "util/wallet.h"

#define USER_SHOWN 12 /* bytes of a login in the summary: enough to tell two wallets apart */

/*
 * One side must have said what no other protocol says; the other's word then confirms it. A node
 * is asked for a block to mine by solo miners and by pools' servers in the same words.
 */
static const char *grade_of(const struct connection *connection)
{
	bool client = connection->said & STRATUM_FROM_CLIENT;
	bool server = connection->said & STRATUM_FROM_SERVER;

	if (!connection->sure)
		return NULL;
	if (connection->dialect == STRATUM_DAEMON)
		return "template";
	/* Any server can give work to whoever asks it for something else. */
	if (!client && (connection->web || connection->tls))
		return NULL;
	if (client && server)
		return "answered";
	return client ? "client" : "server";
}

static const struct {
	const char *grade, *says;
} endings[] = {
	{"answered", ", confirmed by the pool's answer"},
	{"client", ", no answer read yet"},
	{"server", ""},
	{"template", ", as solo miners and pool servers do"},
};

/* What it did, the most telling first. */
static const struct {
	unsigned said;
	const char *did;
} deeds[] = {
	{STRATUM_LOGIN, "logged in to"},
	{STRATUM_SUBMIT, "sent results to"},
	{STRATUM_GET, "asked for work of"},
	{STRATUM_SUBSCRIBE, "subscribed to work of"},
	{STRATUM_KEEPALIVE, "keeps a session at"},
	{STRATUM_JOB, "was given work by"},
	{STRATUM_ANSWER, "was answered by"},
};

static const char *deed_of(const struct connection *connection)
{
	unsigned i = 0;

	while (!(connection->said & deeds[i].said))
		i++;
	return deeds[i].did;
}

/* "mines Monero: "; "" where the login names no coin, or its owner may be a pool. */
static void coin_text(const struct connection *connection, char *text, size_t size)
{
	struct wallet wallet;

	text[0] = '\0';
	if (connection->dialect == STRATUM_DAEMON ||
		!wallet_read(span_of(connection->user), &wallet))
		return;
	snprintf(text, size, "mines %.20s: ", wallet.coin);
	text[strlen("mines ")] = (char)toupper((unsigned char)text[strlen("mines ")]);
}

static void summarize(
	const struct connection *connection, const char *pool, struct finding *finding)
{
	const char *says = "", *user = connection->user;
	char coin[32];

	for (unsigned i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (endings[i].grade == finding->grade)
			says = endings[i].says;
	coin_text(connection, coin, sizeof(coin));
	snprintf(finding->summary, sizeof(finding->summary), "%s%s %.40s%s%.*s%s%s", coin,
		deed_of(connection), pool, user[0] ? " as " : "", USER_SHOWN, user,
		strlen(user) > USER_SHOWN ? "..." : "", says);
}

static void add_text(struct finding *finding, const char *key, const char *text)
{
	if (text && text[0])
		finding_add_string(finding, key, span_of(text));
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	struct remote remote = remote_of(in);
	const struct connection *connection = remote.connection;
	struct remote_name name;
	bool named;
	char pool[DNS_NAME_MAX + 8];

	ret_finding->grade = connection ? grade_of(connection) : NULL;
	if (!ret_finding->grade)
		return false;
	named = remote_name_best(in, &remote, &name);
	remote_facts(&remote, named ? &name : NULL, ret_finding);
	add_text(ret_finding, "dialect", stratum_dialect_name(connection->dialect));
	add_text(ret_finding, "method", connection->method);
	add_text(ret_finding, "login", connection->user);
	add_text(ret_finding, "agent", connection->agent);
	add_text(ret_finding, "worker", connection->worker);
	remote_short_text(&remote, named ? &name : NULL, pool, sizeof(pool));
	summarize(connection, pool, ret_finding);
	return true;
}

const struct detector detector_stratum_handshake = {
	.name = "stratum_handshake",
	.meaning = "A mining protocol was spoken on one of its connections.",
	.events = DETECTOR_ON(EVENT_PAYLOAD),
	.confirmed = "answered",
	.fields = {{"pool", EVIDENCE_STRING, "its name, port and address"},
		{"address", EVIDENCE_STRING, "the other end's"},
		{"port", EVIDENCE_INTEGER, "the other end's"},
		{"dialect", EVIDENCE_STRING, "of the protocol"},
		{"method", EVIDENCE_STRING, "the call that decided", true},
		{"login", EVIDENCE_STRING, "whom it logged in as: a wallet, an account", true},
		{"agent", EVIDENCE_STRING, "the program, as it calls itself", true},
		{"worker", EVIDENCE_STRING, "the worker's name", true}},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};
