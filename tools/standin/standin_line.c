/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes one JSON line can come in: what a pool takes and a careless reader may not. */
#include <errno.h>
#include <string.h>

#include "standin_talk.h"

#define BLANKS 4096 /* of the shape "blanks" */

struct line {
	char *bytes; /* of STANDIN_TALK_MAX */
	size_t len;
};

/* What is too long is noticed at the end, by its length. */
static void put(struct line *line, const char *bytes, size_t len)
{
	if (line->len + len < STANDIN_TALK_MAX)
		memcpy(line->bytes + line->len, bytes, len);
	line->len += len;
}

/* Length of the value or member at text: up to the comma or bracket that ends it. */
static size_t member_len(const char *text)
{
	unsigned depth = 0;
	bool quoted = false;
	size_t i;

	for (i = 0; text[i]; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (!depth && (text[i] == ',' || text[i] == '}' || text[i] == ']'))
			break;
		depth += (text[i] == '{' || text[i] == '[');
		depth -= (text[i] == '}' || text[i] == ']');
	}
	return i;
}

static void shuffle(struct line *line, const char *text, size_t len);

/* The members of an object from the last to the first. text is behind the comma, or the brace. */
static void shuffle_members(struct line *line, const char *text)
{
	size_t len = member_len(text);

	if (text[len] == ',') {
		shuffle_members(line, text + len + 1);
		put(line, ",", 1);
	}
	shuffle(line, text, len);
}

/* The lines are our own, with no quotes inside texts and few levels. */
static void shuffle(struct line *line, const char *text, size_t len)
{
	size_t open = strcspn(text, "{");

	if (open >= len) {
		put(line, text, len);
		return;
	}
	put(line, text, open + 1);
	shuffle_members(line, text + open + 1);
	put(line, "}", 1);
}

static void shape_shuffled(struct line *line, const char *text, size_t len)
{
	shuffle(line, text, len);
	put(line, "\n", 1);
}

static void shape_spaced(struct line *line, const char *text, size_t len)
{
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		bool sign = !quoted && strchr("{}[]:,", text[i]);

		quoted ^= text[i] == '"';
		if (sign)
			put(line, " ", 1);
		put(line, &text[i], 1);
		if (sign)
			put(line, "\t ", 2);
	}
}

static void shape_newline(struct line *line, const char *text, size_t len)
{
	put(line, "\r\n", 2);
	put(line, text, len);
}

static void shape_blanks(struct line *line, const char *text, size_t len)
{
	for (unsigned i = 0; i < BLANKS; i++)
		put(line, " ", 1);
	put(line, text, len);
}

static void shape_truncated(struct line *line, const char *text, size_t len)
{
	put(line, text, len * 3 / 4);
}

static const struct {
	const char *name;
	void (*shape)(struct line *line, const char *text, size_t len);
} shapes[] = {
	{"plain", put},
	{"split", put}, /* when it is sent */
	{"shuffled", shape_shuffled},
	{"spaced", shape_spaced},
	{"newline", shape_newline},
	{"blanks", shape_blanks},
	{"truncated", shape_truncated},
};

int line_shape(const char *shape, const char *line, char ret_line[static STANDIN_TALK_MAX])
{
	struct line shaped = {.bytes = ret_line};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		if (strcmp(shape, shapes[i].name) != 0)
			continue;
		shapes[i].shape(&shaped, line, strlen(line));
		return shaped.len < STANDIN_TALK_MAX ? (int)shaped.len : -E2BIG;
	}
	return -EINVAL;
}
