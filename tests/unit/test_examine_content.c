/* SPDX-License-Identifier: Apache-2.0 */
/* Unit test of src/examiner/examine_content.c and what it stands on, with processes of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decode.h"
#include "examiner/content_open.h"
#include "examiner/examine_content.h"
#include "examiner/proc_read.h"
#include "util/monotonic.h"

#define PAGE 4096
#define TOLD_MAX 80
#define TEXT(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}
#define REST (CONTENT_BIT(CONTENT_MAPPED) | CONTENT_BIT(CONTENT_MEMORY))

static const struct rules_pattern patterns[] = {
	{.name = TEXT("first"),
		.bytes = TEXT("minerwatch test: the first pattern"),
		.strength = PATTERN_MEDIUM},
	{.name = TEXT("second"),
		.bytes = TEXT("minerwatch test: the second pattern"),
		.strength = PATTERN_MEDIUM},
};

static struct content_examiner *examiner;
static char directory[] = "/tmp/examine_content.XXXXXX";
static char program[64]; /* a copy of sleep, in directory */
static pid_t child;

static unsigned told_count;
static struct told {
	unsigned object, result;
	uint8_t sha256[32];
	struct event_file file;
	char path[EVENT_FILENAME_MAX], patterns[64];
} told[TOLD_MAX];

static int keep(const void *record, size_t len)
{
	static struct event event;
	struct told *kept = &told[told_count++];

	assert_true(told_count <= TOLD_MAX);
	assert_int_equal(event_decode(record, len, &event), 0);
	kept->object = event.content->object;
	kept->result = event.content->result;
	kept->file = event.content->file;
	memcpy(kept->sha256, event.content->sha256, 32);
	snprintf(kept->path, sizeof(kept->path), "%.*s", (int)event.filename.len,
		event.filename.data);
	snprintf(kept->patterns, sizeof(kept->patterns), "%.*s",
		event.patterns.len ? (int)event.patterns.len - 1 : 0, event.patterns.data);
	return 0;
}

static void run(const char *command)
{
	assert_int_equal(system(command), 0);
}

static int make(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(program, sizeof(program), "%s/app", directory);
	run("true"); /* there is a shell */
	examiner = calloc(1, sizeof(*examiner));
	assert_non_null(examiner);
	examiner->tell = keep;
	examiner->reader.bytes_per_s = 1u << 30;
	examiner->reader.largest = 64u << 20;
	examiner->reader.search = pattern_search_new(patterns, 2);
	assert_non_null(examiner->reader.search);
	return 0;
}

static int drop(void **state)
{
	char command[128];

	(void)state;
	pattern_search_free(examiner->reader.search);
	free(examiner);
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	run(command);
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
	return 0;
}

static void copy_sleep(const char *append)
{
	char command[512];

	snprintf(command, sizeof(command), "cp /bin/sleep %s && printf '%%s' '%s' >>%s", program,
		append, program);
	run(command);
}

static void start(void)
{
	int ready[2];
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0); /* closed by the exec */
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(program, "app", "100", NULL);
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 0);
	close(ready[0]);
}

static void stop(void)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static struct process_key key_of(pid_t pid)
{
	struct process_key key = {.pid = (uint32_t)pid};
	char path[32];
	struct proc_stat stat;
	int dir;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir >= 0 && proc_read_stat(dir, &stat));
	close(dir);
	key.start_ns = stat.start_ticks * (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
	return key;
}

/* What the kernel would have said of it at its exec. */
static struct event_file seen(void)
{
	struct opened_file file;
	char path[32];
	int dir;

	snprintf(path, sizeof(path), "/proc/%d", child);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(content_open_exe(dir, &file), 0);
	close(file.fd);
	close(dir);
	return file.file;
}

static struct examine_job job_of(uint32_t objects)
{
	struct examine_job job = {.kind = EXAMINE_CONTENT, .objects = objects};

	job.process = key_of(child);
	if (objects & CONTENT_BIT(CONTENT_EXE))
		job.file = seen();
	return job;
}

