/* SPDX-License-Identifier: Apache-2.0 */
/* Two sets of rules on one recorded run: which incidents appear, vanish or change. */
#ifndef MINERWATCH_COMPARE_H
#define MINERWATCH_COMPARE_H

#include <stdio.h>

#include "alert.h"

#define COMPARE_INCIDENTS_MAX 65536 /* of one set; further ones are counted, not compared */

struct compare;

enum compare_side { COMPARE_OLD, COMPARE_NEW };

struct compare *compare_new(void); /* NULL: out of memory */
void compare_free(struct compare *compare);
/* One alert of a side. 0 or -ENOMEM. */
int compare_add(struct compare *compare, enum compare_side side, const struct alert *alert);
/* A line for each incident that differs, then one that counts. */
void compare_print(const struct compare *compare, FILE *out);

#endif
