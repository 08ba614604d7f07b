/* SPDX-License-Identifier: Apache-2.0 */
/* Prints text from outside where a terminal may read it. */
#ifndef MINERWATCH_TERMINAL_TEXT_H
#define MINERWATCH_TERMINAL_TEXT_H

#include <stdio.h>

#include "decode.h"

/* Bytes that are no UTF-8, and code points of utf8_unsafe, leave as '?'. */
void terminal_text_print(struct span text, FILE *out);

#endif
