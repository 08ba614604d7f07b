// SPDX-License-Identifier: Apache-2.0
/* Tells by the name of an option or a variable whether its value is a secret. */
#include "util/secret_option.h"

#include <string.h>

#include "util/span.h"

#define HEADER "authorization:"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ASCII only: the locale must not decide what is a secret. */
static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

/* word is in small letters. */
static bool starts_with_any_case(struct span text, const char *word)
{
	for (size_t i = 0; word[i]; i++)
		if (i == text.len || lower(text.data[i]) != word[i])
			return false;
	return true;
}

static bool names_secret(struct span name)
{
	static const char *const words[] = {
		"pass", "secret", "token", "bearer", "apikey", "api-key", "api_key"};

	for (; name.len > 0; name.data++, name.len--)
		for (size_t i = 0; i < COUNT(words); i++)
			if (starts_with_any_case(name, words[i]))
				return true;
	return false;
}

/* True when name is option, or a shortening of it of at least min bytes. */
static bool shortens(struct span name, const char *option, size_t min)
{
	return name.len >= min && name.len <= strlen(option) &&
	       memcmp(name.data, option, name.len) == 0;
}

enum secret secret_option(struct span name)
{
	/* getopt_long takes any beginning of a name that is clear; these are XMRig's (6.x). */
	static const struct {
		const char *option;
		size_t min;
		enum secret secret;
	} rows[] = {
		{"O", 1, SECRET_AFTER_COLON},
		{"userpass", 5, SECRET_AFTER_COLON},
		{"p", 1, SECRET_OR_PORT},
		{"pass", 3, SECRET_WHOLE},
		{"token", 2, SECRET_WHOLE},
		{"http-access-token", 6, SECRET_WHOLE},
		{"spend-secret-key", 2, SECRET_WHOLE},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (shortens(name, rows[i].option, rows[i].min))
			return rows[i].secret;
	return secret_variable(name);
}

enum secret secret_variable(struct span name)
{
	return names_secret(name) ? SECRET_WHOLE : SECRET_NONE;
}

static bool ends_any_case(struct span text, const char *end)
{
	const size_t len = strlen(end);

	return text.len >= len &&
	       starts_with_any_case((struct span){text.data + text.len - len, len}, end);
}

size_t secret_header_len(struct span word)
{
	for (size_t len = 1; len < word.len; len++)
		if (word.data[len - 1] == ':' &&
			ends_any_case((struct span){word.data, len}, HEADER))
			return len;
	return word.len;
}

enum secret secret_after(struct span word)
{
	if (ends_any_case(word, HEADER))
		return SECRET_HEADER;
	return ends_any_case(word, "bearer") ? SECRET_WHOLE : SECRET_NONE;
}

bool secret_is_scheme(struct span word)
{
	/* IANA's HTTP authentication schemes that are in use, and GitHub's "token". */
	static const char *const schemes[] = {
		"basic", "bearer", "digest", "negotiate", "ntlm", "token"};

	for (size_t i = 0; i < COUNT(schemes); i++)
		if (word.len == strlen(schemes[i]) && starts_with_any_case(word, schemes[i]))
			return true;
	return false;
}

bool secret_is_port(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
	return text.len <= 5;
}

bool secret_is_next_option(struct span argument)
{
	const char *text = argument.data;

	if (argument.len == 2)
		return text[0] == '-' && is_letter(text[1]);
	if (argument.len < 3 || !span_starts(argument, "--") || !is_letter(text[2]))
		return false;
	for (size_t i = 2; i < argument.len && text[i] != '='; i++)
		if (!memchr("abcdefghijklmnopqrstuvwxyz0123456789-", text[i], 37))
			return false;
	return true;
}

enum secret secret_glued(struct span argument)
{
	/* Other miners and common programs spell whole words behind one dash. */
	static const char *const words[] = {"-pass", "-passwd", "-password", "-passphrase", "-pool",
		"-port", "-proto", "-proxy", "-pipe", "-pthread", "-platform"};
	const char *equals;

	if (argument.len < 3 || argument.data[0] != '-')
		return SECRET_NONE;
	if (argument.data[1] == 'O')
		return SECRET_AFTER_COLON;
	if (argument.data[1] != 'p')
		return SECRET_NONE;
	equals = memchr(argument.data, '=', argument.len);
	if (equals)
		argument.len = (size_t)(equals - argument.data);
	for (size_t i = 0; i < COUNT(words); i++)
		if (span_equal(argument, span_of(words[i])))
			return SECRET_NONE;
	return SECRET_OR_PORT;
}
