// SPDX-License-Identifier: Apache-2.0
/* Says what the allow-list has kept from being reported. */
#include <stdio.h>

#include "commands.h"
#include "log.h"
#include "pipeline.h"
#include "rules.h"

void allow_report(const struct rules *rules, const struct pipeline *pipeline)
{
	for (size_t row = 0; row < rules_allow_count(rules); row++) {
		const struct rules_allow *allow = rules_allow_row(rules, row);
		uint64_t count = pipeline_allowed(pipeline, row);

		if (count)
			log_info("%s:%u (%s): kept %llu incident%s from being reported",
				allow->file, allow->line, allow->reason, (unsigned long long)count,
				count == 1 ? "" : "s");
	}
}
