/* SPDX-License-Identifier: Apache-2.0 */
/* Reads an alert's line back with a JSON library. */
#ifndef MINERWATCH_ALERT_PARSE_H
#define MINERWATCH_ALERT_PARSE_H

#include <jansson.h>

#include "alert.h"

/* Writes the alert and parses it; the running test fails unless it is one good line. */
json_t *alert_parse(const struct alert *alert);
json_t *alert_parse_redacted(const struct alert *alert, const struct redactor *redactor);
/* Follows "a.b", or "a.0" into an array. NULL: absent. */
const json_t *alert_find(const json_t *json, const char *path);
/* Whether truncated[] has that name. */
bool alert_truncated(const json_t *root, const char *name);

#endif
