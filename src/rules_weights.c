// SPDX-License-Identifier: Apache-2.0
/* Checks and keeps the rows of weights.conf. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules_private.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PPM 1000000
#define HALF_LIFE_LONGEST 31536000 /* a year */
#define DAY 86400
#define GROUP_LONGEST 32

const struct rules_required rules_required[] = {
	{"miner_option", "strong"},
	{"miner_option", "wallet"},
	{"miner_option", "likely"},
	{"miner_name", "-"},
	{"pool_endpoint", "-"},
	{"stratum_port", "-"},
	{"sustained_cpu", "10s"},
	{"sustained_cpu", "30s"},
	{"sustained_cpu", "10m"},
	{"unlinked_exec", "-"},
	{"dropped_exec", "-"},
	{"miner_image", "-"},
	{"untrusted_image", "-"},
	{"privileged_container", "privileged"},
	{"privileged_container", "host"},
	{"privileged_container", "some"},
	{"randomx_rounding", "many"},
	{"randomx_rounding", "few"},
	{"randomx_rounding", "modes"},
	{"randomx_rounding", "verifier"},
	{"randomx_memory", "fast"},
	{"randomx_memory", "light"},
	{"host_tuning", "msr"},
	{"host_tuning", "hugepages"},
	{"sustained_cpu", "30m"},
	{"stratum_handshake", "answered"},
	{"stratum_handshake", "client"},
	{"stratum_handshake", "server"},
	{"wallet", "proved"},
	{"wallet", "shape"},
	{"pool_name", "sni"},
	{"pool_name", "proxy"},
	{"pool_name", "dns"},
	{"donate_host", "sni"},
	{"donate_host", "proxy"},
	{"donate_host", "dns"},
	{"stratum_proxy", "-"},
	{"quiet_tls_flow", "nosni"},
	{"quiet_tls_flow", "sni"},
	{"pool_name", "web"},
	{"unlinked_exec", "deleted"},
	{"masquerade", "bracket"},
	{"masquerade", "name"},
	{"argv_rewritten", "-"},
	{"exe_replaced", "-"},
	{"hidden_process", "-"},
	{"origin", "memory"},
	{"origin", "writable"},
	{"origin", "home"},
	{"ld_preload", "-"},
	{"known_digest", "-"},
	{"miner_content", "many"},
	{"miner_content", "few"},
	{"miner_content", "randomx"},
	{"unread_file", "too_big"},
	{"unread_file", "unreadable"},
	{"unread_file", "gave_up"},
	{"unread_file", "changed"},
};
const unsigned rules_required_count = COUNT(rules_required);

static const struct rules_limit {
	const char *name;
	uint64_t lowest, highest;
} rules_settings[] = {
	{"severity_medium", 1, 100},
	{"severity_high", 1, 100},
	{"severity_critical", 1, 100},
	{"opened_per_minute", 1, 1000000},
	{"answer_wait_ms", 0, 60000},
	{"below_medium_end_s", 1, 7 * DAY},
	{"reopen_s", 0, 7 * DAY},
	{"end_grace_s", 0, 3600},
	{"cpu_busy_permille", 1, 1000},
	{"runc_grace_s", 0, 3600},
	{"rounding_samples", 3, 1000},
	{"rounding_least_ms", 0, 30000},
	{"rounding_busy_permille", 0, 1000},
	{"hugepages_recent_s", 0, 86400},
	{"cpu_steady_permille", 1, 1000},
	{"quiet_flow_s", 1, 3600},
	{"quiet_flow_bytes", 0, 1048576},
	{"digest_mib_per_s", 1, 65536},
	{"digest_largest_mib", 1, 65536},
};

_Static_assert(COUNT(rules_required) <= RULES_WEIGHTS_MAX, "struct rules has a place for each");
_Static_assert(COUNT(rules_settings) <= RULES_SETTINGS_MAX, "struct rules has a place for each");

static int required_index(const char *detector, const char *grade)
{
	for (unsigned i = 0; i < rules_required_count; i++)
		if (strcmp(rules_required[i].detector, detector) == 0 &&
			strcmp(rules_required[i].grade, grade) == 0)
			return (int)i;
	return -1;
}

