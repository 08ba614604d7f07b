// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules_threads.c: rows of kernel_threads.list, and what they cover. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "rules_fixture.h"
#include "util/span.h"

static void test_rows_refused(void **state)
{
	static const struct refusal rows[] = {
		{"kernel_threads.list", "kworker/*\n",
			"kernel_threads.list:1: not NAME plain nor NAME bracket"},
		{"kernel_threads.list", "a plain b\n",
			"kernel_threads.list:1: not NAME plain nor NAME bracket"},
		{"kernel_threads.list", "a sure\n",
			"kernel_threads.list:1: not NAME plain nor NAME bracket"},
		{"kernel_threads.list", "ok plain\n* plain\n",
			"kernel_threads.list:2: not a thread's name"},
		{"kernel_threads.list", "a*b plain\n",
			"kernel_threads.list:1: not a thread's name"},
		{"kernel_threads.list", "a%s plain\n",
			"kernel_threads.list:1: not a thread's name"},
		{"kernel_threads.list", "a% plain\n", "kernel_threads.list:1: not a thread's name"},
	};

	(void)state;
	assert_rows_refused(rows, COUNT(rows));
}

static void test_names_covered(void **state)
{
	static const struct {
		const char *name;
		enum thread_name expected;
	} rows[] = {
		{"word", THREAD_BRACKETED},
		{"words", THREAD_NONE},
		{"wor", THREAD_NONE},
		{"", THREAD_NONE},
		{"a/0", THREAD_PLAIN},
		{"a/123", THREAD_PLAIN},
		{"a/", THREAD_NONE},
		{"a/x", THREAD_NONE},
		{"a/1x", THREAD_NONE},
		{"irq/1-x", THREAD_PLAIN},
		{"irq/1-", THREAD_NONE},
		{"irq/-x", THREAD_NONE},
		{"rest y z", THREAD_PLAIN},
		{"rest ", THREAD_PLAIN},
		{"rest", THREAD_NONE},
		{"both", THREAD_PLAIN}, /* the surer of two rows */
		{"mine", THREAD_PLAIN},
	};
	struct rules *rules;

	(void)state;
	directory_text("kernel_threads.list", "word bracket | a source\na/%d plain\n"
					      "irq/%d-* plain\nrest* plain\nboth bracket\n");
	directory_text("kernel_threads.add.list", "mine plain\nboth plain\n");
	rules = directory_load_sound();
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rules_kernel_thread(rules, span_of(rows[i].name)) != rows[i].expected)
			fail_msg("%s", rows[i].name);
	rules_free(rules);
}

/* What a host's own threads are called, as ps shows them, so without what brackets them. */
static void test_embedded_names(void **state)
{
	static const char *const threads[] = {"kthreadd", "kworker/0:0H-events_highpri",
		"kworker/u8:3", "kworker/R-rcu_gp", "ksoftirqd/0", "migration/1", "cpuhp/0",
		"kswapd0", "kcompactd0", "khugepaged", "rcu_preempt", "rcuog/0", "rcuop/12",
		"irq/24-pciehp", "jbd2/sda1-8", "scsi_eh_0", "kauditd", "netns"};
	static const char *const programs[] = {"kswapd", "watchdog", "systemd", "kdm", "sshd",
		"auditd", "ksmtuned", "ksmbd.mountd", "irqbalance", "migrate", "rcu", "crond"};

	for (size_t i = 0; i < COUNT(threads); i++)
		if (rules_kernel_thread(*state, span_of(threads[i])) == THREAD_NONE)
			fail_msg("%s is unknown", threads[i]);
	for (size_t i = 0; i < COUNT(programs); i++)
		if (rules_kernel_thread(*state, span_of(programs[i])) != THREAD_NONE)
			fail_msg("%s is a program", programs[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_rows_refused),
		IN_DIRECTORY(test_names_covered),
		cmocka_unit_test(test_embedded_names),
	};

	return cmocka_run_group_tests(tests, embedded_load, embedded_free);
}
