// SPDX-License-Identifier: Apache-2.0
/* Where a suspect's program lies: in memory, where anybody may write, in somebody's home. */
#include <linux/magic.h>
#include <linux/stat.h>
#include <stdio.h>

#include "detectors/detectors.h"
#include "util/span.h"

/* The path is seen from where it was executed: in a container these are the container's own. */
static bool below(struct span path, const char *const *directories)
{
	for (; *directories; directories++)
		if (span_starts(path, *directories))
			return true;
	return false;
}

static const char *grade_of(const struct image *image)
{
	static const char *const temporary[] = {"/tmp/", "/var/tmp/", "/dev/shm/", NULL};
	static const char *const homes[] = {"/home/", "/root/", NULL};
	const struct event_file *file = &image->file;

	if (file->fs_magic == TMPFS_MAGIC || file->fs_magic == RAMFS_MAGIC)
		return "memory";
	/* A memfd is its own directory, and what the examiner saw has none. */
	if (S_ISDIR(file->directory_mode) ? file->directory_mode & S_IWOTH
					  : below(image->exe, temporary))
		return "writable";
	return below(image->exe, homes) ? "home" : NULL;
}

/*
 * By itself it says nothing at all: builds, scripts and virtual environments run from there all
 * day. So it is added to what there is already, and never makes a suspect.
 */
static bool check(const struct detector_input *in, struct finding *ret_finding)
{
	const struct image *image = in->process->image;
	struct span name;

	if (!in->process->findings || !image || (image->flags & EVENT_NO_FILE))
		return false;
	ret_finding->grade = grade_of(image);
	if (!ret_finding->grade)
		return false;
	name = image->name;
	finding_add_string(ret_finding, "place", span_of(ret_finding->grade));
	finding_add_string(ret_finding, "path", image->exe);
	snprintf(ret_finding->summary, sizeof(ret_finding->summary), "its file lies in %s (%.*s)",
		ret_finding->grade[0] == 'm'   ? "memory"
		: ret_finding->grade[0] == 'w' ? "a directory anybody may write to"
					       : "a home directory",
		(int)(name.len > 64 ? 64 : name.len), name.data);
	return true;
}

const struct detector detector_origin = {
	.name = "origin",
	.meaning = "The file of a program that other evidence names lies in memory, in a directory "
		   "anybody may write to, or in a home directory.",
	.events = DETECTOR_ON(EVENT_EXEC) | DETECTOR_ON(EVENT_PROCESS) | DETECTOR_ON(EVENT_MEMORY),
	.of_image = true,
	.fields = {{"place", EVIDENCE_STRING, "memory, writable or home"},
		{"path", EVIDENCE_STRING, "the file's path"}},
	.attack = {"T1564", "Hide Artifacts"},
	.check = check,
};
