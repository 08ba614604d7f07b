/* SPDX-License-Identifier: Apache-2.0 */
/* Says on stderr that records were dropped: at once, then once a minute at most, and at the end. */
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "sensor.h"
#include "sources/host.h"
#include "status.h"

#define SAY_EVERY_NS UINT64_C(60000000000)

void sensor_say_loss(struct sensor *sensor, const struct event_counters *now, bool at_end)
{
	struct loss *loss = &sensor->loss;
	__u64 own[CLASS_COUNT] = {0}, told[CLASS_COUNT];
	uint64_t now_ns = host_now_ns();
	char text[512];
	size_t len = 0;

	if (!at_end && loss->said_ns && now_ns < loss->said_ns + SAY_EVERY_NS)
		return;
	sensor_add_own_dropped(sensor, own);
	live_told(sensor->live, told);
	for (unsigned i = 0; i < STATUS_CLASSES && len < sizeof(text); i++) {
		uint64_t lost = now->dropped[i] - told[i] - loss->own[i];

		if (lost)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s %llu",
				len ? ", " : "", status_class_names[i], (unsigned long long)lost);
		told[i] = now->dropped[i] - own[i];
	}
	if (!len)
		return;
	log_warning("dropped, and not told before: %s", text);
	/* After it: who is killed in between has the next run say it again. */
	live_tell(sensor->live, told);
	memcpy(loss->own, own, sizeof(own));
	loss->said_ns = now_ns;
}
