// SPDX-License-Identifier: Apache-2.0
/* Writes what the schema says of the value of one key. */
#include "schema_type.h"

#include <stdio.h>
#include <string.h>

#include "alert.h"

#define TIME_PATTERN "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z$"
#define HEX_PATTERN "^([0-9a-f]{2})*$"

static void write_string(struct json_writer *json, const char *pattern, unsigned min, unsigned max)
{
	json_put_word(json, "type", "string");
	if (pattern)
		json_put_word(json, "pattern", pattern);
	if (min > 0)
		json_put_unsigned(json, "minLength", min);
	if (max > 0)
		json_put_unsigned(json, "maxLength", max);
}

static void write_number(struct json_writer *json, const char *type, unsigned max)
{
	json_put_word(json, "type", type);
	json_put_unsigned(json, "minimum", 0);
	if (max > 0)
		json_put_unsigned(json, "maximum", max);
}

void schema_write_ref(struct json_writer *json, const char *prefix, const char *name)
{
	char ref[SCHEMA_NAME_SIZE];

	snprintf(ref, sizeof(ref), "#/$defs/%s%s", prefix, name);
	json_put_word(json, "$ref", ref);
}

/* words: separated by blanks. */
static void write_choice(struct json_writer *json, const char *words)
{
	json_array_begin(json, "enum");
	while (*words) {
		size_t len = strcspn(words, " ");

		json_put_string(json, NULL, (struct span){words, len});
		words += len + (words[len] == ' ');
	}
	json_array_end(json);
}

static void write_detector_names(struct json_writer *json)
{
	json_array_begin(json, "enum");
	for (unsigned i = 0; i < detectors_count; i++)
		json_put_word(json, NULL, detectors[i]->name);
	json_array_end(json);
}

static void begin_items(struct json_writer *json, unsigned max)
{
	json_put_word(json, "type", "array");
	json_put_unsigned(json, "maxItems", max);
	json_object_begin(json, "items");
}

void schema_write_type(struct json_writer *json, const struct schema_key *key)
{
	switch (key->kind) {
	case SCHEMA_TEXT:
	case SCHEMA_WORD:
		return write_string(json, NULL, 0, key->max);
	case SCHEMA_TEXTS:
	case SCHEMA_WORDS:
		begin_items(json, key->max);
		write_string(json, NULL, 0, key->kind == SCHEMA_TEXTS ? key->max : ALERT_TEXT_MAX);
		return json_object_end(json);
	case SCHEMA_CHOICE:
		return write_choice(json, key->detail);
	case SCHEMA_TIME:
		return write_string(json, TIME_PATTERN, 0, 0);
	case SCHEMA_HEX:
		return write_string(json, HEX_PATTERN, key->max, key->max);
	case SCHEMA_COUNT:
		return write_number(json, "integer", 0);
	case SCHEMA_INTEGER:
		return json_put_word(json, "type", "integer");
	case SCHEMA_SCORE:
		return write_number(json, "integer", 100);
	case SCHEMA_WEIGHT:
		return write_number(json, "number", 1);
	case SCHEMA_SECONDS:
		return write_number(json, "number", 0);
	case SCHEMA_BOOL:
		return json_put_word(json, "type", "boolean");
	case SCHEMA_TRUE:
		return json_put_bool(json, "const", true);
	case SCHEMA_OBJECT:
		return schema_write_ref(json, "", key->detail);
	case SCHEMA_OBJECTS:
		begin_items(json, key->max);
		schema_write_ref(json, "", key->detail);
		return json_object_end(json);
	case SCHEMA_DETECTOR:
		return write_detector_names(json);
	case SCHEMA_EVIDENCE: /* the object's allOf says what is in it */
		return json_put_word(json, "type", "object");
	}
}

bool schema_has_twin(const struct schema_key *key)
{
	return key->kind == SCHEMA_TEXT || key->kind == SCHEMA_TEXTS;
}

const char *schema_twin_name(const struct schema_key *key, char name[static SCHEMA_NAME_SIZE])
{
	snprintf(name, SCHEMA_NAME_SIZE, "%s_hex", key->name);
	return name;
}

void schema_write_twin(struct json_writer *json, const struct schema_key *key)
{
	char name[SCHEMA_NAME_SIZE];

	json_object_begin(json, schema_twin_name(key, name));
	json_put_word(json, "description", "The bytes, where not all of them are UTF-8.");
	if (key->kind == SCHEMA_TEXTS)
		begin_items(json, key->max);
	write_string(json, HEX_PATTERN, 0, 2 * key->max);
	if (key->kind == SCHEMA_TEXTS)
		json_object_end(json);
	json_object_end(json);
}
