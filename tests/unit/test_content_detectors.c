/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what the digest and the patterns of a file lead to, through the pipeline: who is asked,
 * who is judged, and by which rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>

#include "core_fixture.h"
#include "detectors/detectors.h"
#include "rules_fixture.h"
#include "state/content_table.h"

#define STRONG2 "donate-host|mxcsr-table"
/* The first row of digests.list. */
#define LISTED                                                             \
	"\x36\x51\x98\xed\x4f\x12\x05\xc4\x2f\xa4\x48\xd4\x1c\x90\x88\xd3" \
	"\xde\xa6\xbf\xf4\x31\x73\xc5\xe8\x70\xe8\xbe\xc4\x63\x1c\x3a\x7d"

static const struct core_process one = {.pid = 100, .start_ns = 5, .session = 100};
static const struct core_process two = {.pid = 101, .start_ns = 6, .session = 101};
static const struct core_program program = {
	.path = "/opt/app", .args = "app", .nlink = 1, .inode = 50};

static struct core core;
static __u64 record[CORE_RECORD];

static int open_core(void **state)
{
	(void)state;
	core_open(&core);
	return 0;
}

static int close_core(void **state)
{
	(void)state;
	core_close(&core);
	return 0;
}

static void content(const struct core_process *process, unsigned object, unsigned result,
	const char *sha256, const char *names)
{
	struct event_content says = {.object = object, .result = result};

	if (object == CONTENT_EXE)
		says.file = (struct event_file){.inode = program.inode};
	if (sha256)
		memcpy(says.sha256, sha256, 32);
	assert_int_equal(core_feed(&core, record,
				 core_make_content(record, core.now_ns, process, &says,
					 object == CONTENT_EXE ? "/opt/app" : "/lib/x.so", names)),
		0);
}

static void grades(void **state)
{
	static const struct {
		const char *name;
		unsigned object, result;
		const char *sha256, *names;
		const struct detector *lead; /* NULL: no alert */
		unsigned score;
	} rows[] = {
		{"nothing found", CONTENT_EXE, CONTENT_DIGESTED, NULL, NULL, NULL, 0},
		{"listed", CONTENT_EXE, CONTENT_DIGESTED, LISTED, NULL, &detector_known_digest, 90},
		{"a listed library", CONTENT_MAPPED, CONTENT_DIGESTED, LISTED, NULL,
			&detector_known_digest, 90},
		{"memory has no digest", CONTENT_MEMORY, CONTENT_DIGESTED, LISTED, NULL, NULL, 0},
		{"no digest where it was too big", CONTENT_EXE, CONTENT_TOO_BIG, LISTED, NULL, NULL,
			0},
		{"many", CONTENT_EXE, CONTENT_DIGESTED, NULL, STRONG2 "|agent|nicehash",
			&detector_miner_content, 75},
		{"many in the start of a file too big", CONTENT_EXE, CONTENT_TOO_BIG, NULL,
			STRONG2 "|agent|nicehash", &detector_miner_content, 75},
		{"many in a library", CONTENT_MAPPED, CONTENT_DIGESTED, NULL,
			STRONG2 "|agent|nicehash", &detector_miner_content, 75},
		{"many in memory", CONTENT_MEMORY, CONTENT_DIGESTED, NULL,
			STRONG2 "|agent|nicehash", &detector_miner_content, 75},
		{"few: two strong ones and one", CONTENT_EXE, CONTENT_DIGESTED, NULL,
			STRONG2 "|agent", NULL, 0},
		{"few: one strong one among five", CONTENT_EXE, CONTENT_DIGESTED, NULL,
			"cfround|agent|nicehash|cryptonight|keepalived", NULL, 0},
		{"the algorithm alone, as nodes have it", CONTENT_EXE, CONTENT_DIGESTED, NULL,
			"aes-gen-1r-key0|aes-gen-1r-key1|aes-gen-1r-key2|cfround", NULL, 0},
		{"the algorithm among a miner's words", CONTENT_EXE, CONTENT_DIGESTED, NULL,
			STRONG2 "|aes-gen-1r-key0|cfround", &detector_miner_content, 75},
		{"a name that comes four times", CONTENT_EXE, CONTENT_DIGESTED, NULL,
			"cfround|cfround|cfround|cfround", NULL, 0},
		{"names the rules do not know", CONTENT_EXE, CONTENT_DIGESTED, NULL,
			STRONG2 "|a|b|c", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("%s\n", rows[i].name);
		core_open(&core);
		core_exec(&core, &one, &program);
		content(&one, rows[i].object, rows[i].result, rows[i].sha256, rows[i].names);
		core_tick(&core, false);
		assert_int_equal(core.opened, rows[i].lead != NULL);
		if (rows[i].lead) {
			assert_ptr_equal(core_last(&core)->lead, rows[i].lead);
			assert_int_equal(core_last(&core)->score, rows[i].score);
		}
		core_close(&core);
	}
}

/* "few" is below medium by itself and alerts beside something else. */
static void few_adds(void **state)
{
	(void)state;
	core_exec(&core, &one, &program);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, NULL, STRONG2);
	core_tick(&core, false);
	assert_int_equal(core.opened, 0);
	core_run(&core, &one, 12, 1000, 0);
	assert_int_equal(core.opened, 1);
	assert_int_equal(core_last(&core)->score, 58);
}

