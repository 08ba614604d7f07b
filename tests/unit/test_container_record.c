/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that a CONTAINER record decodes to what was written, cut where it must be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "decode.h"
#include "examiner/container_record.h"

#define KEPT (EVENT_CONTAINER_TEXT_MAX - 1)

static const struct examine_job job = {
	.kind = EXAMINE_CONTAINER, .process = {.pid = 5, .start_ns = 6}, .cgroup_id = 7};

static void write_and_decode(
	const struct container_facts *facts, __u64 *record, struct event *ret_event)
{
	size_t len = container_record_write(&job, facts, record);

	assert_int_equal(event_decode(record, len, ret_event), 0);
	assert_int_equal(ret_event->header->size, len);
	assert_int_equal(ret_event->header->pid, 5);
	assert_int_equal(ret_event->header->start_ns, 6);
	assert_int_equal(ret_event->header->cgroup_id, 7);
	assert_true(ret_event->header->time_ns > 0);
}

static void test_texts(void **state)
{
	static __u64 record[EVENT_RECORD_MAX / 8];
	struct container_facts facts = {.created_ns = 8, .flags = CONTAINER_VERIFIED};
	struct event event;

	(void)state;
	facts.texts[CONTAINER_TEXT_ID] = "id";
	facts.texts[CONTAINER_TEXT_NAME] = "";
	facts.texts[CONTAINER_TEXT_MOUNTS] = "/";
	write_and_decode(&facts, record, &event);
	assert_int_equal(event.container->created_ns, 8);
	assert_int_equal(event.container->flags, CONTAINER_VERIFIED);
	assert_int_equal(event.container->lengths[CONTAINER_TEXT_ID], 3);
	assert_int_equal(event.container->lengths[CONTAINER_TEXT_NAME], 0);
	assert_int_equal(event.container->lengths[CONTAINER_TEXT_IMAGE], 0);
	assert_int_equal(event.container->lengths[CONTAINER_TEXT_MOUNTS], 2);
}

static void test_longest(void **state)
{
	static __u64 record[EVENT_RECORD_MAX / 8];
	struct container_facts facts = {0};
	char text[KEPT + 2] = "";
	struct event event;

	(void)state;
	memset(text, 'x', KEPT);
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++)
		facts.texts[i] = text;
	write_and_decode(&facts, record, &event);
	assert_int_equal(event.container->flags, 0);
	memcpy(text + KEPT - 1, "\xc3\xa4", 2); /* one letter, the cut would go through it */
	write_and_decode(&facts, record, &event);
	assert_int_equal(event.container->flags, CONTAINER_CUT);
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++)
		assert_int_equal(event.container_text[i].len, KEPT - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
