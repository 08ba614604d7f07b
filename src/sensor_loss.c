/* SPDX-License-Identifier: Apache-2.0 */
/* Says on stderr that records were dropped: at once, then once a minute at most. */
#include <stdio.h>

#include "log.h"
#include "sensor.h"
#include "sources/host.h"
#include "status.h"

#define SAY_EVERY_NS UINT64_C(60000000000)

void sensor_say_loss(struct sensor *sensor, const struct event_counters *now)
{
	struct loss *loss = &sensor->loss;
	uint64_t now_ns = host_now_ns();
	char text[512];
	size_t len = 0;

	if (loss->said_ns && now_ns < loss->said_ns + SAY_EVERY_NS)
		return;
	for (unsigned i = 0; i < STATUS_CLASSES && len < sizeof(text); i++) {
		uint64_t lost = now->dropped[i] - loss->dropped[i];

		if (lost)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s %llu",
				len ? ", " : "", status_class_names[i], (unsigned long long)lost);
		loss->dropped[i] = now->dropped[i];
	}
	if (!len)
		return;
	loss->said_ns = now_ns;
	log_warning("dropped since the start or the last such line: %s", text);
}
