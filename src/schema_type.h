/* SPDX-License-Identifier: Apache-2.0 */
/* Writes what the schema says of the value of one key. */
#ifndef MINERWATCH_SCHEMA_TYPE_H
#define MINERWATCH_SCHEMA_TYPE_H

#include "schema_table.h"
#include "util/json_writer.h"

#define SCHEMA_NAME_SIZE 128

/* "$ref" to the definition prefix + name. */
void schema_write_ref(struct json_writer *json, const char *prefix, const char *name);

/* The type and bounds of the key's value, into the open object. */
void schema_write_type(struct json_writer *json, const struct schema_key *key);

/* Whether a twin may stand beside the key, its name (returns name), and its property. */
bool schema_has_twin(const struct schema_key *key);
const char *schema_twin_name(const struct schema_key *key, char name[static SCHEMA_NAME_SIZE]);
void schema_write_twin(struct json_writer *json, const struct schema_key *key);

#endif
