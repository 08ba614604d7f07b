// SPDX-License-Identifier: Apache-2.0
/* A container with power over its host: context, no accusation. */
#include <stdio.h>
#include <string.h>

#include "detectors/container_input.h"
#include "detectors/detectors.h"
#include "util/span.h"

/*
 * No seccomp filter is no row: Kubernetes gives none unless it is told to. The heaviest first: the
 * first row that fits is the grade.
 */
static const struct {
	uint32_t flag;
	const char *grade;
	const char *word;
} privileges[] = {
	{CONTAINER_PRIVILEGED, "privileged", "privileged"},
	{CONTAINER_HOST_PID, "host", "host_pid"},
	{CONTAINER_SENSITIVE_MOUNT, "host", "sensitive_mount"},
	{CONTAINER_ADDED_CAPABILITIES, "some", "added_capabilities"},
	{CONTAINER_HOST_NETWORK, "some", "host_network"},
	{CONTAINER_HOST_IPC, "some", "host_ipc"},
};

static void add_text(struct finding *finding, const char *key, const char *text)
{
	if (text[0])
		finding_add_string(finding, key, span_of(text));
}

static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const struct container *container = container_confirmed(in);
	char words[80] = ""; /* all of them are 74 bytes */
	size_t len = 0;

	if (!container)
		return false;
	for (size_t i = 0; i < sizeof(privileges) / sizeof(privileges[0]); i++) {
		if (!(container->flags & privileges[i].flag))
			continue;
		if (!ret_finding->grade)
			ret_finding->grade = privileges[i].grade;
		len += (size_t)snprintf(words + len, sizeof(words) - len, "%s%s", len ? " " : "",
			privileges[i].word);
	}
	if (!ret_finding->grade)
		return false;
	finding_add_string(ret_finding, "privileges", span_of(words));
	add_text(ret_finding, "capabilities", container->text[CONTAINER_TEXT_CAPABILITIES]);
	add_text(ret_finding, "mounts", container->text[CONTAINER_TEXT_MOUNTS]);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary),
		"container with power over its host (%s)", words);
	return true;
}

const struct detector detector_privileged_container = {
	.name = "privileged_container",
	.meaning = "It runs in a container that was given power over its host.",
	.events = DETECTOR_ON(EVENT_CONTAINER),
	.of_container = true,
	.fields = {{"privileges", EVIDENCE_STRING, "what it was given, separated by blanks"},
		{"capabilities", EVIDENCE_STRING, "capabilities beyond the runtimes' default",
			true},
		{"mounts", EVIDENCE_STRING, "host paths mounted that give power", true}},
	.check = check,
};
