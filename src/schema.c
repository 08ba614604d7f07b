// SPDX-License-Identifier: Apache-2.0
/* Prints the JSON Schema (2020-12) of an alert line. */
#include "schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "schema_type.h"
#include "util/json_writer.h"

#define SCHEMA_SIZE (256 * 1024) /* about 12 KiB, and 2 more a detector */
#define EVIDENCE_PREFIX "evidence."

static bool has_key(const struct schema_object *object, const struct schema_key *key)
{
	return !object->without || strcmp(object->without, key->name) != 0;
}

static void write_properties(struct json_writer *json, const struct schema_object *object)
{
	json_object_begin(json, "properties");
	for (const struct schema_key *key = object->keys; key->name; key++) {
		if (!has_key(object, key))
			continue;
		json_object_begin(json, key->name);
		json_put_word(json, "description", key->meaning);
		schema_write_type(json, key);
		json_object_end(json);
		if (schema_has_twin(key))
			schema_write_twin(json, key);
	}
	json_object_end(json);
}

/* A twin never stands alone. */
static void write_twin_rule(struct json_writer *json, const struct schema_object *object)
{
	char name[SCHEMA_NAME_SIZE];

	json_object_begin(json, "dependentRequired");
	for (const struct schema_key *key = object->keys; key->name; key++) {
		if (!schema_has_twin(key) || !has_key(object, key))
			continue;
		json_array_begin(json, schema_twin_name(key, name));
		json_put_word(json, NULL, key->name);
		json_array_end(json);
	}
	json_object_end(json);
}

static void write_required(
	struct json_writer *json, const struct schema_object *object, unsigned needs)
{
	json_array_begin(json, "required");
	for (const struct schema_key *key = object->keys; key->name; key++)
		if (key->need & needs)
			json_put_word(json, NULL, key->name);
	json_array_end(json);
}

static void write_forbidden(
	struct json_writer *json, const struct schema_object *object, unsigned needs)
{
	json_object_begin(json, "properties");
	for (const struct schema_key *key = object->keys; key->name; key++)
		if (key->need & needs)
			json_put_bool(json, key->name, false);
	json_object_end(json);
}

static void write_if(struct json_writer *json, const char *key, const char *value)
{
	json_object_begin(json, "if");
	json_object_begin(json, "properties");
	json_object_begin(json, key);
	json_put_word(json, "const", value);
	json_object_end(json);
	json_object_end(json);
	json_object_end(json);
}

/* Keys that one action must have and no other may. */
static void write_own_keys(struct json_writer *json, const struct schema_object *alert,
	enum alert_action action, enum schema_need own)
{
	json_object_begin(json, NULL);
	write_if(json, "action", alert_action_name(action));
	json_object_begin(json, "then");
	write_required(json, alert, own);
	json_object_end(json);
	json_object_begin(json, "else");
	write_forbidden(json, alert, own);
	json_object_end(json);
	json_object_end(json);
}

/* What is about no incident has none of its keys. */
static void write_notice_rule(struct json_writer *json, const struct schema_object *alert)
{
	json_object_begin(json, NULL);
	json_object_begin(json, "if");
	json_object_begin(json, "properties");
	json_object_begin(json, "action");
	json_array_begin(json, "enum");
	json_put_word(json, NULL, alert_action_name(ALERT_SUPPRESSED));
	json_put_word(json, NULL, alert_action_name(ALERT_TAMPER));
	json_array_end(json);
	json_object_end(json);
	json_object_end(json);
	json_object_end(json);
	json_object_begin(json, "then");
	write_forbidden(json, alert, NEED_NOT | NEED_INCIDENT);
	json_object_end(json);
	json_object_begin(json, "else");
	write_required(json, alert, NEED_INCIDENT);
	json_object_end(json);
	json_object_end(json);
}

/* What depends on the action. */
static void write_action_rules(struct json_writer *json, const struct schema_object *alert)
{
	json_array_begin(json, "allOf");
	write_notice_rule(json, alert);
	write_own_keys(json, alert, ALERT_SUPPRESSED, NEED_SUPPRESSED);
	write_own_keys(json, alert, ALERT_TAMPER, NEED_TAMPER);
	write_own_keys(json, alert, ALERT_ENDED, NEED_ENDED);
	json_array_end(json);
}