static void ask(const struct examine_job *job)
{
	told_count = 0;
	assert_int_equal(examine_content(examiner, job), 0);
}

static const struct told *find(unsigned object, const char *path)
{
	for (unsigned i = 0; i < told_count; i++)
		if (told[i].object == object && strstr(told[i].path, path))
			return &told[i];
	return NULL;
}

static bool all_zero(const uint8_t *bytes)
{
	for (unsigned i = 0; i < 32; i++)
		if (bytes[i])
			return false;
	return true;
}

static void expect_exe(const struct examine_job *job, unsigned result)
{
	ask(job);
	assert_int_equal(told_count, 1);
	assert_int_equal(told[0].object, CONTENT_EXE);
	assert_int_equal(told[0].result, result);
	assert_int_equal(all_zero(told[0].sha256), result != CONTENT_DIGESTED);
	assert_memory_equal(&told[0].file, &job->file, sizeof(job->file));
}

static void the_program(void **state)
{
	struct examine_job job, other;
	uint8_t sha256[32];
	char bytes[1 << 20];
	FILE *file;
	size_t len;

	(void)state;
	copy_sleep("minerwatch test: the first pattern");
	file = fopen(program, "re");
	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	crypto_hash_sha256(sha256, (const uint8_t *)bytes, len);
	start();
	job = job_of(CONTENT_BIT(CONTENT_EXE));
	expect_exe(&job, CONTENT_DIGESTED);
	assert_memory_equal(told[0].sha256, sha256, 32);
	assert_string_equal(told[0].path, program);
	assert_string_equal(told[0].patterns, "first");
	/* its file loses its name: the same file, another ctime */
	usleep(20000);
	unlink(program);
	expect_exe(&job, CONTENT_DIGESTED);
	assert_memory_equal(told[0].sha256, sha256, 32);
	other = job;
	other.file.inode++;
	expect_exe(&other, CONTENT_CHANGED);
	other = job;
	other.file.size++;
	expect_exe(&other, CONTENT_CHANGED);
	other = job;
	other.file.fs_magic++;
	expect_exe(&other, CONTENT_CHANGED);
	other = job;
	other.file.ctime_ns -= UINT64_C(3600000000000); /* written to since */
	expect_exe(&other, CONTENT_CHANGED);
	other = job;
	other.process.start_ns += UINT64_C(1000000000); /* another process has its pid */
	expect_exe(&other, CONTENT_UNREADABLE);
	stop();
	expect_exe(&job, CONTENT_UNREADABLE);
}

/* Bytes this process has asked of files so far. */
static uint64_t bytes_read(void)
{
	FILE *io = fopen("/proc/self/io", "re");
	uint64_t bytes;

	assert_non_null(io);
	assert_int_equal(fscanf(io, "rchar: %" SCNu64, &bytes), 1);
	fclose(io);
	return bytes;
}

static void sizes(void **state)
{
	struct examine_job job;
	uint64_t before;

	(void)state;
	copy_sleep("minerwatch test: the first pattern");
	assert_int_equal(truncate(program, 1 << 30), 0); /* sparse */
	start();
	job = job_of(CONTENT_BIT(CONTENT_EXE));
	before = bytes_read();
	expect_exe(&job, CONTENT_TOO_BIG);
	assert_string_equal(told[0].patterns, "first"); /* of its start */
	assert_true(bytes_read() - before < 32 << 20); /* and no more */
	stop();
	assert_int_equal(truncate(program, 16 << 20), 0);
	start();
	job = job_of(CONTENT_BIT(CONTENT_EXE));
	examiner->reader.bytes_per_s = 16 << 20;
	before = monotonic_ms();
	expect_exe(&job, CONTENT_DIGESTED);
	assert_true(monotonic_ms() - before >= 600); /* a second, less what a rest allows */
	stop();
}

