/* SPDX-License-Identifier: Apache-2.0 */
/* A record as a JSON object and back, byte for byte. */
#ifndef TRACECAT_RECORD_JSON_H
#define TRACECAT_RECORD_JSON_H

#include <jansson.h>
#include <stddef.h>

#include "event.h"

/*
 * The object that stands for these bytes: named fields where they follow the layout of their type,
 * else "type" and "hex". NULL: out of memory. The caller owns it.
 */
json_t *record_to_json(const void *data, size_t len);

/*
 * Fills ret_data (EVENT_RECORD_MAX bytes) and *ret_len. Returns 0, or -EINVAL with *ret_key the
 * name that is unknown, missing or holds what does not fit (as long as object lives).
 */
int record_from_json(json_t *object, void *ret_data, size_t *ret_len, const char **ret_key);

#endif