/* What depends on the detector: the evidence. */
static void write_evidence_rules(struct json_writer *json)
{
	json_array_begin(json, "allOf");
	for (unsigned i = 0; i < detectors_count; i++) {
		json_object_begin(json, NULL);
		write_if(json, "detector", detectors[i]->name);
		json_object_begin(json, "then");
		json_object_begin(json, "properties");
		json_object_begin(json, "evidence");
		schema_write_ref(json, EVIDENCE_PREFIX, detectors[i]->name);
		json_object_end(json);
		json_object_end(json);
		json_object_end(json);
		json_object_end(json);
	}
	json_array_end(json);
}

/* In the open object. */
static void write_object(struct json_writer *json, const struct schema_object *object)
{
	json_put_word(json, "description", object->meaning);
	json_put_word(json, "type", "object");
	write_properties(json, object);
	write_required(json, object, NEED_ALWAYS);
	write_twin_rule(json, object);
	json_put_bool(json, "additionalProperties", false);
	for (const struct schema_key *key = object->keys; key->name; key++)
		if (key->kind == SCHEMA_EVIDENCE)
			write_evidence_rules(json);
}

/* Or none at all: an over-long line leaves the evidence out and says so in truncated. */
static void write_evidence_needed(struct json_writer *json, const struct detector *detector)
{
	json_array_begin(json, "anyOf");
	json_object_begin(json, NULL);
	json_put_unsigned(json, "maxProperties", 0);
	json_object_end(json);
	json_object_begin(json, NULL);
	json_array_begin(json, "required");
	for (unsigned i = 0; i < FINDING_EVIDENCE_MAX && detector->fields[i].key; i++)
		if (!detector->fields[i].optional)
			json_put_word(json, NULL, detector->fields[i].key);
	json_array_end(json);
	json_object_end(json);
	json_array_end(json);
}

static void write_evidence(struct json_writer *json, const struct detector *detector)
{
	struct schema_key keys[FINDING_EVIDENCE_MAX + 1] = {0};
	struct schema_object object = {"", detector->meaning, keys, NULL};
	char name[SCHEMA_NAME_SIZE];

	for (unsigned i = 0; i < FINDING_EVIDENCE_MAX && detector->fields[i].key; i++) {
		const struct evidence_field *field = &detector->fields[i];

		keys[i] = (struct schema_key){field->key,
			field->type == EVIDENCE_STRING ? SCHEMA_TEXT : SCHEMA_INTEGER, NEED_NOT,
			FINDING_TEXT_MAX, NULL, field->meaning};
	}
	snprintf(name, sizeof(name), EVIDENCE_PREFIX "%s", detector->name);
	json_object_begin(json, name);
	write_object(json, &object);
	write_evidence_needed(json, detector);
	json_object_end(json);
}

static void write_schema(struct json_writer *json)
{
	const struct schema_object *object = &schema_objects[0];

	json_object_begin(json, NULL);
	json_put_word(json, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_put_word(json, "$id", "urn:minerwatch:alert:1");
	json_put_word(json, "title", "minerwatch.alert/1");
	write_object(json, object);
	write_action_rules(json, object);
	json_object_begin(json, "$defs");
	for (object++; object->name; object++) {
		json_object_begin(json, object->name);
		write_object(json, object);
		json_object_end(json);
	}
	for (unsigned i = 0; i < detectors_count; i++)
		write_evidence(json, detectors[i]);
	json_object_end(json);
	json_object_end(json);
	json_put_newline(json);
}

int schema_print(FILE *out)
{
	struct json_writer json;
	char *buffer = malloc(SCHEMA_SIZE);
	int err = 0;

	if (!buffer)
		return -ENOMEM;
	json_init(&json, buffer, SCHEMA_SIZE);
	write_schema(&json);
	if (json.full)
		err = -ENOSPC;
	else if (fwrite(buffer, 1, json.len, out) != json.len || fflush(out) != 0)
		err = -EIO;
	free(buffer);
	return err;
}
