/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the mining protocols: JSON lines, or the same calls over HTTP. */
#include "wire/stratum.h"

#include <string.h>

#include "util/span.h"
#include "util/wallet.h"
#include "wire/stratum_http.h"
#include "wire/stratum_words.h"

/* One message of the bytes, as far as it was read. */
struct call {
	unsigned outside; /* containers around it: 1 in a batch */
	uint64_t methods; /* bits of stratum_methods[]: a key given twice may be read either way */
	unsigned signs;
	struct span texts[TEXTS];
};

static bool is_key(const struct json_level *level, const char *key)
{
	if (key[0] == '#')
		return level->array && level->index == (unsigned)(key[1] - '0');
	return !level->array && json_key_is(level->key, key);
}

/* Does the value lie where keys say? levels, count: its own place inside the message. */
static bool is_place(
	const struct json_level *levels, unsigned count, const struct stratum_place *place)
{
	for (unsigned i = 0; i < STRATUM_PLACE_KEYS; i++) {
		if (i == count)
			return !place->keys[i];
		if (!place->keys[i] || !is_key(&levels[i], place->keys[i]))
			return false;
	}
	return count == STRATUM_PLACE_KEYS;
}

static void read_method(struct span text, struct call *call)
{
	for (unsigned i = 0; i < stratum_methods_count; i++)
		if (json_text_is(text, stratum_methods[i].name))
			call->methods |= UINT64_C(1) << i;
}

static void read_value(
	const struct json_scan *scan, const struct json_item *item, struct call *call)
{
	const struct json_level *levels = scan->levels + call->outside;
	unsigned count = item->depth - call->outside;

	if (count == 1 && item->kind == JSON_STRING && !item->cut && is_key(levels, "method"))
		read_method(item->text, call);
	for (unsigned i = 0; i < stratum_places_count; i++) {
		const struct stratum_place *place = &stratum_places[i];

		if (place->kind != item->kind || !is_place(levels, count, place) ||
			(place->holds && (item->cut || !place->holds(item->text))))
			continue;
		call->signs |= place->sign;
		if (place->text != TEXT_NONE && !call->texts[place->text].len)
			call->texts[place->text] = item->text;
	}
}

/* "wallet.worker", "account.worker", "somebody@example.org/worker". */
static struct span worker_of(struct span user)
{
	const char *separators = user.len && memchr(user.data, '@', user.len) ? "/" : "./";
	struct wallet wallet;
	size_t at = 0;

	if (wallet_read(user, &wallet))
		at = (size_t)(wallet.text.data - user.data) + wallet.text.len;
	for (; at < user.len; at++)
		if (user.data[at] && strchr(separators, user.data[at]))
			return (struct span){user.data + at + 1, user.len - at - 1};
	return (struct span){0};
}

static void take_texts(
	const struct call *call, const struct stratum_word *word, struct stratum_message *message)
{
	const struct span *texts = call->texts;
	struct span user = word->first == TEXT_USER ? texts[TEXT_FIRST] : texts[TEXT_USER];
	struct span agent = word->first == TEXT_AGENT ? texts[TEXT_FIRST] : texts[TEXT_AGENT];

	if (!message->user.len) {
		message->user = user;
		message->worker = texts[TEXT_WORKER].len ? texts[TEXT_WORKER] : worker_of(user);
	}
	if (!message->agent.len)
		message->agent = agent;
	if (!message->algo.len)
		message->algo = texts[TEXT_ALGO];
}

static bool is_sure(const struct call *call, const struct stratum_word *word)
{
	for (unsigned i = 0; i < sizeof(word->sure) / sizeof(word->sure[0]); i++)
		if (word->sure[i] && (call->signs & word->sure[i]) == word->sure[i])
			return true;
	return false;
}

static void take_word(
	const struct call *call, const struct stratum_word *word, struct stratum_message *message)
{
	bool sure = is_sure(call, word);
	unsigned what = message->what;

	if (sure && !message->sure) /* texts of what may be anybody's give way */
		*message = (struct stratum_message){.what = what};
	if (!message->dialect) {
		message->dialect = word->dialect;
		message->method = word->name;
		message->sure = sure;
	}
	message->what |= word->what;
	if (sure == message->sure)
		take_texts(call, word, message);
}

static void judge(const struct call *call, struct stratum_message *message)
{
	for (unsigned i = 0; i < stratum_methods_count; i++)
		if (call->methods >> i & 1)
			take_word(call, &stratum_methods[i], message);
	for (unsigned i = 0; i < stratum_answers_count; i++)
		if ((call->signs & stratum_answers[i].needs) == stratum_answers[i].needs)
			take_word(call, &stratum_answers[i], message);
}

/* An object outside of all others, or in a batch: an array of messages (JSON-RPC 2.0). */
static bool begins_message(const struct json_scan *scan, const struct json_item *item)
{
	return item->kind == JSON_OBJECT &&
	       (item->depth == 0 || (item->depth == 1 && scan->levels[0].array));
}

static void read_messages(struct span bytes, unsigned signs, struct stratum_message *message)
{
	struct call call = {0};
	struct json_scan scan;
	struct json_item item;

	json_scan_init(&scan, bytes);
	while (json_scan_next(&scan, &item)) {
		if (begins_message(&scan, &item)) {
			judge(&call, message);
			call = (struct call){.outside = item.depth, .signs = signs};
		} else if (item.depth > call.outside) {
			read_value(&scan, &item, &call);
		}
	}
	judge(&call, message);
}

/*
 * JSON must stand first. What stands inside other protocols (a pool's queue in Redis, a language
 * server's Content-Length) is theirs.
 */
static bool begins_with_json(struct span bytes)
{
	size_t at = 0;

	while (at < bytes.len && memchr(" \t\r\n", bytes.data[at], 4))
		at++;
	return at < bytes.len && (bytes.data[at] == '{' || bytes.data[at] == '[');
}

bool stratum_read(struct span bytes, struct stratum_message *ret_message)
{
	struct stratum_message message = {.dialect = STRATUM_NONE};
	struct stratum_http http = {.body = bytes, .tunnel = true};

	if (bytes.len)
		stratum_http_read(bytes, &http);
	if (begins_with_json(http.body))
		read_messages(http.body, http.tunnel ? SIGN_RAW : 0, &message);
	if (!message.dialect && http.poll)
		message =
			(struct stratum_message){.dialect = STRATUM_DAEMON, .method = "getheight"};
	message.what |= http.poll ? STRATUM_GET : 0;
	if (message.dialect == STRATUM_DAEMON && !message.agent.len)
		message.agent = http.agent;
	*ret_message = message;
	return message.dialect != STRATUM_NONE;
}

const char *stratum_dialect_name(enum stratum_dialect dialect)
{
	static const char *const names[] = {"none", "cryptonote", "bitcoin", "ethereum", "daemon"};

	return names[dialect];
}