static void asked_once_a_file(void **state)
{
	(void)state;
	core_exec(&core, &one, &program);
	assert_int_equal(core.asked_content_count, 1);
	assert_int_equal(core.asked_content[0].process.pid, one.pid);
	assert_int_equal(core.asked_content[0].objects, CONTENT_BIT(CONTENT_EXE));
	assert_int_equal(core.asked_content[0].file.inode, program.inode);
	assert_int_equal(core.asked_content[0].later, 0);
	core_exec(&core, &two, &program);
	assert_int_equal(core.asked_content_count, 1);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, NULL, NULL);
	core_exec(&core, &one, &program);
	core_task(&core, &two, 0);
	assert_int_equal(core.asked_content_count, 1);
}

static void who_waits(void **state)
{
	struct core_program served = program;

	(void)state;
	core_answer(&core, &one, &program); /* found running */
	assert_int_equal(core.asked_content_count, 1);
	assert_int_equal(core.asked_content[0].later, 1);
	core_exec(&core, &two, &program); /* and now executed */
	assert_int_equal(core.asked_content_count, 2);
	assert_int_equal(core.asked_content[1].later, 0);
	served.inode = 51;
	served.fs_magic = FUSE_SUPER_MAGIC; /* may hang the reader */
	core_exec(&core, &two, &served);
	assert_int_equal(core.asked_content[2].later, 1);
	served.inode = 52;
	served.flags = EVENT_NO_FILE;
	core_exec(&core, &two, &served);
	assert_int_equal(core.asked_content_count, 3);
}

static void all_that_run_it_are_judged(void **state)
{
	(void)state;
	core_exec(&core, &one, &program);
	core_exec(&core, &two, &program);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, LISTED, NULL);
	core_tick(&core, false);
	assert_int_equal(core.opened, 2); /* two sessions */
}

static void its_next_exec_needs_no_answer(void **state)
{
	(void)state;
	core_exec(&core, &one, &program);
	core_exit(&core, &one, 0);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, LISTED, NULL);
	core_exec(&core, &two, &program);
	assert_int_equal(core_last(&core)->pid, two.pid);
	assert_ptr_equal(core_last(&core)->lead, &detector_known_digest);
}

/* It has executed something else by the time the answer comes. */
static void an_answer_is_about_a_file(void **state)
{
	(void)state;
	core_exec(&core, &one, &program);
	core_exec(&core, &one, &core_shell);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, LISTED, NULL);
	core_tick(&core, false);
	assert_int_equal(core.opened, 0);
}

static void suspects_are_looked_into(void **state)
{
	const uint32_t rest = CONTENT_BIT(CONTENT_MAPPED) | CONTENT_BIT(CONTENT_MEMORY);
	unsigned before;

	(void)state;
	core_exec(&core, &one, &program);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, NULL, NULL);
	core_task(&core, &one, 0);
	assert_int_equal(core.asked_content_count, 1); /* nothing stands against it */
	core_connect(&core, &one, 3333);
	core_task(&core, &one, 0);
	assert_int_equal(core.asked_content_count, 2);
	assert_int_equal(core.asked_content[1].objects, rest);
	before = core.asked_content_count;
	core_run(&core, &one, 59, 0, 0);
	assert_int_equal(core.asked_content_count, before);
	core_run(&core, &one, 2, 0, 0);
	assert_int_equal(core.asked_content_count, before + 1);
}

/* The rules are in force from now on. */
static struct rules *swap_rules(unsigned flags)
{
	struct event_rules *swap = core_make_plain(record, EVENT_RULES, core.now_ns, sizeof(*swap));
	struct rules *rules = directory_load_sound();

	swap->header.flags = (__u16)flags;
	pipeline_set_rules(core.pipeline, rules);
	assert_int_equal(core_feed(&core, record, sizeof(*swap)), 0);
	return rules;
}

