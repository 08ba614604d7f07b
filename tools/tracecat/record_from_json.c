/* SPDX-License-Identifier: Apache-2.0 */
/* Turns a JSON object back into the record it stands for. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "record_json.h"
#include "record_layout.h"

/* A record as it grows. */
struct builder {
	json_t *object;
	json_t *left; /* a copy of it without the keys that were understood */
	size_t len;
	char *data; /* EVENT_RECORD_MAX bytes */
};

static json_t *take(struct builder *builder, const char *key)
{
	json_t *value = json_object_get(builder->object, key);

	if (value)
		json_object_del(builder->left, key);
	return value;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* At most room bytes. */
static int hex_parse(const json_t *value, char *ret_bytes, size_t room, size_t *ret_len)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);

	if (!text || len % 2 || len / 2 > room)
		return -EINVAL;
	for (size_t i = 0; i < len / 2; i++) {
		int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		ret_bytes[i] = (char)(high << 4 | low);
	}
	*ret_len = len / 2;
	return 0;
}

static int unsigned_parse(const json_t *value, void *ret_data, size_t size)
{
	const char *text = json_string_value(value);
	uint64_t number;
	char *end;

	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		number = (uint64_t)json_integer_value(value);
	} else if (text && *text >= '0' && *text <= '9') {
		errno = 0;
		number = strtoull(text, &end, 10);
		if (errno || *end)
			return -EINVAL;
	} else {
		return -EINVAL;
	}
	if (size < sizeof(number) && number >> (8 * size))
		return -EINVAL;
	memcpy(ret_data, &number, size);
	return 0;
}

static int signed_parse(const json_t *value, void *ret_data, size_t size)
{
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) ||
		(size == sizeof(int32_t) && (number < INT32_MIN || number > INT32_MAX)))
		return -EINVAL;
	memcpy(ret_data, &number, size);
	return 0;
}

static int numbers_parse(const json_t *value, const struct field *field, char *ret_data)
{
	size_t size = field->size / field->count;

	if (field->count == 1)
		return unsigned_parse(value, ret_data, size);
	if (!json_is_array(value) || json_array_size(value) != field->count)
		return -EINVAL;
	for (unsigned i = 0; i < field->count; i++) {
		int err = unsigned_parse(json_array_get(value, i), ret_data + i * size, size);

		if (err)
			return err;
	}
	return 0;
}

static int text_parse(const json_t *value, char *ret_data, size_t room)
{
	if (!json_is_string(value) || json_string_length(value) > room)
		return -EINVAL;
	memcpy(ret_data, json_string_value(value), json_string_length(value));
	return 0;
}

static json_t *take_hex(struct builder *builder, const char *name)
{
	char key[40];

	snprintf(key, sizeof(key), "%s_hex", name);
	return take(builder, key);
}

static int array_parse(const json_t *hex, const struct field *field, char *ret_data)
{
	size_t len = 0;
	int err = hex_parse(hex, ret_data, field->size, &len);

	return err || len != field->size ? -EINVAL : 0;
}

/* Fields left out are zero. */
static int field_take(struct builder *builder, const struct field *field)
{
	char *data = builder->data + field->offset;
	json_t *value = take(builder, field->name), *hex;
	const char *text;

	if (!value)
		return 0;
	switch ((enum field_kind)field->kind) {
	case FIELD_PAD:
	case FIELD_UNSIGNED:
		return numbers_parse(value, field, data);
	case FIELD_SIGNED:
		return signed_parse(value, data, field->size);
	case FIELD_TEXT:
		hex = take_hex(builder, field->name);
		return hex ? array_parse(hex, field, data) : text_parse(value, data, field->size);
	case FIELD_BYTES:
		return array_parse(value, field, data);
	case FIELD_ADDRESS:
		text = json_string_value(value);
		return text && inet_pton(AF_INET6, text, data) == 1 ? 0 : -EINVAL;
	case FIELD_TYPE:
	case FIELD_SIZE:
	case FIELD_TAIL_TEXT:
	case FIELD_TAIL_LIST:
		break;
	}
	return 0;
}

