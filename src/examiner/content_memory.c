/* SPDX-License-Identifier: Apache-2.0 */
/* Searches memory a process executes and that no file can be read for: unpacked programs, memfds.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "examiner/content_answer.h"
#include "sources/content_job.h"

struct scan {
	struct content_answer *answer;
	int fd; /* /proc/PID/mem */
	uint64_t left; /* bytes that may still be read */
	unsigned result; /* enum content_result; 0: there was nothing to read */
	char path[EVENT_FILENAME_MAX]; /* of the first mapping */
};

static bool no_file(const struct content_answer *answer, const struct mapping *mapping)
{
	if (!mapping->inode)
		return strncmp(mapping->path, "[v", 2) != 0; /* vdso, vvar: the kernel's own */
	if (answer->exe_too_big && answer->exe.file.inode == mapping->inode)
		return true;
	for (unsigned i = 0; i < answer->files_count; i++)
		if (answer->files[i].unopened && answer->files[i].inode == mapping->inode &&
			answer->files[i].dev == mapping->dev)
			return true;
	return false;
}

/*
 * What it executes; then what it only reads, where an unpacked program keeps its texts. What a
 * process writes to is its data: a text there says nothing of the program.
 */
static bool is_wanted(const struct mapping *mapping, bool executable)
{
	return executable ? mapping->executable
			  : mapping->readable && !mapping->writable && !mapping->executable;
}

static void search(struct scan *scan, const struct mapping *mapping)
{
	struct content_reader *reader = &scan->answer->examiner->reader;
	uint64_t at = mapping->from;

	if (!scan->result)
		memcpy(scan->path, mapping->path, sizeof(scan->path));
	pattern_search_cut(reader->search);
	while (at < mapping->to) {
		uint64_t len = mapping->to - at;
		ssize_t got;

		if (!scan->left) {
			scan->result = CONTENT_TOO_BIG;
			return;
		}
		len = len < CONTENT_PIECE ? len : CONTENT_PIECE;
		len = len < scan->left ? len : scan->left;
		got = pread(scan->fd, reader->piece, len, (off_t)at);
		if (got <= 0)
			break; /* unmapped meanwhile, or nobody may read it */
		pattern_search_push(reader->search, reader->piece, (size_t)got);
		at += (uint64_t)got;
		scan->left -= (uint64_t)got;
		content_pace(reader, (uint64_t)got);
	}
	if (at > mapping->from)
		scan->result = CONTENT_DIGESTED;
	else if (!scan->result)
		scan->result = CONTENT_UNREADABLE;
}

static void search_all(struct scan *scan)
{
	for (int executable = 1; executable >= 0; executable--) {
		const char *text = scan->answer->examiner->maps;
		struct mapping mapping;

		while (scan->result != CONTENT_TOO_BIG && maps_next(&text, &mapping))
			if (no_file(scan->answer, &mapping) && is_wanted(&mapping, executable))
				search(scan, &mapping);
	}
}

int content_memory(struct content_answer *answer)
{
	struct pattern_search *found = answer->examiner->reader.search;
	struct scan scan = {.answer = answer,
		.fd = openat(answer->dir, "mem", O_RDONLY | O_CLOEXEC),
		.left = CONTENT_MEMORY_BYTES};
	char names[CONTENT_PATTERNS_MAX] = "";

	pattern_search_reset(found);
	search_all(&scan); /* without mem: unreadable, where there is anything */
	if (scan.fd >= 0)
		close(scan.fd);
	if (!scan.result)
		return 0;
	return content_tell(answer, &(struct content_told){
					    .object = CONTENT_MEMORY,
					    .result = scan.result,
					    .path = scan.path,
					    .patterns = {names, pattern_search_names(found, names)},
				    });
}
