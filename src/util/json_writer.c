// SPDX-License-Identifier: Apache-2.0
/* Writes JSON into a bounded buffer, valid UTF-8 whatever bytes it is given. */
#include "util/json_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define HEX_SUFFIX "_hex"
#define NUMBER_SIZE 32 /* the longest: 20 digits, a point, a sign and NUL */

static const char digits[] = "0123456789abcdef";

void json_init(struct json_writer *json, char *buffer, size_t size)
{
	*json = (struct json_writer){.buffer = buffer, .size = size};
}

static void put(struct json_writer *json, const char *data, size_t len)
{
	if (json->full || len > json->size - json->len) {
		json->full = true;
		return;
	}
	memcpy(json->buffer + json->len, data, len);
	json->len += len;
}

static void put_literal(struct json_writer *json, const char *text)
{
	put(json, text, strlen(text));
}

/* Comma and key: what stands before a value. suffix lengthens the key. */
static void begin_value(struct json_writer *json, const char *key, const char *suffix)
{
	if (json->comma)
		put_literal(json, ",");
	json->comma = true;
	if (!key)
		return;
	put_literal(json, "\"");
	put_literal(json, key);
	put_literal(json, suffix);
	put_literal(json, "\":");
}

static void begin_nested(struct json_writer *json, const char *key, const char *bracket)
{
	begin_value(json, key, "");
	put_literal(json, bracket);
	json->comma = false;
}

static void end_nested(struct json_writer *json, const char *bracket)
{
	put_literal(json, bracket);
	json->comma = true;
}

void json_object_begin(struct json_writer *json, const char *key)
{
	begin_nested(json, key, "{");
}

void json_object_end(struct json_writer *json)
{
	end_nested(json, "}");
}

void json_array_begin(struct json_writer *json, const char *key)
{
	begin_nested(json, key, "[");
}

void json_array_end(struct json_writer *json)
{
	end_nested(json, "]");
}

/* One code point, whose bytes are sequence. All unsafe ones lie below U+10000: one escape does. */
static void put_code(struct json_writer *json, uint32_t code, struct span sequence)
{
	char escape[6] = {'\\', 'u', digits[code >> 12 & 15], digits[code >> 8 & 15],
		digits[code >> 4 & 15], digits[code & 15]};

	if (code == '"' || code == '\\') {
		put_literal(json, "\\");
		put(json, sequence.data, sequence.len);
	} else if (utf8_unsafe(code)) {
		put(json, escape, sizeof(escape));
	} else {
		put(json, sequence.data, sequence.len);
	}
}

void json_put_string(struct json_writer *json, const char *key, struct span text)
{
	size_t at = 0, len;
	uint32_t code;

	begin_value(json, key, "");
	put_literal(json, "\"");
	while (at < text.len && !json->full) {
		struct span rest = {text.data + at, text.len - at};

		len = utf8_decode(rest, &code);
		if (len == 0) {
			put_literal(json, REPLACEMENT);
			at++;
			continue;
		}
		rest.len = len;
		put_code(json, code, rest);
		at += len;
	}
	put_literal(json, "\"");
}

void json_put_word(struct json_writer *json, const char *key, const char *word)
{
	json_put_string(json, key, (struct span){word, strlen(word)});
}

static void put_hex(struct json_writer *json, struct span bytes)
{
	put_literal(json, "\"");
	for (size_t i = 0; i < bytes.len && !json->full; i++) {
		uint8_t byte = (uint8_t)bytes.data[i];
		char pair[2] = {digits[byte >> 4], digits[byte & 15]};

		put(json, pair, sizeof(pair));
	}
	put_literal(json, "\"");
}

void json_put_text(struct json_writer *json, const char *key, struct span text)
{
	json_put_string(json, key, text);
	if (utf8_valid(text))
		return;
	begin_value(json, key, HEX_SUFFIX);
	put_hex(json, text);
}

void json_put_hex(struct json_writer *json, const char *key, struct span bytes)
{
	begin_value(json, key, "");
	put_hex(json, bytes);
}

void json_put_integer(struct json_writer *json, const char *key, int64_t number)
{
	char text[NUMBER_SIZE];

	begin_value(json, key, "");
	snprintf(text, sizeof(text), "%" PRId64, number);
	put_literal(json, text);
}

void json_put_unsigned(struct json_writer *json, const char *key, uint64_t number)
{
	json_put_integer(json, key, number > INT64_MAX ? INT64_MAX : (int64_t)number);
}

void json_put_decimal(struct json_writer *json, const char *key, uint64_t thousandths)
{
	char text[NUMBER_SIZE];

	begin_value(json, key, "");
	snprintf(text, sizeof(text), "%" PRIu64 ".%03u", thousandths / 1000,
		(unsigned)(thousandths % 1000));
	put_literal(json, text);
}

void json_put_bool(struct json_writer *json, const char *key, bool value)
{
	begin_value(json, key, "");
	put_literal(json, value ? "true" : "false");
}

void json_put_newline(struct json_writer *json)
{
	put_literal(json, "\n");
}
