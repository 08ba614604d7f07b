/* SPDX-License-Identifier: Apache-2.0 */
/* Looks into the files a process has mapped executable besides its own: libraries, what ld.so was
 * told to run. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "examiner/content_answer.h"

static bool is_exe(const struct content_answer *answer, const struct mapping *mapping)
{
	return answer->exe.fd >= 0 && answer->exe.file.inode == mapping->inode &&
	       content_same_device(answer->exe.file.dev, mapping->dev);
}

/* NULL: it was met before, or is one too many. */
static struct content_met *meet(struct content_answer *answer, const struct mapping *mapping)
{
	struct content_met *met = answer->files;

	for (unsigned i = 0; i < answer->files_count; i++, met++)
		if (met->inode == mapping->inode && met->dev == mapping->dev)
			return NULL;
	if (answer->files_count == CONTENT_FILES_MAX) {
		if (!answer->left_out)
			memcpy(answer->left_out_path, mapping->path, sizeof(mapping->path));
		answer->left_out = true;
		return NULL;
	}
	answer->files_count++;
	*met = (struct content_met){.inode = mapping->inode, .dev = mapping->dev};
	return met;
}

static int tell_known(const struct content_answer *answer, const struct content_known *known,
	const struct mapping *mapping)
{
	return content_tell(answer, &(struct content_told){
					    .object = CONTENT_MAPPED,
					    .result = CONTENT_DIGESTED,
					    .file = &known->file,
					    .sha256 = known->sha256,
					    .path = mapping->path,
					    .patterns = {known->patterns, known->patterns_len},
				    });
}

/* Reads it as far as the job's share goes; the next job in a minute finds this one's files known.
 */
static int tell_read(struct content_answer *answer, const struct mapping *mapping,
	const struct opened_file *file)
{
	struct content_reader *reader = &answer->examiner->reader;
	struct content_known *known, now = {.file = file->file};
	struct content_told told = {.object = CONTENT_MAPPED,
		.result = CONTENT_GAVE_UP,
		.file = &now.file,
		.sha256 = now.sha256,
		.path = mapping->path};

	if (file->file.size <= reader->left || file->file.size > reader->largest) {
		reader->left -= file->file.size <= reader->left ? file->file.size : 0;
		pattern_search_reset(reader->search);
		told.result = content_read(reader, file->fd, now.sha256);
		now.patterns_len = (uint16_t)pattern_search_names(reader->search, now.patterns);
		told.patterns = (struct span){now.patterns, now.patterns_len};
	}
	if (told.result == CONTENT_DIGESTED) {
		known = content_cache_add(&answer->examiner->cache, file);
		*known = now;
	}
	return content_tell(answer, &told);
}

static int tell_mapped(struct content_answer *answer, const struct mapping *mapping)
{
	struct content_met *met = meet(answer, mapping);
	const struct content_known *known;
	struct opened_file file;
	int err;

	if (!met)
		return 0;
	if (content_open_mapped(answer->dir, mapping, &file) < 0) {
		met->unopened = true; /* its mappings are read instead (content_memory.c) */
		return content_tell(answer,
			&(struct content_told){
				.object = CONTENT_MAPPED,
				.result = CONTENT_UNREADABLE,
				.file = &(struct event_file){.inode = met->inode, .dev = met->dev},
				.path = mapping->path,
			});
	}
	known = content_cache_find(&answer->examiner->cache, &file);
	err = known ? tell_known(answer, known, mapping) : tell_read(answer, mapping, &file);
	close(file.fd);
	return err;
}

static bool next_wanted(
	const struct content_answer *answer, const char **text, struct mapping *ret_mapping)
{
	while (maps_next(text, ret_mapping))
		if (ret_mapping->executable && ret_mapping->inode && !is_exe(answer, ret_mapping))
			return true;
	return false;
}

/*
 * Of more mappings than files that are looked at, another part each minute, chosen so that nobody
 * can place what is never in it: by the clock's last digits.
 */
static unsigned choose_first(const struct content_answer *answer)
{
	const char *text = answer->examiner->maps;
	struct mapping mapping;
	struct timespec now;
	unsigned count = 0;

	while (next_wanted(answer, &text, &mapping))
		count++;
	if (count <= CONTENT_FILES_MAX)
		return 0;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return (unsigned)(now.tv_nsec / 1000) % count;
}

/* Those from first on, or those before it. */
static int tell_part(struct content_answer *answer, unsigned first, bool before)
{
	const char *text = answer->examiner->maps;
	struct mapping mapping;
	int err = 0;

	for (unsigned at = 0; err >= 0 && next_wanted(answer, &text, &mapping); at++)
		if ((at < first) == before)
			err = tell_mapped(answer, &mapping);
	return err;
}

/* Of no file: it stands for all the rest. */
static int tell_rest(const struct content_answer *answer)
{
	if (!answer->left_out && !answer->maps_cut)
		return 0;
	return content_tell(answer, &(struct content_told){
					    .object = CONTENT_MAPPED,
					    .result = CONTENT_GAVE_UP,
					    .path = answer->left_out_path,
				    });
}

int content_mapped(struct content_answer *answer)
{
	unsigned first = choose_first(answer);
	int err = tell_part(answer, first, false);

	if (err >= 0)
		err = tell_part(answer, first, true);
	return err < 0 ? err : tell_rest(answer);
}
