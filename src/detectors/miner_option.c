/* SPDX-License-Identifier: Apache-2.0 */
/* A command line that only a miner is given: whole arguments, never substrings. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "detectors/detectors.h"
#include "rules.h"
#include "util/span.h"
#include "util/wallet.h"

#define NAMED_MAX 6 /* options named in the evidence */

struct reading {
	unsigned strong, medium, weak;
	bool valued; /* an address is given where miners take a pool's */
	bool login; /* who logs in there is given */
	struct span named[NAMED_MAX];
	unsigned named_count;
	struct span url; /* a value or argument with a scheme of a miner */
	bool url_of_option, url_of_letter; /* it is the value of --url; of -o, which many have */
	struct span wallet;
	bool wallet_of_option;
};

static bool already_named(const struct reading *reading, struct span option)
{
	for (unsigned i = 0; i < reading->named_count; i++)
		if (span_equal(reading->named[i], option))
			return true;
	return false;
}

/* A scheme, and behind it a host and no more than a URL may hold: not what one searches for. */
static bool is_pool_url(const struct rules *rules, struct span value)
{
	const char *host = value.len ? memmem(value.data, value.len, "://", 3) : NULL;

	if (!host || !rules_scheme(rules, value))
		return false;
	host += 3;
	if (host == value.data + value.len || !(isalnum((unsigned char)*host) || *host == '['))
		return false;
	for (; host < value.data + value.len; host++)
		if (*host <= ' ' || *host > '~' || strchr("\\^$|(){}*\"'<>", *host))
			return false;
	return true;
}

/* The port of "pool.example:3333"; 0: it has another shape. */
static uint16_t port_of(struct span value)
{
	const char *colon = value.len ? memchr(value.data, ':', value.len) : NULL;
	unsigned port = 0;

	if (!colon || colon == value.data)
		return 0;
	for (const char *digit = colon + 1; digit < value.data + value.len; digit++) {
		if (*digit < '0' || *digit > '9' || port > 6553)
			return 0;
		port = port * 10 + (unsigned)(*digit - '0');
	}
	return port <= UINT16_MAX ? (uint16_t)port : 0;
}

/*
 * Monero's alone, always proved: it is what CPUs mine, and addresses of Bitcoin and Ethereum are
 * arguments of wallets, exchanges and block explorers.
 */
static struct span read_wallet(struct span value)
{
	struct wallet wallet;

	if (!wallet_read(value, &wallet) || strcmp(wallet.coin, "monero") != 0)
		return (struct span){0};
	return wallet.text;
}

/* option: whose value it is; len 0: nobody's. */
static void read_value(
	const struct rules *rules, struct span value, struct span option, struct reading *reading)
{
	struct span wallet = read_wallet(value);
	enum option_value means =
		option.len ? rules_option_value(rules, option) : OPTION_VALUE_OTHER;
	bool endpoint = means == OPTION_VALUE_ENDPOINT, url = is_pool_url(rules, value);
	uint16_t port = endpoint ? port_of(value) : 0;

	if (wallet.len && (!reading->wallet.len || option.len)) {
		reading->wallet = wallet;
		reading->wallet_of_option |= option.len > 0;
	}
	reading->login |= means == OPTION_VALUE_LOGIN;
	reading->valued |= endpoint && (url || port);
	/* A port that pools use says a little. */
	reading->medium += port && rules_port(rules, port);
	if (!url || (reading->url.len && !endpoint))
		return;
	reading->url = value;
	reading->url_of_option |= endpoint && option.len > 2;
	reading->url_of_letter |= endpoint && option.len == 2;
}

/* What stands after '=' in "--option=value"; len 0 where there is none. */
static struct span split_value(struct span *element)
{
	const char *equals = memchr(element->data, '=', element->len);
	struct span value = {0};

	if (equals) {
		value.data = equals + 1;
		value.len = (size_t)(element->data + element->len - value.data);
		element->len = (size_t)(equals - element->data);
	}
	return value;
}

/* getopt takes "-oVALUE" for "-o VALUE". */
static bool read_glued(const struct rules *rules, struct span element, struct reading *reading)
{
	struct span option = {element.data, 2}, value;
	bool takes_value = false;

	if (element.len < 3 || element.data[0] != '-' || element.data[1] == '-')
		return false;
	if (rules_option(rules, option, &takes_value) == OPTION_NONE || !takes_value)
		return false;
	value = (struct span){element.data + 2, element.len - 2};
	read_value(rules, value, option, reading);
	return true;
}