/* One string and its NUL. */
static int string_append(struct builder *builder, const json_t *value)
{
	size_t room = EVENT_RECORD_MAX - builder->len;
	int err;

	if (!room)
		return -EINVAL;
	err = text_parse(value, builder->data + builder->len, room - 1);
	if (err)
		return err;
	builder->len += json_string_length(value);
	builder->data[builder->len++] = '\0';
	return 0;
}

static int hex_append(struct builder *builder, const json_t *value)
{
	size_t len;
	int err = hex_parse(
		value, builder->data + builder->len, EVENT_RECORD_MAX - builder->len, &len);

	if (!err)
		builder->len += len;
	return err;
}

static int tail_take(struct builder *builder, const struct field *field)
{
	json_t *value = take(builder, field->name), *hex, *one;
	size_t before = builder->len, len, i;
	int err = 0;

	if (!value)
		return 0;
	hex = take_hex(builder, field->name);
	if (hex) {
		err = hex_append(builder, hex);
	} else if (field->kind == FIELD_TAIL_TEXT) {
		err = string_append(builder, value);
	} else if (!json_is_array(value)) {
		err = -EINVAL;
	} else {
		json_array_foreach(value, i, one) err = err ? err : string_append(builder, one);
	}
	/* A record is shorter than any length field can say: 16 bits at least. */
	len = builder->len - before;
	memcpy(builder->data + field->offset, &len, field->size);
	return err;
}

static unsigned type_parse(const json_t *value)
{
	uint16_t number = 0;

	if (json_is_string(value))
		return event_type_number(json_string_value(value));
	return unsigned_parse(value, &number, sizeof(number)) ? 0 : number;
}

static int fields_take(
	struct builder *builder, const struct record_layout *layout, const char **ret_key)
{
	const struct field *field;
	json_t *trailing;
	uint32_t size;

	builder->len = layout->size;
	for (field = layout->fields; field->name; field++) {
		int err = field_is_tail(field) ? tail_take(builder, field)
					       : field_take(builder, field);

		if (err) {
			*ret_key = field->name;
			return err;
		}
	}
	trailing = take(builder, "trailing_hex");
	if (trailing && hex_append(builder, trailing)) {
		*ret_key = "trailing_hex";
		return -EINVAL;
	}
	size = (uint32_t)builder->len;
	memcpy(builder->data + offsetof(struct event_header, size), &size, sizeof(size));
	return 0;
}

/* The first key that nobody took; NULL: none. Lives as long as the object. */
static const char *key_left(const struct builder *builder)
{
	const char *key;
	json_t *value;

	json_object_foreach(builder->object, key, value)
	{
		if (json_object_get(builder->left, key))
			return key;
	}
	return NULL;
}

static int record_build(struct builder *builder, const char **ret_key)
{
	json_t *type = take(builder, "type"), *hex = take(builder, "hex");
	const struct record_layout *layout = record_layout_find(type_parse(type));
	uint16_t number = (uint16_t)type_parse(type);

	if (hex) {
		*ret_key = "hex";
		return hex_append(builder, hex) || !builder->len ? -EINVAL : 0;
	}
	*ret_key = "type";
	if (!layout)
		return -EINVAL;
	memcpy(builder->data + offsetof(struct event_header, type), &number, sizeof(number));
	return fields_take(builder, layout, ret_key);
}

int record_from_json(json_t *object, void *ret_data, size_t *ret_len, const char **ret_key)
{
	struct builder builder = {.object = object, .left = json_copy(object), .data = ret_data};
	const char *key;
	int err;

	memset(ret_data, 0, EVENT_RECORD_MAX);
	err = record_build(&builder, ret_key);
	key = err ? NULL : key_left(&builder);
	if (key) {
		*ret_key = key;
		err = -EINVAL;
	}
	json_decref(builder.left);
	if (!err)
		*ret_len = builder.len;
	return err;
}