static void other_rules_judge_all_again(void **state)
{
	struct rules *rules;

	core_open(&core);
	core_exec(&core, &one, &program);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, "0123456789abcdef0123456789abcdef", NULL);
	assert_int_equal(core.opened, 0);
	directory_text("digests.add.list",
		"3031323334353637383961626364656630313233343536373839616263646566\n");
	rules = swap_rules(0);
	assert_int_equal(core.opened, 1);
	assert_non_null(strstr(core.line, "\"list\":\"digests.add.list\""));
	assert_non_null(
		strstr(core.line, "\"indicators\":{\"sha256\":\"30313233343536373839616263646566"));
	core_close(&core);
	rules_free(rules);
	(void)state;
}

/* Running or executed, nobody stands behind the answer of other patterns. */
static void other_patterns_ask_again(void **state)
{
	struct rules *first, *second;
	unsigned before;

	(void)state;
	core_open(&core);
	core_exec(&core, &one, &program);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, NULL, NULL);
	first = swap_rules(0);
	core_run(&core, &one, 2, 0, 0);
	before = core.asked_content_count;
	assert_int_equal(before, 1);
	directory_text("patterns.add.list", "own-1 strong own-text-1\nown-2 strong own-text-2\n"
					    "own-3 strong own-text-3\nown-4 strong own-text-4\n");
	second = swap_rules(EVENT_OTHER_READING);
	rules_free(first);
	core_run(&core, &one, 2, 0, 0);
	assert_int_equal(core.asked_content_count, before + 1);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, NULL, "own-1|own-2|own-3|own-4");
	assert_int_equal(core.opened, 1);
	assert_ptr_equal(core_last(&core)->lead, &detector_miner_content);
	core_close(&core);
	rules_free(second);
}

/* What it executes next says nothing of what it executed before. */
static void another_program_takes_nothing_back(void **state)
{
	struct event_content answer = {.object = CONTENT_EXE, .result = CONTENT_DIGESTED};
	struct core_program other = program;
	size_t len;

	(void)state;
	core_exec(&core, &one, &program);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, LISTED, NULL);
	answer.file.inode = other.inode = 51;
	core_exec(&core, &one, &other);
	len = core_make_content(record, core.now_ns, &one, &answer, "/opt/b", NULL);
	assert_int_equal(core_feed(&core, record, len), 0);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "o");
}

#define OWN_DIGEST "0123456789abcdef0123456789abcdef"
#define OWN_LISTED "3031323334353637383961626364656630313233343536373839616263646566\n"

/* A row that was a mistake is taken out: the incident ends, and nothing is left in it. */
static void a_row_taken_out_is_no_evidence(void **state)
{
	static const struct core_process child = {
		.pid = 102, .start_ns = 7, .ppid = 100, .parent_start_ns = 5, .session = 100};
	struct rules *first, *second;

	(void)state;
	core_open(&core);
	directory_text("digests.add.list", OWN_LISTED);
	first = swap_rules(0);
	core_exec(&core, &one, &program);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, OWN_DIGEST, NULL);
	core_fork(&core, &child);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "o");
	directory_text("digests.add.list", "");
	second = swap_rules(0);
	rules_free(first);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oe");
	assert_int_equal(core_last(&core)->findings, 0);
	core_close(&core);
	rules_free(second);
}

/* Of two patterns less there is too little left. */
static void a_pattern_taken_out_counts_no_more(void **state)
{
	struct rules *first, *second;

	(void)state;
	core_open(&core);
	directory_text("patterns.add.list", "own-1 strong own-text-1\nown-2 strong own-text-2\n"
					    "own-3 strong own-text-3\nown-4 strong own-text-4\n");
	first = swap_rules(0);
	core_exec(&core, &one, &program);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, NULL, "own-1|own-2|own-3|own-4");
	assert_int_equal(core_last(&core)->score, 75);
	directory_text("patterns.add.list", "own-1 strong own-text-1\nown-2 strong own-text-2\n");
	second = swap_rules(EVENT_OTHER_READING);
	rules_free(first);
	core_exit(&core, &one, 0);
	core_run(&core, &two, 4, 0, 0);
	assert_string_equal(core_actions(&core, 0), "oe");
	assert_true(core_last(&core)->score < 50);
	assert_non_null(strstr(core.line, "\"detector\":\"miner_content\",\"grade\":\"few\""));
	core_close(&core);
	rules_free(second);
}

