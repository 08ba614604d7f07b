/* SPDX-License-Identifier: Apache-2.0 */
/* Skips what a SOCKS proxy says before it passes on what the target says. */
#ifndef MINERWATCH_PROXY_ANSWER_H
#define MINERWATCH_PROXY_ANSWER_H

#include "decode.h"

/*
 * True: the bytes are a SOCKS proxy's consent, as far as they are there; *ret_tunnel is what
 * follows it, len 0: nothing yet. False: something else, or a refusal.
 */
bool proxy_answer_skip(struct span bytes, struct span *ret_tunnel);

#endif
