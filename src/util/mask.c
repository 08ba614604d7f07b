// SPDX-License-Identifier: Apache-2.0
/* Hides secrets in a process' arguments. */
#include "util/mask.h"

#include <string.h>

#include "util/secret_option.h"
#include "util/span.h"
#include "util/utf8.h"

struct masker {
	char *buffer;
	size_t size;
	size_t len;
	bool cut;
	enum secret next; /* what the next word is, said by the word before it */
};

static struct span between(const char *from, const char *to)
{
	return (struct span){from, (size_t)(to - from)};
}

static const char *end_of(struct span text)
{
	return text.data + text.len;
}

static void put(struct masker *masker, struct span text)
{
	struct span kept;

	if (masker->cut || text.len == 0)
		return;
	kept = utf8_cut(text, masker->size - masker->len);
	memcpy(masker->buffer + masker->len, kept.data, kept.len);
	masker->len += kept.len;
	masker->cut = kept.len < text.len;
}

static void put_mask(struct masker *masker, struct span secret)
{
	if (secret.len > 0)
		put(masker, span_of("***"));
}

/* word may be an option with its dashes, or a variable. */
static enum secret secret_of(struct span word)
{
	struct span name = word;

	for (unsigned i = 0; i < 2 && name.len > 0 && name.data[0] == '-'; i++)
		name = between(name.data + 1, end_of(name));
	return name.len < word.len ? secret_option(name) : secret_variable(name);
}

/* Everything but the passwords of URLs. RFC 3986: an authority ends at '/', '?', '#' or the end. */
static void put_urls(struct masker *masker, struct span text)
{
	const char *end = end_of(text), *at = text.data;
	const char *authority, *colon, *host;

	while (at < end && (authority = memmem(at, (size_t)(end - at), "://", 3))) {
		authority += 3;
		put(masker, between(at, authority));
		for (at = authority; at < end && !strchr("/?#", *at); at++)
			;
		if (at < end && *at == '/' && at[-1] == ':')
			at--; /* the next URL's "://" */
		host = memrchr(authority, '@', (size_t)(at - authority));
		colon = host ? memchr(authority, ':', (size_t)(host - authority)) : NULL;
		if (!colon) {
			put(masker, between(authority, at));
			continue;
		}
		put(masker, between(authority, colon + 1));
		put_mask(masker, between(colon + 1, host));
		put(masker, between(host, at));
	}
	put(masker, between(at, end));
}

static void put_value(struct masker *masker, enum secret secret, struct span text)
{
	const char *colon = memchr(text.data, ':', text.len);

	if (secret == SECRET_OR_PORT && secret_is_port(text)) {
		put(masker, text);
	} else if (secret != SECRET_AFTER_COLON) {
		put_mask(masker, text);
	} else if (!colon || memmem(text.data, text.len, "://", 3)) {
		put_urls(masker, text); /* curl -O URL */
	} else {
		put(masker, between(text.data, colon + 1));
		put_mask(masker, between(colon + 1, end_of(text)));
	}
}

/* What stands between the words of one argument. */
static bool is_separator(char c)
{
	return memchr(" \t\r\n\"'", c, 6);
}

static struct span word_at(struct span argument, const char *at)
{
	const char *end = at;

	while (end < end_of(argument) && !is_separator(*end))
		end++;
	return between(at, end);
}

/* The value at at, inside an argument of several words: one, or all up to the closing quote. */
static struct span quoted_or_word_at(struct span argument, const char *at)
{
	const char *end;
	char quote = at > argument.data ? at[-1] : '\0';

	if (quote != '"' && quote != '\'')
		return word_at(argument, at);
	end = memchr(at, quote, (size_t)(end_of(argument) - at));
	return between(at, end ? end : end_of(argument));
}

static bool is_key_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

/* Whether word holds KEY=VALUE with a secret value; then *ret_value is where the value begins. */
static enum secret find_assignment(struct span word, const char **ret_value)
{
	const char *at, *key = word.data;
	enum secret secret;

	for (at = word.data; at < end_of(word); at++) {
		if (*at == '=') {
			secret = secret_of(between(key, at));
			if (secret != SECRET_NONE) {
				*ret_value = at + 1;
				return secret;
			}
		}
		if (!is_key_byte(*at))
			key = at + 1;
	}
	return SECRET_NONE;
}

/* Puts KEY=VALUE. The value at the beginning of an argument is all the rest, blanks as well. */
static const char *put_assignment(struct masker *masker, struct span argument, const char *key,
	const char *at, enum secret secret)
{
	struct span value = between(at, end_of(argument));

	if (key != argument.data) {
		if (at < end_of(argument) && is_separator(*at))
			at++; /* KEY="VALUE" in a shell's line */
		value = quoted_or_word_at(argument, at);
	}
	put(masker, between(key, at));
	put_value(masker, secret, value);
	return end_of(value);
}

/* Puts the word at at, and its value where that is joined to it. Returns where it stopped. */
static const char *put_word(struct masker *masker, struct span argument, const char *at)
{
	struct span word = word_at(argument, at);
	const char *value;
	enum secret secret = at == argument.data ? secret_glued(argument) : SECRET_NONE;

	if (secret != SECRET_NONE) {
		put(masker, between(at, at + 2));
		put_value(masker, secret, between(at + 2, end_of(argument)));
		return end_of(argument);
	}
	word.len = secret_header_len(word); /* "Authorization:Basic" is two words */
	secret = find_assignment(word, &value);
	if (secret != SECRET_NONE)
		return put_assignment(masker, argument, at, value, secret);
	if (word.data[0] == '-')
		masker->next = secret_of(word);
	if (masker->next == SECRET_NONE) /* "-HAuthorization:" as well */
		masker->next = secret_after(word);
	put_urls(masker, word);
	return end_of(word);
}

static void put_argument(struct masker *masker, struct span argument)
{
	const char *at = argument.data;
	enum secret secret = masker->next;

	masker->next = SECRET_NONE;
	if (secret == SECRET_HEADER) {
		if (!span_starts(argument, "-")) /* else an option, and no header's value */
			masker->next = secret;
	} else if (secret != SECRET_NONE && !secret_is_next_option(argument)) {
		put_value(masker, secret, argument); /* all of it, blanks as well */
		return;
	}
	while (at < end_of(argument)) {
		struct span word = word_at(argument, at);

		if (word.len == 0) {
			put(masker, between(at, at + 1));
			at++;
			continue;
		}
		secret = masker->next;
		masker->next = SECRET_NONE;
		if (secret == SECRET_NONE || secret_is_next_option(word)) {
			at = put_word(masker, argument, at);
			continue;
		}
		if (secret == SECRET_HEADER && secret_is_scheme(word)) {
			put(masker, word);
			masker->next = SECRET_WHOLE;
		} else {
			word = quoted_or_word_at(argument, at);
			put_value(masker, secret, word);
		}
		at = end_of(word);
	}
}

size_t mask_args(struct span args, char *buffer, size_t size, bool *ret_cut)
{
	struct masker masker = {.buffer = buffer, .size = size};
	struct span argument;

	while (!masker.cut && span_next_argument(&args, &argument)) {
		put_argument(&masker, argument);
		if (masker.len < size && !masker.cut)
			buffer[masker.len++] = '\0';
		else if (args.len > 0 || argument.len == 0)
			masker.cut = true; /* without its NUL the last argument is still whole */
	}
	*ret_cut = masker.cut;
	return masker.len;
}
