/* SPDX-License-Identifier: Apache-2.0 */
/* Small questions about bytes that are not NUL-terminated. */
#ifndef MINERWATCH_SPAN_H
#define MINERWATCH_SPAN_H

#include <stdbool.h>

#include "decode.h"

struct span span_of(const char *text); /* up to its NUL */
bool span_equal(struct span a, struct span b);
bool span_starts(struct span span, const char *prefix);
/* What follows the last '/', the whole where there is none. */
struct span span_basename(struct span path);
/* Takes the next NUL-ended argument off *args; false at the end. An empty argument is one too. */
bool span_next_argument(struct span *args, struct span *ret_argument);

#endif
