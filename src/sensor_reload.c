// SPDX-License-Identifier: Apache-2.0
/* Swaps the rules of a running sensor. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "log.h"
#include "pipeline.h"
#include "rules.h"
#include "sensor.h"
#include "sources/host.h"
#include "util/span.h"

#define MIB (UINT64_C(1) << 20)
#define TAKE_MAX 4 /* answers a wake-up */

static void say(const struct rules *rules)
{
	const uint8_t *digest = rules_digest(rules);
	char text[2 * 8 + 1];

	for (unsigned i = 0; i < 8; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	log_info("other rules are in force: %s...", text);
}

void sensor_hand_rules(struct sensor *sensor, int bundle)
{
	const struct content_pace pace = {
		.bytes_per_s = rules_setting(sensor->rules, "digest_mib_per_s") * MIB,
		.largest = rules_setting(sensor->rules, "digest_largest_mib") * MIB,
	};

	examiner_rules(sensor->large_content, fcntl(bundle, F_DUPFD_CLOEXEC, 0), &pace);
	examiner_rules(sensor->content, bundle, &pace);
}

/* Whether both lead to the same answer about a file. */
static bool read_alike(const struct rules *a, const struct rules *b)
{
	size_t count, count_b;
	const struct rules_pattern *of_a = rules_patterns(a, &count);
	const struct rules_pattern *of_b = rules_patterns(b, &count_b);
	bool alike = count == count_b && rules_setting(a, "digest_largest_mib") ==
						 rules_setting(b, "digest_largest_mib");

	for (size_t i = 0; i < count && alike; i++)
		alike = span_equal(of_a[i].name, of_b[i].name) &&
			span_equal(of_a[i].bytes, of_b[i].bytes);
	return alike;
}

/* The record comes first among those judged by the new set, and is the last of the old: it is none
 * a detector looks at. */
static int swap(struct sensor *sensor, struct rules *rules, int bundle)
{
	struct event_rules record = {.header = host_header(EVENT_RULES, sizeof(record))};
	struct rules *old = sensor->rules;
	int err;

	if (memcmp(rules_digest(old), rules_digest(rules), RULES_DIGEST_SIZE) == 0) {
		rules_free(rules);
		close(bundle);
		if (sensor->reload.answered)
			log_info("rules: read again, and the same");
		return 0;
	}
	memcpy(record.rules_digest, rules_digest(rules), sizeof(record.rules_digest));
	if (!read_alike(old, rules))
		record.header.flags |= EVENT_OTHER_READING;
	allow_report(old, sensor->pipeline); /* the new rows are counted from 0 on */
	sensor->rules = rules;
	sensor->reload.swaps++;
	pipeline_set_rules(sensor->pipeline, rules);
	sensor_hand_rules(sensor, bundle);
	err = sensor->out.feed(sensor->out.context, &record, sizeof(record));
	rules_free(old);
	say(rules);
	rules_remark(rules, stderr);
	return err;
}

int sensor_reload_take(struct sensor *sensor)
{
	int err = 0;

	for (unsigned i = 0; i < TAKE_MAX && err >= 0; i++) {
		struct rules *rules;
		int fd, taken = reload_take(&sensor->reload, &rules, &fd);

		if (taken == -EINVAL) {
			log_error(
				"rules: not usable, the old ones stay; every problem stands above");
			continue;
		}
		if (taken < 0)
			break;
		err = swap(sensor, rules, fd);
	}
	return err < 0 ? err : 0;
}

bool sensor_reload_tick(struct sensor *sensor)
{
	rules_remark_over(sensor->rules, &sensor->remarked_ns, stderr);
	return reload_late(&sensor->reload, host_now_ns());
}

void sensor_reload_renew(struct sensor *sensor, int fd)
{
	bool again = sensor->reload.asked_ns != 0;

	if (sensor->reload.fd >= 0)
		close(sensor->reload.fd);
	sensor->reload.fd = fd;
	sensor->reload.asked_ns = 0;
	reload_ask(&sensor->reload, again, host_now_ns());
}
