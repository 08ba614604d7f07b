/* SPDX-License-Identifier: Apache-2.0 */
/* Tells well-formed UTF-8 (RFC 3629) from other bytes. */
#ifndef MINERWATCH_UTF8_H
#define MINERWATCH_UTF8_H

#include <stdint.h>

#include "decode.h"

/*
 * Length (1 to 4) of the well-formed sequence text starts with; its code point in *ret_code.
 * 0: the first byte starts none, or text is empty.
 */
size_t utf8_decode(struct span text, uint32_t *ret_code);

bool utf8_valid(struct span text);

/* The longest beginning of text of at most max bytes that splits no well-formed sequence. */
struct span utf8_cut(struct span text, size_t max);

/* text without the beginning of a sequence that some earlier cut left at its end. */
struct span utf8_whole(struct span text);

/*
 * True for code points that must not reach a terminal or a log as they are: controls (C0, DEL, C1),
 * line and paragraph separator, and the bidirectional controls (Unicode's Bidi_Control property).
 */
bool utf8_unsafe(uint32_t code);

#endif
