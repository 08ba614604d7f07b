/* SPDX-License-Identifier: Apache-2.0 */
/* Turns a record into a JSON object. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "decode.h"
#include "record_json.h"
#include "record_layout.h"

static json_t *hex_json(const unsigned char *bytes, size_t len)
{
	char text[2 * EVENT_RECORD_MAX + 1];

	for (size_t i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return json_stringn(text, 2 * len);
}

/* jansson's integers end at 2^63 - 1: what is larger leaves as a decimal string. */
static json_t *unsigned_json(const void *data, size_t size)
{
	uint64_t value = 0;
	char text[24];

	memcpy(&value, data, size);
	if (value <= INT64_MAX)
		return json_integer((json_int_t)value);
	snprintf(text, sizeof(text), "%" PRIu64, value);
	return json_string(text);
}

static json_t *signed_json(const void *data, size_t size)
{
	int64_t wide;
	int32_t narrow;

	if (size == sizeof(wide)) {
		memcpy(&wide, data, sizeof(wide));
		return json_integer(wide);
	}
	memcpy(&narrow, data, sizeof(narrow));
	return json_integer(narrow);
}

static json_t *numbers_json(const char *data, const struct field *field)
{
	size_t size = field->size / field->count;
	json_t *array;

	if (field->count == 1)
		return unsigned_json(data, size);
	array = json_array();
	for (unsigned i = 0; i < field->count; i++)
		json_array_append_new(array, unsigned_json(data + i * size, size));
	return array;
}

/* For people only where *ret_clean turns false: each byte outside ASCII is replaced. */
static json_t *text_json(const char *bytes, size_t len, bool *ret_clean)
{
	json_t *value = json_stringn(bytes, len);
	char text[3 * EVENT_RECORD_MAX];
	size_t used = 0;

	if (value)
		return value;
	*ret_clean = false;
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] & 0x80) {
			memcpy(text + used, "\xef\xbf\xbd", 3);
			used += 3;
		} else {
			text[used++] = bytes[i];
		}
	}
	return json_stringn(text, used);
}

static json_t *list_json(const char *bytes, size_t len, bool *ret_clean)
{
	json_t *array = json_array();

	while (len) {
		size_t one = strnlen(bytes, len);

		json_array_append_new(array, text_json(bytes, one, ret_clean));
		if (one == len) {
			*ret_clean = false; /* its NUL is missing */
			break;
		}
		bytes += one + 1;
		len -= one + 1;
	}
	return array;
}

static void text_add(
	json_t *object, const char *name, json_t *value, bool clean, const void *bytes, size_t len)
{
	char key[40];

	json_object_set_new(object, name, value);
	snprintf(key, sizeof(key), "%s_hex", name);
	if (!clean)
		json_object_set_new(object, key, hex_json(bytes, len));
}

static void array_add(json_t *object, const struct field *field, const char *bytes)
{
	size_t len = strnlen(bytes, field->size);
	bool clean = true;
	json_t *value = text_json(bytes, len, &clean);

	for (size_t i = len; i < field->size; i++)
		clean = clean && !bytes[i];
	text_add(object, field->name, value, clean, bytes, field->size);
}

static size_t tail_length(const char *record, const struct field *field)
{
	uint32_t len = 0;

	memcpy(&len, record + field->offset, field->size);
	return len;
}

static void tail_add(json_t *object, const struct field *field, const char *bytes, size_t len)
{
	bool clean = true;
	json_t *value;

	if (!len)
		return;
	if (field->kind == FIELD_TAIL_LIST) {
		value = list_json(bytes, len, &clean);
	} else {
		size_t text = strnlen(bytes, len);

		value = text_json(bytes, text, &clean);
		clean = clean && text + 1 == len;
	}
	text_add(object, field->name, value, clean, bytes, len);
}

static void field_add(json_t *object, const struct field *field, const char *record)
{
	const char *data = record + field->offset;
	uint64_t pad = 0;
	char address[INET6_ADDRSTRLEN];
	uint16_t type;

	switch ((enum field_kind)field->kind) {
	case FIELD_TYPE:
		memcpy(&type, data, sizeof(type));
		json_object_set_new(object, field->name, json_string(event_type_name(type)));
		break;
	case FIELD_PAD:
		memcpy(&pad, data, field->size);
		if (!pad)
			break;
		/* fall through */
	case FIELD_SIZE:
	case FIELD_UNSIGNED:
		json_object_set_new(object, field->name, numbers_json(data, field));
		break;
	case FIELD_SIGNED:
		json_object_set_new(object, field->name, signed_json(data, field->size));
		break;
	case FIELD_TEXT:
		array_add(object, field, data);
		break;
	case FIELD_BYTES:
		json_object_set_new(object, field->name, hex_json((const void *)data, field->size));
		break;
	case FIELD_ADDRESS:
		inet_ntop(AF_INET6, data, address, sizeof(address));
		json_object_set_new(object, field->name, json_string(address));
		break;
	case FIELD_TAIL_TEXT:
	case FIELD_TAIL_LIST:
		break;
	}
}

/* True when the named fields can say all there is in these bytes. */
static bool follows_layout(const struct record_layout *layout, const char *record, size_t len)
{
	struct event_header header;
	size_t tail = 0;

	memcpy(&header, record, sizeof(header));
	if (!layout || header.size != len || len < layout->size)
		return false;
	for (const struct field *field = layout->fields; field->name; field++) {
		if (field_is_tail(field))
			tail += tail_length(record, field);
	}
	return tail <= len - layout->size;
}

static json_t *raw_json(const void *data, size_t len)
{
	json_t *object = json_object();
	struct event_header header;
	const char *name;

	if (len >= sizeof(header)) {
		memcpy(&header, data, sizeof(header));
		name = event_type_name(header.type);
		json_object_set_new(
			object, "type", name ? json_string(name) : json_integer(header.type));
	}
	json_object_set_new(object, "hex", hex_json(data, len));
	return object;
}

json_t *record_to_json(const void *data, size_t len)
{
	const struct record_layout *layout;
	const char *record = data;
	uint16_t type;
	json_t *object;
	size_t at;

	if (len < sizeof(struct event_header))
		return raw_json(data, len);
	memcpy(&type, record, sizeof(type));
	layout = record_layout_find(type);
	if (!follows_layout(layout, record, len))
		return raw_json(data, len);
	object = json_object();
	for (const struct field *field = layout->fields; field->name; field++)
		field_add(object, field, record);
	at = layout->size;
	for (const struct field *field = layout->fields; field->name; field++) {
		if (!field_is_tail(field))
			continue;
		tail_add(object, field, record + at, tail_length(record, field));
		at += tail_length(record, field);
	}
	if (at < len)
		json_object_set_new(
			object, "trailing_hex", hex_json((const void *)(record + at), len - at));
	return object;
}
