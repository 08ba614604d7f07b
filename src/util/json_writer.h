/* SPDX-License-Identifier: Apache-2.0 */
/* Writes JSON into a bounded buffer, valid UTF-8 whatever bytes it is given. */
#ifndef MINERWATCH_JSON_WRITER_H
#define MINERWATCH_JSON_WRITER_H

#include <stdint.h>

#include "decode.h"

/*
 * Nothing is written past size. Once something did not fit, full is set, further calls do nothing
 * and the buffer holds no valid JSON: start again with less to say. begin and end must be paired by
 * the caller. key is NULL inside an array and for the outermost value; it is written unescaped.
 */
struct json_writer {
	char *buffer; /* owned by the caller; no NUL is added */
	size_t size;
	size_t len;
	bool full;
	bool comma; /* the next member or element needs one before it */
};

void json_init(struct json_writer *json, char *buffer, size_t size);

void json_object_begin(struct json_writer *json, const char *key);
void json_object_end(struct json_writer *json);
void json_array_begin(struct json_writer *json, const char *key);
void json_array_end(struct json_writer *json);

/* Unsafe code points (utf8_unsafe) leave as \u escapes, each byte that is not UTF-8 as U+FFFD. */
void json_put_string(struct json_writer *json, const char *key, struct span text);
/* The same for a NUL-terminated string. */
void json_put_word(struct json_writer *json, const char *key, const char *word);
/* A member of an object: as json_put_string, followed by "<key>_hex" if any byte was not UTF-8. */
void json_put_text(struct json_writer *json, const char *key, struct span text);
/* Lower-case hex of the bytes. */
void json_put_hex(struct json_writer *json, const char *key, struct span bytes);
void json_put_integer(struct json_writer *json, const char *key, int64_t number);
/* At most INT64_MAX: many readers refuse the whole line for a larger integer. */
void json_put_unsigned(struct json_writer *json, const char *key, uint64_t number);
/* thousandths as a decimal with three digits: 850 is written 0.850. */
void json_put_decimal(struct json_writer *json, const char *key, uint64_t thousandths);
void json_put_bool(struct json_writer *json, const char *key, bool value);
/* The newline that ends a line of NDJSON. */
void json_put_newline(struct json_writer *json);

#endif
