/* SPDX-License-Identifier: Apache-2.0 */
/* The process that reads what others execute: jobs and rules in, records out. */
#include "examiner/content_child.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "examiner/examine_content.h"
#include "promises.h"
#include "rules.h"
#include "util/fd_message.h"

#define MIB (UINT64_C(1) << 20)

struct work {
	struct rules *rules; /* NULL: none yet */
	struct content_examiner examiner;
};

static int tell(const void *record, size_t len)
{
	return packet_send(STDIN_FILENO, record, len);
}

/* What was found by other patterns is forgotten with them. */
static void put_away(struct work *work)
{
	pattern_search_free(work->examiner.reader.search);
	work->examiner.reader.search = NULL;
	work->examiner.cache.next = work->examiner.cache.used = 0;
	rules_free(work->rules);
	work->rules = NULL;
}

static bool take_rules(struct work *work, int bundle)
{
	struct content_reader *reader = &work->examiner.reader;
	const struct rules_pattern *patterns;
	size_t count;

	put_away(work);
	if (rules_open(bundle, stderr, &work->rules) < 0)
		return false;
	patterns = rules_patterns(work->rules, &count);
	work->examiner.tell = tell;
	reader->bytes_per_s = rules_setting(work->rules, "digest_mib_per_s") * MIB;
	reader->largest = rules_setting(work->rules, "digest_largest_mib") * MIB;
	reader->search = pattern_search_new(patterns, count);
	return reader->search != NULL;
}

/* *ret_bundle: the descriptor that came along, -1 where none did. False: nobody is there. */
static bool receive(struct examine_job *ret_job, size_t *ret_len, int *ret_bundle)
{
	ssize_t len = fd_message_receive(STDIN_FILENO, ret_job, sizeof(*ret_job), 0, ret_bundle);

	if (len <= 0)
		return false;
	*ret_len = (size_t)len;
	return true;
}

static bool is_job(const struct examine_job *job, size_t len)
{
	return len >= offsetof(struct examine_job, path) && job->kind == EXAMINE_CONTENT &&
	       job->path_len == 0;
}

void content_child(int fd)
{
	static struct work work; /* its pages are touched as far as they are used */
	struct examine_job job;
	size_t len;
	int bundle;

	if (helper_begin(fd) < 0 || promise_keep(SECCOMP_READER) < 0)
		return;
	while (receive(&job, &len, &bundle)) {
		if (bundle >= 0) {
			bool taken = take_rules(&work, bundle);

			close(bundle);
			if (!taken)
				break;
			continue;
		}
		if (work.rules && is_job(&job, len) && examine_content(&work.examiner, &job) < 0)
			break;
		if (tell("", 1) < 0)
			break;
	}
	put_away(&work);
}
