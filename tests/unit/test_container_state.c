/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the readers of the files that low-level runtimes keep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "examiner/container_state.h"
#include "util/span.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THOUSAND HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
#define INIT "'init_process_pid':7,'init_process_start':9"

/* JSON with ' for ". */
static struct span json(const char *text)
{
	static char buffer[8192];
	size_t len = strlen(text);

	assert_true(len < sizeof(buffer));
	for (size_t i = 0; i <= len; i++)
		buffer[i] = text[i] == '\'' ? '"' : text[i];
	return (struct span){buffer, len};
}

static const struct {
	const char *name, *text;
	int err;
	const char *expected; /* id pid start created bundle cgroup... */
} rows[] = {
	{"all",
		"{'id':'a'," INIT ",'created':'c','cgroup_paths':{'':'/x','cpu':'/y'},"
		"'config':{'labels':['k=v','bundle=/b']}}",
		0, "a 7 9 c /b /x /y"},
	{"least", "{'id':'a'," INIT "}", 0, "a 7 9  "},
	{"the last label counts",
		"{'id':'a'," INIT ",'config':{'labels':['bundle=/evil','bundle=/b','x']}}", 0,
		"a 7 9  /b"},
	{"no label is a bundle", "{'id':'a'," INIT ",'config':{'labels':['xbundle=/b',7]}}", 0,
		"a 7 9  "},
	{"relative cgroup", "{'id':'a'," INIT ",'cgroup_paths':{'':'x','cpu':7,'y':'/y'}}", 0,
		"a 7 9   /y"},
	{"cgroups no object", "{'id':'a'," INIT ",'cgroup_paths':['/x']}", 0, "a 7 9  "},
	{"bundle too long",
		"{'id':'a'," INIT ",'config':{'labels':['bundle=/" THOUSAND HUNDRED HUNDRED "']}}",
		0, "a 7 9  "},
	{"cgroup too long",
		"{'id':'a'," INIT ",'cgroup_paths':{'':'/" THOUSAND HUNDRED HUNDRED "'}}", 0,
		"a 7 9  "},
	{"id too long", "{'id':'" THOUSAND "'," INIT "}", -EINVAL, NULL},
	{"no id", "{" INIT "}", -EINVAL, NULL},
	{"id no text", "{'id':7," INIT "}", -EINVAL, NULL},
	{"no pid", "{'id':'a','init_process_start':9}", -EINVAL, NULL},
	{"pid 0", "{'id':'a','init_process_pid':0,'init_process_start':9}", -EINVAL, NULL},
	{"pid negative", "{'id':'a','init_process_pid':-1,'init_process_start':9}", -EINVAL, NULL},
	{"pid too large", "{'id':'a','init_process_pid':4294967303,'init_process_start':9}",
		-EINVAL, NULL},
	{"pid text", "{'id':'a','init_process_pid':'7','init_process_start':9}", -EINVAL, NULL},
	{"no start", "{'id':'a','init_process_pid':7}", -EINVAL, NULL},
	{"start 0", "{'id':'a','init_process_pid':7,'init_process_start':0}", -EINVAL, NULL},
	{"array", "[]", -EINVAL, NULL},
	{"nothing", "", -EINVAL, NULL},
	{"no JSON", "{", -EINVAL, NULL},
};

static const struct {
	const char *name, *text;
	int err;
	const char *expected;
} crun_rows[] = {
	{"all", "{'pid':7,'process-start-time':9,'cgroup-path':'/x','created':'c','bundle':'/b'}",
		0, " 7 9 c /b /x"},
	{"least", "{'pid':7,'process-start-time':9}", 0, " 7 9  "},
	{"no start time: crun before 0.15", "{'pid':7}", -EINVAL, NULL},
	{"no pid", "{'process-start-time':9}", -EINVAL, NULL},
	{"array", "[]", -EINVAL, NULL},
	{"no JSON", "{", -EINVAL, NULL},
};

static void expect(const char *name, int err, int expected_err, const struct container_state *found,
	const char *expected)
{
	char text[8192];
	size_t used;

	if (err != expected_err)
		print_message("%s\n", name);
	assert_int_equal(err, expected_err);
	if (err < 0)
		return;
	used = (size_t)snprintf(text, sizeof(text), "%s %u %llu %s %s", found->id, found->init_pid,
		(unsigned long long)found->init_start, found->created, found->bundle);
	for (unsigned i = 0; i < found->cgroups_count; i++)
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, " %s", found->cgroups[i]);
	assert_string_equal(text, expected);
}

static void test_runc(void **state)
{
	static struct container_state found;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int err = container_state_runc(json(rows[i].text), &found);

		expect(rows[i].name, err, rows[i].err, &found, rows[i].expected);
		if (err == 0)
			assert_false(found.from_root);
	}
}

static void test_crun(void **state)
{
	static struct container_state found;

	(void)state;
	for (size_t i = 0; i < COUNT(crun_rows); i++) {
		int err = container_state_crun(json(crun_rows[i].text), &found);

		expect(crun_rows[i].name, err, crun_rows[i].err, &found, crun_rows[i].expected);
		if (err == 0)
			assert_true(found.from_root);
	}
}

static void test_many_cgroups(void **state)
{
	static struct container_state found;
	char text[1024];
	size_t used = (size_t)snprintf(text, sizeof(text), "{'id':'a'," INIT ",'cgroup_paths':{");

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%s'%u':'/%u'", i ? "," : "", i, i);
	snprintf(text + used, sizeof(text) - used, "}}");
	assert_int_equal(container_state_runc(json(text), &found), 0);
	assert_int_equal(found.cgroups_count, CONTAINER_STATE_CGROUPS);
	assert_string_equal(found.cgroups[CONTAINER_STATE_CGROUPS - 1], "/15");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runc),
		cmocka_unit_test(test_crun),
		cmocka_unit_test(test_many_cgroups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
