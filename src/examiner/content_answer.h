/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that answer one job about content. */
#ifndef MINERWATCH_CONTENT_ANSWER_H
#define MINERWATCH_CONTENT_ANSWER_H

#include "examiner/examine_content.h"

struct content_answer {
	struct content_examiner *examiner;
	const struct examine_job *job;
	int dir; /* /proc/PID */
	struct opened_file exe; /* fd -1: it cannot be opened */
	bool exe_too_big;
	bool maps_cut; /* it has more mappings than are read */
	bool left_out; /* a mapped file found no place below; the first one's name: */
	char left_out_path[EVENT_FILENAME_MAX];
	/* Mapped files: those met so far; memory: those of them whose mappings must be read. */
	unsigned files_count;
	struct content_met {
		uint64_t inode;
		uint32_t dev;
		bool unopened;
	} files[CONTENT_FILES_MAX];
};

/* What one record says. */
struct content_told {
	enum content_object object;
	unsigned result; /* enum content_result */
	const struct event_file *file; /* NULL: of none */
	const uint8_t *sha256; /* NULL: none */
	const char *path;
	struct span patterns;
};

int content_tell(const struct content_answer *answer, const struct content_told *told);

/* content_mapped.c, content_memory.c: tell what there is. 0, or what tell has returned. */
int content_mapped(struct content_answer *answer);
int content_memory(struct content_answer *answer);

#endif
