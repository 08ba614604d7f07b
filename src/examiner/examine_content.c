/* SPDX-License-Identifier: Apache-2.0 */
/* Answers a job about content: the program itself, then what else the process executes. */
#include "examiner/examine_content.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "examiner/content_answer.h"
#include "examiner/proc_read.h"

#define SECOND_NS UINT64_C(1000000000)

int content_tell(const struct content_answer *answer, const struct content_told *told)
{
	static __u64 record[EVENT_RECORD_MAX / sizeof(__u64)];
	struct event_content *content = (struct event_content *)record;
	size_t path_len = strnlen(told->path, EVENT_FILENAME_MAX - 1);
	char *tail = (char *)(content + 1);
	struct timespec now;

	memset(content, 0, sizeof(*content));
	clock_gettime(CLOCK_BOOTTIME, &now);
	if (told->file)
		content->file = *told->file;
	if (told->sha256)
		memcpy(content->sha256, told->sha256, sizeof(content->sha256));
	content->object = told->object;
	content->result = told->result;
	content->path_len = (__u16)(path_len + 1);
	content->patterns_len = (__u16)told->patterns.len;
	memcpy(tail, told->path, path_len);
	tail[path_len] = '\0';
	if (told->patterns.len)
		memcpy(tail + path_len + 1, told->patterns.data, told->patterns.len);
	content->header = (struct event_header){
		.type = EVENT_CONTENT,
		.size = (__u32)(sizeof(*content) + path_len + 1 + told->patterns.len),
		.time_ns = (__u64)now.tv_sec * SECOND_NS + (__u64)now.tv_nsec,
		.start_ns = answer->job->process.start_ns,
		.cgroup_id = answer->job->cgroup_id,
		.pid = answer->job->process.pid,
		.tid = answer->job->process.pid,
	};
	return answer->examiner->tell(record, content->header.size);
}

/* By the identity that was asked about: its device and ctime may read otherwise by now. */
static int tell_exe(struct content_answer *answer)
{
	struct content_reader *reader = &answer->examiner->reader;
	char names[CONTENT_PATTERNS_MAX], path[EVENT_FILENAME_MAX];
	uint8_t sha256[32] = {0};
	struct content_told told = {.object = CONTENT_EXE,
		.result = CONTENT_UNREADABLE,
		.file = &answer->job->file,
		.sha256 = sha256,
		.path = path};
	ssize_t len = answer->dir < 0 ? -1 : readlinkat(answer->dir, "exe", path, sizeof(path) - 1);

	path[len > 0 ? len : 0] = '\0';
	if (answer->exe.fd >= 0 && !content_is(&answer->job->file, &answer->exe)) {
		told.result = CONTENT_CHANGED;
	} else if (answer->exe.fd >= 0) {
		pattern_search_reset(reader->search);
		told.result = content_read(reader, answer->exe.fd, sha256);
		told.patterns = (struct span){names, pattern_search_names(reader->search, names)};
	}
	return content_tell(answer, &told);
}

/* Of what else it executes nothing is said when its maps cannot be read: it is gone, as a rule. */
static int tell_others(struct content_answer *answer)
{
	struct content_examiner *examiner = answer->examiner;
	ssize_t len = answer->dir < 0 ? -1
				      : proc_read_text(answer->dir, "maps", examiner->maps,
						sizeof(examiner->maps));
	int err = 0;

	if (len < 0)
		return 0;
	answer->maps_cut = (size_t)len == sizeof(examiner->maps) - 1;
	answer->exe_too_big =
		answer->exe.fd >= 0 && answer->exe.file.size > examiner->reader.largest;
	examiner->reader.left = examiner->reader.largest;
	if (answer->job->objects & CONTENT_BIT(CONTENT_MAPPED))
		err = content_mapped(answer);
	if (err >= 0 && answer->job->objects & CONTENT_BIT(CONTENT_MEMORY))
		err = content_memory(answer);
	return err;
}

static int open_process(const struct process_key *key)
{
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), dir;
	struct proc_stat stat;

	if (proc < 0)
		return -1;
	dir = proc_open(proc, key->pid);
	close(proc);
	if (dir < 0)
		return -1;
	if (proc_read_stat(dir, &stat) && proc_is(&stat, key))
		return dir;
	close(dir);
	return -1;
}

int examine_content(struct content_examiner *examiner, const struct examine_job *job)
{
	struct content_answer answer = {.examiner = examiner, .job = job, .exe.fd = -1};
	int err = 0;

	answer.dir = open_process(&job->process);
	if (answer.dir >= 0)
		content_open_exe(answer.dir, &answer.exe);
	if (job->objects & CONTENT_BIT(CONTENT_EXE))
		err = tell_exe(&answer);
	if (err >= 0)
		err = tell_others(&answer);
	if (answer.exe.fd >= 0)
		close(answer.exe.fd);
	if (answer.dir >= 0)
		close(answer.dir);
	return err;
}
