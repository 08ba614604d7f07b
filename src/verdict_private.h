/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that open incidents: verdict.c and verdict_budget.c. */
#ifndef MINERWATCH_VERDICT_PRIVATE_H
#define MINERWATCH_VERDICT_PRIVATE_H

#include "verdict.h"

void verdict_emit(struct verdict *verdict, const struct alert *alert);
/* verdict_consider, in the minute as it stands. */
void verdict_judge(struct verdict *verdict, struct incident *incident);

/* True when one more incident may be opened in this minute; counts it. */
bool verdict_within_budget(struct verdict *verdict);
/* Says what was held back in the minute that ends here. */
void verdict_close_minute(struct verdict *verdict);
/* When the minute is over: closes it, and opens those held back before any newcomer. */
void verdict_next_minute(struct verdict *verdict);

#endif
