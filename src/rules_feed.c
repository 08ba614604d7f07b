// SPDX-License-Identifier: Apache-2.0
/* Reads a feed of SHA-256 digests, piece by piece, whatever its size. */
#include "rules_feed.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/file_io.h"
#include "util/span.h"

#define HEX_DIGITS 64
#define BLANKS " \t"

/* Value + 1 of a hexadecimal digit, 0 for other bytes: a feed has 64 million of them. */
static const uint8_t hex_digits[256] = {
	['0'] = 1,
	['1'] = 2,
	['2'] = 3,
	['3'] = 4,
	['4'] = 5,
	['5'] = 6,
	['6'] = 7,
	['7'] = 8,
	['8'] = 9,
	['9'] = 10,
	['a'] = 11,
	['b'] = 12,
	['c'] = 13,
	['d'] = 14,
	['e'] = 15,
	['f'] = 16,
	['A'] = 11,
	['B'] = 12,
	['C'] = 13,
	['D'] = 14,
	['E'] = 15,
	['F'] = 16,
};

bool rules_half_parse(const char *text, size_t len, struct rules_half *ret_half)
{
	struct rules_half half;

	if (len != HEX_DIGITS)
		return false;
	for (unsigned i = 0; i < HEX_DIGITS / 2; i++) {
		unsigned high = hex_digits[(uint8_t)text[2 * i]];
		unsigned low = hex_digits[(uint8_t)text[2 * i + 1]];

		if (!high || !low)
			return false;
		if (i < sizeof(half.bytes))
			half.bytes[i] = (uint8_t)((high - 1) << 4 | (low - 1));
	}
	*ret_half = half;
	return true;
}

void rules_feed_begin(
	struct rules_feed *feed, const struct rules_place *place, int out, uint64_t offset)
{
	*feed = (struct rules_feed){.place = *place, .out = out, .offset = offset, .column = -1};
}

static void flush(struct rules_feed *feed)
{
	size_t len = feed->halves_count * sizeof(feed->halves[0]);

	feed->halves_count = 0;
	if (feed->error)
		return;
	feed->error = file_write_at(feed->out, feed->halves, len, feed->offset);
	feed->offset += len;
}

static struct span trim(struct span text)
{
	while (text.len && strchr(BLANKS, text.data[0]))
		text = (struct span){text.data + 1, text.len - 1};
	while (text.len && strchr(BLANKS, text.data[text.len - 1]))
		text.len--;
	return text;
}

/*
 * Takes the next field off *rest; false where there is none left. Quotes around a field are left
 * away; a quote inside one, which is written twice, stands in no digest and no column's name.
 */
static bool csv_field(struct span *rest, struct span *ret_field)
{
	struct span field;
	bool quoted = false;
	size_t len = 0;

	if (!rest->data)
		return false;
	for (; len < rest->len && (quoted || rest->data[len] != ','); len++)
		quoted ^= rest->data[len] == '"';
	field = trim((struct span){rest->data, len});
	if (field.len >= 2 && field.data[0] == '"' && field.data[field.len - 1] == '"')
		field = trim((struct span){field.data + 1, field.len - 2});
	*rest = len < rest->len ? (struct span){rest->data + len + 1, rest->len - len - 1}
				: (struct span){0};
	*ret_field = field;
	return true;
}

static bool same_name(struct span field, const char *name)
{
	return *name && field.len == strlen(name) && strncasecmp(field.data, name, field.len) == 0;
}

/* Does the line name the column the digests stand in? */
static void read_header(struct rules_feed *feed, struct span line)
{
	struct span field;

	for (int column = 0; csv_field(&line, &field); column++) {
		bool wanted = *feed->column_name ? same_name(field, feed->column_name)
						 : same_name(field, "sha256") ||
							   same_name(field, "sha256_hash");

		if (wanted) {
			feed->column = column;
			return;
		}
	}
}

static void read_comment(struct rules_feed *feed, struct span text)
{
	static const char word[] = "column:";

	text = trim(text);
	if (feed->started)
		return;
	if (span_starts(text, word)) {
		text = trim((struct span){text.data + strlen(word), text.len - strlen(word)});
		if (text.len == 0 || text.len >= sizeof(feed->column_name)) {
			rules_problem(&feed->place, "not the name of a column of at most %d bytes",
				FEED_COLUMN_MAX - 1);
			return;
		}
		memcpy(feed->column_name, text.data, text.len);
		feed->column_name[text.len] = '\0';
		return;
	}
	/* One word is a comment rather: plain lines may follow it. */
	if (memchr(text.data, ',', text.len))
		read_header(feed, text);
}