/* Reads one element; next is the one after it. */
static void read_element(
	const struct rules *rules, struct span element, struct span next, struct reading *reading)
{
	bool takes_value = false;
	enum option_class class = rules_option(rules, element, &takes_value);
	struct span value;

	if (class == OPTION_NONE) {
		if (!read_glued(rules, element, reading))
			read_value(rules, element, (struct span){0}, reading);
		return;
	}
	value = split_value(&element);
	if (!value.len && takes_value && !span_starts(next, "-"))
		value = next;
	if (value.len)
		read_value(rules, value, element, reading);
	if (class == OPTION_GENERIC || already_named(reading, element))
		return;
	reading->strong += class == OPTION_STRONG;
	reading->medium += class == OPTION_MEDIUM;
	reading->weak += class == OPTION_WEAK;
	if (reading->named_count < NAMED_MAX)
		reading->named[reading->named_count++] = element;
}

/* Besides its URL a miner is told who logs in, also in the URL itself, or something else. */
static bool has_company(const struct reading *reading)
{
	return reading->login || reading->strong || reading->medium || reading->weak ||
	       memchr(reading->url.data, '@', reading->url.len);
}

/*
 * One distinctive option or URL by itself may be what somebody searches for (grep -e
 * --donate-level, grep -o stratum+tcp://pool.example); with a second sign it is a miner's command
 * line.
 */
static const char *grade_of(const struct reading *reading)
{
	unsigned company = reading->strong + reading->medium + reading->weak;

	if (reading->url_of_option || reading->wallet_of_option)
		return "strong";
	if (reading->url_of_letter && has_company(reading))
		return "strong";
	if (reading->strong &&
		(company > 1 || reading->valued || reading->url.len || reading->wallet.len))
		return "strong";
	if (reading->wallet.len)
		return "wallet";
	if (reading->strong || (reading->medium && company > 1) || reading->url.len)
		return "likely";
	return NULL;
}

static void state_facts(const struct reading *reading, struct finding *ret_finding)
{
	char options[FINDING_TEXT_MAX];
	size_t len = 0;

	for (unsigned i = 0; i < reading->named_count; i++) {
		struct span option = reading->named[i];

		if (len + option.len + 2 > sizeof(options))
			break;
		if (len)
			options[len++] = ' ';
		memcpy(options + len, option.data, option.len);
		len += option.len;
	}
	if (len)
		finding_add_string(ret_finding, "options", (struct span){options, len});
	if (reading->url.len) {
		const char *at = memrchr(reading->url.data, '@', reading->url.len);
		struct span url = reading->url;

		if (at) /* what stands before it may be a password */
			url = (struct span){at + 1, (size_t)(url.data + url.len - at - 1)};
		finding_add_string(ret_finding, "url", url);
	}
	if (reading->wallet.len)
		finding_add_string(ret_finding, "wallet", reading->wallet);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"command line of a miner (%.*s%s%s)", (int)(len > 80 ? 80 : len), options,
		reading->url.len ? (len ? ", pool URL" : "pool URL") : "",
		reading->wallet.len ? (len || reading->url.len ? ", wallet" : "wallet") : "");
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	struct span args = in->event->argv, element, next;
	struct reading reading = {0};

	if (!span_next_argument(&args, &element)) /* argv[0] is a name */
		return false;
	for (bool more = span_next_argument(&args, &element); more; element = next) {
		more = span_next_argument(&args, &next);
		if (!more)
			next = (struct span){0};
		if (element.len == 2 && span_starts(element, "--"))
			break; /* getopt stops here; a searched-for word may follow */
		if (element.len)
			read_element(in->rules, element, next, &reading);
	}
	ret_finding->grade = grade_of(&reading);
	if (!ret_finding->grade)
		return false;
	state_facts(&reading, ret_finding);
	return true;
}

const struct detector detector_miner_option = {
	.name = "miner_option",
	.meaning = "The command line carries options, a pool URL or a wallet as miners take them.",
	.events = DETECTOR_ON(EVENT_EXEC) | DETECTOR_ON(EVENT_PROCESS),
	.of_image = true,
	.fields = {{"options", EVIDENCE_STRING, "options found, separated by blanks", true},
		{"url", EVIDENCE_STRING, "pool URL found, without credentials", true},
		{"wallet", EVIDENCE_STRING, "Monero address given, its checksum holds", true}},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};
