/* SPDX-License-Identifier: Apache-2.0 */
/* Walks over JSON values in bytes that may be cut off anywhere. */
#include "wire/json_scan.h"

#include <string.h>

void json_scan_init(struct json_scan *scan, struct span bytes)
{
	*scan = (struct json_scan){.at = bytes.data, .end = bytes.data + bytes.len};
}

/* The innermost open container, NULL where there is none or it lies too deep. */
static struct json_level *innermost(struct json_scan *scan)
{
	if (scan->depth == 0 || scan->depth > JSON_DEPTH_MAX)
		return NULL;
	return &scan->levels[scan->depth - 1];
}

static bool wants_key(struct json_scan *scan)
{
	struct json_level *level = innermost(scan);

	return level && !level->array && !level->keyed;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_line(struct json_scan *scan)
{
	const char *newline = memchr(scan->at, '\n', (size_t)(scan->end - scan->at));

	scan->at = newline ? newline + 1 : scan->end;
}

/* Reads a string from its opening quote. A line break in it ends whatever is open. */
static void read_string(struct json_scan *scan, struct json_item *ret_item)
{
	const char *start = ++scan->at;

	while (scan->at < scan->end && *scan->at != '"' && *scan->at != '\n') {
		if (*scan->at == '\\' && scan->end - scan->at > 1 && scan->at[1] != '\n')
			scan->at++;
		scan->at++;
	}
	ret_item->kind = JSON_STRING;
	ret_item->text = (struct span){start, (size_t)(scan->at - start)};
	ret_item->cut = scan->at == scan->end || *scan->at == '\n';
	if (ret_item->cut)
		scan->depth = 0;
	else
		scan->at++;
}

static void read_word(struct json_scan *scan, struct json_item *ret_item)
{
	const char *start = scan->at;

	while (scan->at < scan->end && !is_blank(*scan->at) && !memchr("{}[],:\"", *scan->at, 7))
		scan->at++;
	ret_item->kind = JSON_WORD;
	ret_item->text = (struct span){start, (size_t)(scan->at - start)};
	ret_item->cut = scan->at == scan->end;
}

static void open_container(struct json_scan *scan, struct json_item *ret_item)
{
	bool array = *scan->at++ == '[';

	if (wants_key(scan))
		scan->depth = 0;
	ret_item->kind = array ? JSON_ARRAY : JSON_OBJECT;
	ret_item->text = (struct span){0};
	ret_item->cut = false;
	ret_item->depth = scan->depth++;
	if (innermost(scan))
		*innermost(scan) = (struct json_level){.array = array};
}

/* Behind a value the next key, or the next element, is to come. */
static void end_element(struct json_scan *scan)
{
	struct json_level *level = innermost(scan);

	if (!level)
		return;
	level->keyed = false;
	level->index++;
}

/* Reads one token. True: it is a value, and in *ret_item. */
static bool read_token(struct json_scan *scan, struct json_item *ret_item)
{
	bool key = wants_key(scan);

	ret_item->depth = scan->depth;
	switch (*scan->at) {
	case '{':
	case '[':
		open_container(scan, ret_item);
		return true;
	case '}':
	case ']':
		scan->depth--;
		scan->at++;
		return false;
	case ',':
		end_element(scan);
		scan->at++;
		return false;
	case ':':
		scan->at++;
		return false;
	case '"':
		read_string(scan, ret_item);
		break;
	default:
		read_word(scan, ret_item);
	}
	if (key && innermost(scan)) {
		innermost(scan)->keyed = true;
		innermost(scan)->key = ret_item->text;
	}
	return !key;
}

bool json_scan_next(struct json_scan *scan, struct json_item *ret_item)
{
	while (scan->at < scan->end) {
		if (is_blank(*scan->at))
			scan->at++;
		else if (scan->depth == 0 && *scan->at != '{' && *scan->at != '[')
			skip_line(scan);
		else if (read_token(scan, ret_item) && ret_item->depth <= JSON_DEPTH_MAX)
			return true;
	}
	return false;
}

/* Takes four hexadecimal digits; -1: they are none. */
static int take_code(struct span *text)
{
	int code = 0;

	if (text->len < 4)
		return -1;
	for (unsigned i = 0; i < 4; i++) {
		char digit = text->data[i];

		code <<= 4;
		if (digit >= '0' && digit <= '9')
			code |= digit - '0';
		else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
			code |= (digit | 0x20) - 'a' + 10;
		else
			return -1;
	}
	*text = (struct span){text->data + 4, text->len - 4};
	return code;
}

/* Takes the next character, an escape undone; -1: an escape that is none. */
static int take_character(struct span *text)
{
	int c = (unsigned char)*text->data;

	*text = (struct span){text->data + 1, text->len - 1};
	if (c != '\\')
		return c;
	if (text->len == 0)
		return -1;
	c = *text->data;
	*text = (struct span){text->data + 1, text->len - 1};
	if (c == 'u')
		return take_code(text);
	return c == '/' || c == '"' || c == '\\' ? c : -1; /* \n and the like are in no word */
}

static int small(int c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool says(struct span text, const char *word, bool any_case)
{
	for (; *word; word++) {
		int c = text.len ? take_character(&text) : -1;

		if (c != *word && !(any_case && small(c) == small(*word)))
			return false;
	}
	return text.len == 0;
}

bool json_text_is(struct span text, const char *word)
{
	return says(text, word, false);
}

bool json_key_is(struct span text, const char *word)
{
	return says(text, word, true);
}
