/* SPDX-License-Identifier: Apache-2.0 */
/* Parses JSON of bounded size, depth and number of values. */
#include "examiner/oci_json.h"

#include <errno.h>
#include <string.h>

/*
 * jansson has no bound on values, and its own on depth (2,048) is above what a small stack holds.
 * Strings are skipped only roughly: what is no JSON is jansson's to refuse.
 */
static bool bounds_hold(struct span text)
{
	size_t depth = 0, values = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		char byte = text.data[i];

		if (quoted && byte == '\\')
			i++;
		else if (byte == '"')
			quoted = !quoted;
		else if (!quoted && (byte == '{' || byte == '['))
			depth++, values++;
		else if (!quoted && (byte == '}' || byte == ']'))
			depth -= depth > 0;
		else if (!quoted && byte == ',')
			values++;
		if (depth > OCI_DEPTH_MAX || values > OCI_VALUES_MAX)
			return false;
	}
	return true;
}

int oci_json_parse(struct span text, json_t **ret_json)
{
	json_error_t error;
	json_t *json;

	if (text.len > OCI_FILE_MAX || !bounds_hold(text))
		return -EFBIG;
	if (text.len == 0)
		return -EINVAL;
	json = json_loadb(text.data, text.len, 0, &error);
	if (!json)
		return json_error_code(&error) == json_error_out_of_memory ? -ENOMEM : -EINVAL;
	*ret_json = json;
	return 0;
}

const char *oci_json_text(const json_t *value)
{
	const char *text = json_string_value(value);

	return text ? text : "";
}

void oci_json_copy(const json_t *value, char ret_text[OCI_STRING_SIZE], bool *ret_cut)
{
	const char *text = oci_json_text(value);
	size_t len = strlen(text);

	if (len >= OCI_STRING_SIZE) {
		len = OCI_STRING_SIZE - 1;
		while ((text[len] & 0xC0) == 0x80)
			len--; /* jansson lets valid UTF-8 only through */
		*ret_cut = true;
	}
	memcpy(ret_text, text, len);
	ret_text[len] = '\0';
}