static int setting_index(const char *name)
{
	for (unsigned i = 0; i < COUNT(rules_settings); i++)
		if (strcmp(rules_settings[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool rules_ppm(const char *text, uint32_t *ret_ppm)
{
	const char *point = strchr(text, '.');
	size_t len = point ? strlen(point + 1) : 0;
	uint64_t ppm = 0;

	/* One digit stands before the point. */
	if ((*text != '0' && *text != '1') || (point ? point != text + 1 : text[1]))
		return false;
	if (point && (len > 6 || !rules_number(point + 1, PPM - 1, &ppm)))
		return false;
	for (; len < 6; len++)
		ppm *= 10;
	ppm += *text == '1' ? PPM : 0;
	if (ppm > PPM)
		return false;
	*ret_ppm = (uint32_t)ppm;
	return true;
}

/* Number of the group, made where it is new; -1 where it cannot be one. */
static int group_index(struct rules *rules, const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (len == 0 || len > GROUP_LONGEST || name[len])
		return -1;
	for (unsigned i = 0; i < rules->groups_count; i++)
		if (strcmp(rules->groups[i], name) == 0)
			return (int)i;
	if (rules->groups_count == RULES_GROUPS_MAX)
		return -1;
	rules->groups[rules->groups_count] = name;
	return (int)rules->groups_count++;
}

static int row_weight(const struct rules_place *place, char *const *fields)
{
	struct rules *rules = place->rules;
	struct rules_weight weight, *kept;
	uint64_t half_life;
	int index = required_index(fields[1], fields[2]);
	int group;

	if (index < 0) {
		rules_problem(
			place, "no detector has this grade: %.64s %.64s", fields[1], fields[2]);
		return -EINVAL;
	}
	group = group_index(rules, fields[3]);
	if (group < 0)
		return rules_refuse(place, "not a group, or one too many", fields[3]);
	if (!rules_ppm(fields[4], &weight.weight_ppm))
		return rules_refuse(
			place, "not a weight of 0 to 1 with at most six decimals", fields[4]);
	if (!rules_number(fields[5], HALF_LIFE_LONGEST, &half_life))
		return rules_refuse(place, "not a half-life of 0 seconds to a year", fields[5]);
	weight.half_life_s = (uint32_t)half_life;
	weight.group = (unsigned)group;
	kept = &rules->weights[index];
	if (rules->weight_lines[index] &&
		(kept->weight_ppm != weight.weight_ppm || kept->half_life_s != weight.half_life_s ||
			kept->group != weight.group)) {
		rules_problem(place, "contradicts line %u", rules->weight_lines[index]);
		return -EINVAL;
	}
	*kept = weight;
	rules->weight_lines[index] = place->line;
	return 0;
}

static int row_setting(const struct rules_place *place, char *const *fields)
{
	struct rules *rules = place->rules;
	int index = setting_index(fields[1]);
	const struct rules_limit *limit = &rules_settings[index < 0 ? 0 : index];
	uint64_t number;

	if (index < 0)
		return rules_refuse(place, "no such setting", fields[1]);
	if (!rules_number(fields[2], limit->highest, &number) || number < limit->lowest) {
		rules_problem(place, "%s is not %llu to %llu: %.64s", limit->name,
			(unsigned long long)limit->lowest, (unsigned long long)limit->highest,
			fields[2]);
		return -EINVAL;
	}
	if (rules->setting_lines[index] && rules->settings[index] != number) {
		rules_problem(place, "contradicts line %u", rules->setting_lines[index]);
		return -EINVAL;
	}
	rules->settings[index] = number;
	rules->setting_lines[index] = place->line;
	return 0;
}

int rules_row_weights(const struct rules_place *place, const struct rules_row *row)
{
	if (strcmp(row->fields[0], "weight") == 0 && row->count == 6)
		return row_weight(place, row->fields);
	if (strcmp(row->fields[0], "set") == 0 && row->count == 3)
		return row_setting(place, row->fields);
	rules_problem(place,
		"neither weight DETECTOR GRADE GROUP WEIGHT HALF_LIFE_SECONDS nor set NAME NUMBER");
	return -EINVAL;
}

void rules_weights_check(const struct rules_place *place)
{
	const struct rules *rules = place->rules;
	const uint64_t medium = rules_setting(rules, "severity_medium");
	const uint64_t high = rules_setting(rules, "severity_high");
	const uint64_t critical = rules_setting(rules, "severity_critical");

	for (unsigned i = 0; i < rules_required_count; i++)
		if (!rules->weight_lines[i])
			rules_problem(place, "lacks: weight %s %s", rules_required[i].detector,
				rules_required[i].grade);
	for (unsigned i = 0; i < COUNT(rules_settings); i++)
		if (!rules->setting_lines[i])
			rules_problem(place, "lacks: set %s", rules_settings[i].name);
	/* 0: not given, and told above */
	if (medium && high && critical && (medium >= high || high >= critical))
		rules_problem(
			place, "severity_medium, severity_high, severity_critical do not ascend");
}

const struct rules_weight *rules_weight(
	const struct rules *rules, const char *detector, const char *grade)
{
	int index = required_index(detector, grade ? grade : "-");

	return index < 0 || !rules->weight_lines[index] ? NULL : &rules->weights[index];
}

const char *rules_grade(const char *detector, const char *grade)
{
	int index = required_index(detector, grade);

	return index < 0 ? NULL : rules_required[index].grade;
}

uint64_t rules_setting(const struct rules *rules, const char *name)
{
	int index = setting_index(name);

	/* The name is a constant of ours: a wrong one must not pass for the number 0. */
	if (index < 0)
		abort();
	return rules->settings[index];
}
