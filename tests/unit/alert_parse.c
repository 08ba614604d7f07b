/* SPDX-License-Identifier: Apache-2.0 */
/* Reads an alert's line back with a JSON library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert_parse.h"

json_t *alert_parse_redacted(const struct alert *alert, const struct redactor *redactor)
{
	char line[ALERT_LINE_MAX];
	size_t len = alert_json(alert, redactor, line);
	json_error_t error;
	json_t *root;

	assert_in_range(len, 2, ALERT_LINE_MAX);
	assert_ptr_equal(memchr(line, '\n', len), line + len - 1);
	root = json_loadb(line, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (!root)
		fail_msg("%s at %d: %.*s", error.text, error.position, (int)len, line);
	return root;
}

json_t *alert_parse(const struct alert *alert)
{
	return alert_parse_redacted(alert, NULL);
}

const json_t *alert_find(const json_t *json, const char *path)
{
	while (json && *path) {
		size_t len = strcspn(path, ".");
		char key[32];

		snprintf(key, sizeof(key), "%.*s", (int)len, path);
		json = json_is_array(json) ? json_array_get(json, (size_t)atoi(key))
					   : json_object_get(json, key);
		path += len + (path[len] == '.');
	}
	return json;
}

bool alert_truncated(const json_t *root, const char *name)
{
	const json_t *list = json_object_get(root, "truncated"), *item;
	size_t i;

	json_array_foreach(
		list, i, item) if (strcmp(json_string_value(item), name) == 0) return true;
	return false;
}