/* The digest of what it has mapped is not kept, and its program's may be forgotten. */
static void what_cannot_be_judged_anew_stays(void **state)
{
	static const struct core_program other = {
		.path = "/opt/b", .args = "b", .nlink = 1, .inode = 51};
	struct event_content answer = {.object = CONTENT_EXE, .result = CONTENT_DIGESTED};
	struct rules *first, *second;
	size_t len;

	(void)state;
	core_open(&core);
	directory_text("digests.add.list", OWN_LISTED);
	first = swap_rules(0);
	core_exec(&core, &two, &other);
	answer.file.inode = other.inode;
	memcpy(answer.sha256, OWN_DIGEST, sizeof(answer.sha256));
	for (unsigned i = 0; i <= CONTENT_TABLE_MAX; i++) {
		len = core_make_content(record, core.now_ns, &two, &answer, "/opt/b", NULL);
		assert_int_equal(core_feed(&core, record, len), 0);
		answer.file.inode = 1000 + i;
		memset(answer.sha256, 0, sizeof(answer.sha256));
	}
	core_exec(&core, &one, &program);
	content(&one, CONTENT_MAPPED, CONTENT_DIGESTED, OWN_DIGEST, NULL);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, NULL, NULL);
	assert_string_equal(core_actions(&core, 0), "oo");
	directory_text("digests.add.list", "");
	second = swap_rules(0);
	rules_free(first);
	core_tick(&core, false);
	assert_string_equal(core_actions(&core, 0), "oo");
	core_close(&core);
	rules_free(second);
}

static void allowed_by_digest(void **state)
{
	struct rules *rules;

	core_open(&core);
	directory_text("allow.add.list",
		"digest 3031323334353637383961626364656630313233343536373839616263646566 "
		"silence | x\n");
	rules = directory_load_sound();
	pipeline_set_rules(core.pipeline, rules);
	core_exec(&core, &one, &program);
	content(&one, CONTENT_EXE, CONTENT_DIGESTED, "0123456789abcdef0123456789abcdef",
		STRONG2 "|agent|nicehash");
	core_tick(&core, false);
	assert_int_equal(core.opened, 0);
	core_close(&core);
	rules_free(rules);
	(void)state;
}

static void what_was_not_read_is_said_beside_other_evidence(void **state)
{
	(void)state;
	core_exec(&core, &one, &program);
	content(&one, CONTENT_EXE, CONTENT_TOO_BIG, NULL, NULL);
	core_task(&core, &one, 0);
	core_task(&core, &one, 0);
	assert_int_equal(core.asked_content_count, 1); /* it is no suspect for that */
	core_connect_pool(&core, &one);
	core_task(&core, &one, 0);
	core_connect(&core, &one, 3333);
	core_tick(&core, false);
	core_exit(&core, &one, 0);
	core_run(&core, &two, 4, 0, 0); /* it ends, and is told with all that stands */
	assert_non_null(strstr(core.line, "\"detector\":\"unread_file\",\"grade\":\"too_big\""));
}

/* One record of no file stands for all mapped files that were not looked into. */
static void what_was_left_out_is_said_beside_other_evidence(void **state)
{
	static const struct {
		struct event_content says;
		bool suspect, told;
	} rows[] = {
		{{.object = CONTENT_MAPPED, .result = CONTENT_GAVE_UP}, true, true},
		{{.object = CONTENT_MAPPED, .result = CONTENT_GAVE_UP}, false, false},
		{{.object = CONTENT_MAPPED, .result = CONTENT_GAVE_UP, .file = {.inode = 5}}, true,
			false},
		{{.object = CONTENT_MEMORY, .result = CONTENT_GAVE_UP}, true, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		core_close(&core);
		core_open(&core);
		core_exec(&core, &one, &program);
		if (rows[i].suspect)
			core_connect_pool(&core, &one);
		core_feed(&core, record,
			core_make_content(
				record, core.now_ns, &one, &rows[i].says, "/tmp/65.so", NULL));
		core_connect_pool(&core, &one);
		core_exit(&core, &one, 0);
		core_run(&core, &two, 4, 0, 0);
		assert_int_equal(strstr(core.line, "unread_file") != NULL, rows[i].told);
		assert_int_equal(strstr(core.line, "\"/tmp/65.so\"") != NULL, rows[i].told);
	}
}

#define CORE_TEST(name) cmocka_unit_test_setup_teardown(name, open_core, close_core)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grades),
		CORE_TEST(few_adds),
		CORE_TEST(asked_once_a_file),
		CORE_TEST(who_waits),
		CORE_TEST(all_that_run_it_are_judged),
		CORE_TEST(its_next_exec_needs_no_answer),
		CORE_TEST(an_answer_is_about_a_file),
		CORE_TEST(suspects_are_looked_into),
		CORE_TEST(another_program_takes_nothing_back),
		CORE_TEST(what_was_not_read_is_said_beside_other_evidence),
		CORE_TEST(what_was_left_out_is_said_beside_other_evidence),
		IN_DIRECTORY(other_rules_judge_all_again),
		IN_DIRECTORY(other_patterns_ask_again),
		IN_DIRECTORY(a_row_taken_out_is_no_evidence),
		IN_DIRECTORY(a_pattern_taken_out_counts_no_more),
		IN_DIRECTORY(what_cannot_be_judged_anew_stays),
		IN_DIRECTORY(allowed_by_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