/* In a child: memory and mappings for the examiner to find. */
static void *map_text(int prot, int flags, int fd, const char *text)
{
	char *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (map == MAP_FAILED)
		_exit(1);
	if (text)
		strcpy(map, text);
	if (mprotect(map, PAGE, prot) < 0)
		_exit(1);
	return map;
}

static void start_mapping(void (*prepare)(void))
{
	int ready[2];
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prepare();
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
}

static void nothing(void)
{
}

static void data_alone(void)
{
	map_text(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, patterns[0].bytes.data);
}

static void code(void)
{
	map_text(PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, patterns[0].bytes.data);
}

static void code_that_is_written(void)
{
	map_text(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		patterns[0].bytes.data);
}

static void constants(void)
{
	map_text(PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, patterns[1].bytes.data);
}

static void from_memfd(void)
{
	int fd = memfd_create("code", 0);

	if (fd < 0 || ftruncate(fd, PAGE) < 0)
		_exit(1);
	map_text(PROT_READ | PROT_EXEC, MAP_SHARED, fd, patterns[1].bytes.data);
}

static void library(void)
{
	int fd = open(program, O_RDWR);

	if (fd < 0 || mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		_exit(1);
}

static void library_read_only(void)
{
	int fd = open(program, O_RDWR);

	if (fd < 0 || mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		_exit(1);
}

static void memory(void **state)
{
	static const struct {
		const char *name;
		void (*prepare)(void);
		const char *patterns; /* NULL: nothing is told */
	} rows[] = {
		{"code of no file", code, "first"},
		{"code it writes", code_that_is_written, "first"},
		{"constants of no file", constants, "second"},
		{"a memfd", from_memfd, "second"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct examine_job job;
		const struct told *got;

		print_message("%s\n", rows[i].name);
		start_mapping(rows[i].prepare);
		job = job_of(REST);
		ask(&job);
		got = find(CONTENT_MEMORY, "");
		assert_non_null(got);
		assert_int_equal(got->result, CONTENT_DIGESTED);
		assert_true(all_zero(got->sha256));
		assert_string_equal(got->patterns, rows[i].patterns);
		stop();
	}
}

static void data_is_not_looked_at(void **state)
{
	void (*const prepares[])(void) = {nothing, data_alone, library_read_only};

	(void)state;
	copy_sleep("");
	for (unsigned i = 0; i < 3; i++) {
		struct examine_job job;

		start_mapping(prepares[i]);
		job = job_of(REST);
		ask(&job);
		for (unsigned k = 0; k < told_count; k++)
			assert_string_equal(told[k].patterns, "");
		assert_null(find(CONTENT_MAPPED, program));
		stop();
	}
}

static void put(const char *text)
{
	FILE *file = fopen(program, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(truncate(program, PAGE), 0);
}

static void mapped_files(void **state)
{
	struct examine_job job;
	const struct told *got;
	uint8_t sha256[32];
	char deleted[sizeof(program) + 16];

	(void)state;
	put(patterns[0].bytes.data);
	start_mapping(library);
	job = job_of(REST);
	for (unsigned i = 0; i < 2; i++) { /* read, then known */
		ask(&job);
		got = find(CONTENT_MAPPED, program);
		assert_non_null(got);
		assert_int_equal(got->result, CONTENT_DIGESTED);
		assert_string_equal(got->patterns, "first");
		assert_false(all_zero(got->sha256));
	}
	memcpy(sha256, got->sha256, 32);
	put(patterns[1].bytes.data); /* other bytes under the same name and inode */
	ask(&job);
	got = find(CONTENT_MAPPED, program);
	assert_non_null(got);
	assert_string_equal(got->patterns, "second");
	assert_memory_not_equal(got->sha256, sha256, 32);
	/* another file has its name: its own mapping is read */
	unlink(program);
	put("of no interest");
	snprintf(deleted, sizeof(deleted), "%s (deleted)", program);
	assert_int_equal(rename(program, deleted), 0); /* as maps name the old one from now on */
	ask(&job);
	got = find(CONTENT_MAPPED, program);
	assert_non_null(got);
	assert_int_equal(got->result, CONTENT_UNREADABLE);
	got = find(CONTENT_MEMORY, program);
	assert_non_null(got);
	assert_string_equal(got->patterns, "second");
	stop();
}

static void a_share_for_all_mapped_files(void **state)
{
	struct examine_job job;
	const struct told *got;
	unsigned left_over = 0;

	(void)state;
	put(patterns[0].bytes.data);
	start_mapping(library);
	job = job_of(REST);
	/* less than its libraries have together: what is left over comes next time */
	examiner->reader.largest = 2 << 20;
	ask(&job);
	for (unsigned i = 0; i < told_count; i++)
		left_over += told[i].result == CONTENT_GAVE_UP;
	assert_true(left_over > 0);
	for (unsigned i = 0; i < TOLD_MAX; i++) {
		ask(&job);
		got = find(CONTENT_MAPPED, program);
		assert_non_null(got);
		if (got->result == CONTENT_DIGESTED)
			break;
		assert_int_equal(got->result, CONTENT_GAVE_UP);
	}
	assert_int_equal(got->result, CONTENT_DIGESTED);
	stop();
}

/* More files than are looked at, mapped in this order: the last of them is the program. */
static void many_libraries(void)
{
	char path[sizeof(program) + 16];

	for (unsigned i = 0; i < 2 * CONTENT_FILES_MAX; i++) {
		int fd;

		snprintf(path, sizeof(path), "%s.%u", program, i);
		fd = open(path, O_RDWR | O_CREAT, 0600);
		if (fd < 0 || ftruncate(fd, PAGE) < 0 ||
			mmap((void *)(UINT64_C(0x10000000) + (uint64_t)i * PAGE), PAGE,
				PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED_NOREPLACE, fd,
				0) == MAP_FAILED)
			_exit(1);
		close(fd);
	}
	library();
}

/* It is said that some were left out, and the next time others are. */
static void more_files_than_are_looked_at(void **state)
{
	struct examine_job job;
	const struct told *got = NULL;

	(void)state;
	put(patterns[0].bytes.data);
	start_mapping(many_libraries);
	job = job_of(REST);
	for (unsigned i = 0; i < 100 && !got; i++) {
		ask(&job);
		assert_int_equal(told[CONTENT_FILES_MAX].result, CONTENT_GAVE_UP);
		assert_int_equal(told[CONTENT_FILES_MAX].object, CONTENT_MAPPED);
		assert_int_equal(told[CONTENT_FILES_MAX].file.inode, 0);
		assert_true(told[CONTENT_FILES_MAX].path[0] == '/');
		for (unsigned at = 0; at < CONTENT_FILES_MAX; at++)
			if (strcmp(told[at].path, program) == 0)
				got = &told[at];
	}
	assert_non_null(got);
	assert_string_equal(got->patterns, "first");
	stop();
}

static void many_mappings(void)
{
	/* neighbours of other rights, so that they stay apart; a line has some 50 bytes */
	for (unsigned i = 0; i < 30000; i++)
		if (mmap((void *)(UINT64_C(0x10000000) + (uint64_t)i * PAGE), PAGE,
			    i % 2 ? PROT_READ : PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED)
			_exit(1);
	library();
}

static void more_mappings_than_are_read(void **state)
{
	struct examine_job job;

	(void)state;
	put(patterns[0].bytes.data);
	start_mapping(many_mappings);
	job = job_of(CONTENT_BIT(CONTENT_MAPPED));
	ask(&job);
	assert_null(find(CONTENT_MAPPED, program));
	assert_true(told_count > 0);
	assert_int_equal(told[told_count - 1].result, CONTENT_GAVE_UP);
	assert_int_equal(told[told_count - 1].file.inode, 0);
	stop();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_program),
		TEST(sizes),
		TEST(memory),
		TEST(data_is_not_looked_at),
		TEST(mapped_files),
		TEST(a_share_for_all_mapped_files),
		TEST(more_files_than_are_looked_at),
		TEST(more_mappings_than_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
