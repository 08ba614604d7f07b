/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of miners in what a process executes: its program, mapped files, executable memory. */
#include <stdio.h>
#include <string.h>

#include "detectors/content_input.h"
#include "detectors/detectors.h"
#include "rules.h"
#include "util/span.h"

/* A tool about mining may have a pattern or two; a miner has a dozen and more. */
#define MANY 4 /* distinct patterns, of which */
#define STRONG 2 /* are strong ones */

struct found {
	unsigned strong, randomx, all;
	char names[FINDING_TEXT_MAX + 1]; /* blank-separated, one byte too long where cut */
	size_t len;
};

static void add_text(struct found *found, struct span text)
{
	size_t room = sizeof(found->names) - found->len;

	text.len = text.len < room ? text.len : room;
	memcpy(found->names + found->len, text.data, text.len);
	found->len += text.len;
}

/* True for a name that comes for the first time. */
static bool is_first(struct span names, struct span name)
{
	struct span other;

	while (span_next_argument(&names, &other) && other.data < name.data)
		if (span_equal(other, name))
			return false;
	return true;
}

/* Names that the rules in force do not know count for nothing, and each counts once. */
static struct found count(const struct rules *rules, struct span names)
{
	struct found found = {0};
	struct span left = names, name;

	while (span_next_argument(&left, &name)) {
		enum pattern_strength strength = rules_pattern_strength(rules, name);

		if (strength == PATTERN_NONE || !is_first(names, name))
			continue;
		if (found.len)
			add_text(&found, span_of(" "));
		add_text(&found, name);
		found.strong += strength == PATTERN_STRONG;
		found.randomx += strength == PATTERN_RANDOMX;
		found.all++;
	}
	return found;
}

/* The algorithm's own bytes say that it can compute so, as its rounding modes do. */
static const char *grade_of(const struct found *found)
{
	unsigned words = found->all - found->randomx;

	if (found->all >= MANY && found->strong >= STRONG)
		return "many";
	if (words >= MANY || found->strong >= STRONG)
		return "few";
	return found->randomx >= MANY ? "randomx" : NULL;
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	struct content_input content;
	struct found found;

	if (!content_of_input(in, &content))
		return false;
	found = count(in->rules, content.patterns);
	ret_finding->grade = grade_of(&found);
	if (!ret_finding->grade)
		return false;
	finding_add_string(ret_finding, "patterns", (struct span){found.names, found.len});
	finding_add_integer(ret_finding, "count", found.all);
	finding_add_integer(ret_finding, "strong", found.strong);
	finding_add_string(ret_finding, "object", span_of(content.object));
	finding_add_string(ret_finding, "path", content.path);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		strcmp(ret_finding->grade, "randomx") == 0
			? "%s %u byte patterns of RandomX, as miners and nodes have"
			: "%s %u byte patterns of miners, %u of them found in nothing else",
		strcmp(content.object, "memory") == 0	? "has executable memory with"
		: strcmp(content.object, "mapped") == 0 ? "executes a mapped file with"
							: "runs a program with",
		found.all, found.strong);
	return true;
}

const struct detector detector_miner_content = {
	.name = "miner_content",
	.meaning = "What it executes contains several byte patterns of miners.",
	.events = DETECTOR_ON(EVENT_EXEC) | DETECTOR_ON(EVENT_PROCESS) |
		  DETECTOR_ON(EVENT_CONTENT) | DETECTOR_ON(EVENT_RULES),
	.of_image = true,
	.fields = {{"patterns", EVIDENCE_STRING, "their names, blank-separated, strong ones first"},
		{"count", EVIDENCE_INTEGER, "distinct patterns"},
		{"strong", EVIDENCE_INTEGER, "of them, those that stand in miners alone"},
		{"object", EVIDENCE_STRING, "program, mapped or memory"},
		{"path", EVIDENCE_STRING, "its name, a hint; may be empty for memory"}},
	.attack = {"T1496.001", "Resource Hijacking: Compute Hijacking"},
	.check = check,
};