/* The digest's text in a line that is no comment. wanted -1: not CSV. */
static struct span digest_text(int wanted, struct span line)
{
	struct span field = {0};
	size_t len = 0;

	if (wanted >= 0) {
		for (int column = 0; csv_field(&line, &field); column++)
			if (column == wanted)
				return field;
		return (struct span){0};
	}
	/* sha256sum marks a line whose file name it had to escape. */
	if (line.data[0] == '\\')
		line = (struct span){line.data + 1, line.len - 1};
	while (len < line.len && !strchr(BLANKS, line.data[len]))
		len++;
	return (struct span){line.data, len};
}

static void add(struct rules_feed *feed, const struct rules_half *half)
{
	feed->started = true;
	if (feed->count == RULES_DIGESTS_MAX) {
		rules_problem(&feed->place, "more than %d digests", RULES_DIGESTS_MAX);
		feed->error = -EFBIG;
		return;
	}
	feed->count++;
	feed->halves[feed->halves_count++] = *half;
	if (feed->halves_count == sizeof(feed->halves) / sizeof(feed->halves[0]))
		flush(feed);
}

static void read_line(struct rules_feed *feed, struct span line)
{
	struct rules_half half;
	struct span text, plain;

	line = trim(line);
	if (line.len == 0)
		return;
	if (line.data[0] == '#') {
		read_comment(feed, (struct span){line.data + 1, line.len - 1});
		return;
	}
	if (!feed->started && feed->column < 0) {
		read_header(feed, line);
		if (feed->column >= 0)
			return;
	}
	text = digest_text(feed->column, line);
	if (rules_half_parse(text.data, text.len, &half)) {
		add(feed, &half);
		return;
	}
	plain = digest_text(-1, line);
	/* What the first row belies was no heading: "# md5, sha1, sha256" above plain lines. */
	if (!feed->started && rules_half_parse(plain.data, plain.len, &half)) {
		feed->column = -1;
		add(feed, &half);
		return;
	}
	if (!text.len)
		text = line;
	rules_problem(&feed->place, "not a SHA-256 in 64 hexadecimal digits: %.*s",
		(int)(text.len < 64 ? text.len : 64), text.data);
}

static void end_line(struct rules_feed *feed)
{
	size_t len = feed->line_len;
	struct rules_half half;

	feed->line_len = 0;
	feed->place.line++;
	/* The plain form needs none of what follows. */
	if (feed->column < 0 && rules_half_parse(feed->line, len, &half)) {
		add(feed, &half);
		return;
	}
	if (len > RULES_LINE_MAX) {
		rules_problem(&feed->place, "line is longer than %d bytes", RULES_LINE_MAX);
		return;
	}
	if (len && feed->line[len - 1] == '\r')
		len--;
	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)feed->line[i]) && feed->line[i] != '\t') {
			rules_problem(&feed->place, "control character 0x%02x in byte %zu",
				(unsigned char)feed->line[i], i + 1);
			return;
		}
	read_line(feed, (struct span){feed->line, len});
}

void rules_feed_push(struct rules_feed *feed, const char *bytes, size_t len)
{
	while (len && !feed->error) {
		const char *stop = memchr(bytes, '\n', len);
		size_t part = stop ? (size_t)(stop - bytes) : len;
		size_t room = RULES_LINE_MAX - feed->line_len;

		if (feed->line_len <= RULES_LINE_MAX) {
			memcpy(feed->line + feed->line_len, bytes, part < room ? part : room);
			feed->line_len += part <= room ? part : room + 1;
		}
		if (stop)
			end_line(feed);
		bytes += part + (stop != NULL);
		len -= part + (stop != NULL);
	}
}

int rules_feed_end(struct rules_feed *feed)
{
	if (feed->line_len && !feed->error)
		end_line(feed);
	flush(feed);
	return feed->error == -EFBIG ? 0 : feed->error;
}

static int half_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct rules_half));
}

size_t rules_halves_sort(struct rules_half *halves, size_t count)
{
	size_t kept = 0;

	if (count)
		qsort(halves, count, sizeof(*halves), half_compare);
	for (size_t i = 0; i < count; i++)
		if (!kept || half_compare(&halves[kept - 1], &halves[i]) != 0)
			halves[kept++] = halves[i];
	return kept;
}

bool rules_halves_find(const struct rules_halves *halves, const struct rules_half *half)
{
	return halves->count &&
	       bsearch(half, halves->items, halves->count, sizeof(*half), half_compare);
}
