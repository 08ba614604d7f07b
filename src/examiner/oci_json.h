/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded JSON for the readers of runtimes' files. */
#ifndef MINERWATCH_OCI_JSON_H
#define MINERWATCH_OCI_JSON_H

#include <jansson.h>

#include "examiner/oci_config.h"

/* The caller owns *ret_json (json_decref). Errors as in oci_config.h. */
int oci_json_parse(struct span text, json_t **ret_json);

/*
 * Copies a string value, cut at a whole character; anything else, NULL too, gives "". *ret_cut
 * becomes true where something was cut off and is left alone otherwise.
 */
void oci_json_copy(const json_t *value, char ret_text[OCI_STRING_SIZE], bool *ret_cut);

/* "" where value is no string. */
const char *oci_json_text(const json_t *value);

void oci_privileges_read(const json_t *config, struct oci_privileges *ret_privileges);

#endif
