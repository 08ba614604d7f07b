/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which records of an earlier run's incidents are believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core_fixture.h"
#include "decode.h"
#include "detector.h"
#include "process.h"
#include "util/span.h"

#define NOW SECONDS(1000)

static __u64 record[CORE_RECORD];
static struct event event;

static struct event_incident sound_incident(void)
{
	struct event_incident *incident =
		core_make_plain(record, EVENT_INCIDENT, NOW, sizeof(*incident));

	incident->workload_type = WORKLOAD_SESSION;
	incident->workload_session = 7;
	incident->first_ns = incident->below_ns = incident->ended_ns = NOW;
	incident->phase = INCIDENT_WAS_OPEN;
	incident->seq = 1;
	incident->reported = 1;
	incident->highest = 3;
	incident->facts_due = incident->facts_told = 7;
	return *incident;
}

static void incidents_that_cannot_be(void **state)
{
	const struct event_incident sound = sound_incident();
#define ROW(text, member, bad)                                                        \
	{                                                                             \
		text, offsetof(struct event_incident, member),                        \
			sizeof(((struct event_incident *)0)->member), (uint64_t)(bad) \
	}
	static const struct {
		const char *name;
		size_t offset, size;
		uint64_t value;
	} rows[] = {
		ROW("no type", workload_type, 0),
		ROW("no such type", workload_type, 4),
		ROW("a container with a session", workload_type, WORKLOAD_CONTAINER),
		ROW("no phase", phase, 0),
		ROW("no such phase", phase, 4),
		ROW("told of, but only watched", phase, INCIDENT_WAS_WATCHED),
		ROW("open, but not told of", seq, 0),
		ROW("open, of no severity", reported, 0),
		ROW("never as high as reported", reported, 4),
		ROW("higher than there is", highest, 4),
		ROW("below what was reported", highest, 0),
		ROW("no such fact due", facts_due, 8),
		ROW("no such fact told", facts_told, 8),
		ROW("first in the future", first_ns, NOW + 1),
		ROW("below in the future", below_ns, NOW + 1),
		ROW("ended in the future", ended_ns, NOW + 1),
	};
#undef ROW

	(void)state;
	assert_int_equal(core_decode_alone(record, sizeof(sound), &event), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		memcpy(record, &sound, sizeof(sound));
		memcpy((char *)record + rows[i].offset, &rows[i].value, rows[i].size);
		if (core_decode_alone(record, sizeof(sound), &event) != -EINVAL)
			fail_msg("%s", rows[i].name);
	}
	memcpy(record, &sound, sizeof(sound));
	((struct event_incident *)record)->phase = INCIDENT_WAS_ENDED;
	assert_int_equal(core_decode_alone(record, sizeof(sound), &event), 0);
}

/* A watched one with something that is told of others alone. */
static void what_was_only_watched(void **state)
{
	struct event_incident *incident = (struct event_incident *)record;

	(void)state;
	for (unsigned told = 0; told < 4; told++) {
		sound_incident();
		incident->phase = INCIDENT_WAS_WATCHED;
		incident->seq = told == 1;
		incident->reported = told == 2;
		incident->highest = told == 3 ? 3 : 0;
		assert_int_equal(
			core_decode_alone(record, sizeof(*incident), &event), told ? -EINVAL : 0);
	}
}

/* Texts are given in the order of enum finding_text; returns the record's length. */
static size_t make_finding(const struct span texts[FINDING_TEXTS])
{
	struct event_finding *finding = (struct event_finding *)record;
	size_t len = sizeof(*finding);

	core_make_plain(record, EVENT_FINDING, NOW, sizeof(*finding));
	finding->header.pid = 7;
	finding->workload_type = WORKLOAD_CGROUP;
	for (unsigned i = 0; i < FINDING_TEXTS; i++) {
		finding->lengths[i] = (__u16)texts[i].len;
		if (texts[i].len)
			memcpy((char *)record + len, texts[i].data, texts[i].len);
		len += texts[i].len;
	}
	finding->header.size = (__u32)len;
	return len;
}

static const char number[] = "\0\0\003\010pid\052\0\0\0\0\0\0\0";
static const char text[] = "\1\1\006\002walletxy";

static void findings(void **state)
{
	const struct span sound[FINDING_TEXTS] = {{"wallet", 7}, {"shape", 6}, {"says", 5},
		{text, sizeof(text) - 1}, {"x", 2}, {"/bin/x", 7}, {"x\0-o", 5}, {"/a/b", 5}};
	struct span texts[FINDING_TEXTS];
	size_t len = make_finding(sound);

	(void)state;
	assert_int_equal(event_decode(record, len, &event), 0);
	assert_true(span_equal(event.finding_text[FINDING_DETECTOR], span_of("wallet")));
	assert_true(span_equal(event.finding_text[FINDING_GRADE], span_of("shape")));
	assert_true(span_equal(event.finding_text[FINDING_SUMMARY], span_of("says")));
	assert_true(span_equal(event.finding_text[FINDING_NAME], span_of("x")));
	assert_true(span_equal(event.finding_text[FINDING_EXE], span_of("/bin/x")));
	assert_int_equal(event.finding_text[FINDING_ARGV].len, 5);
	assert_true(span_equal(event.finding_text[FINDING_CGROUP], span_of("/a/b")));
	for (size_t cut = sizeof(struct event_header); cut < len; cut++) {
		((struct event_header *)record)->size = (__u32)cut;
		assert_int_equal(core_decode_alone(record, cut, &event), -EINVAL);
	}
	for (unsigned i = 0; i < FINDING_TEXTS; i++) {
		static const size_t longest[] = {32, 32, 128, 1312, 256, 1040, 4096, 1024};
		static char much[4097];

		memcpy(texts, sound, sizeof(texts));
		texts[i] = (struct span){much, longest[i]};
		len = make_finding(texts);
		/* Zeros are no facts. */
		assert_int_equal(
			core_decode_alone(record, len, &event), i == FINDING_FACTS ? -EINVAL : 0);
		texts[i].len++;
		len = make_finding(texts);
		assert_int_equal(core_decode_alone(record, len, &event), -EINVAL);
	}
}

static void findings_that_cannot_be(void **state)
{
	static const struct span none[FINDING_TEXTS];
	static const struct {
		const char *name;
		size_t offset, size;
		uint64_t value;
		int result;
	} rows[] = {
		{"sound", 0, 0, 0, 0},
		{"found now", offsetof(struct event_finding, found_ns), 8, NOW, 0},
		{"found in the future", offsetof(struct event_finding, found_ns), 8, NOW + 1,
			-EINVAL},
		{"dead in the future", offsetof(struct event_finding, dead_ns), 8, NOW + 1,
			-EINVAL},
		{"executed in the future", offsetof(struct event_finding, image_ns), 8, NOW + 1,
			-EINVAL},
		{"its process ended, it did not", offsetof(struct event_finding, exit_ns), 8, NOW,
			-EINVAL},
		{"all taken off", offsetof(struct event_finding, lowered_ppm), 4, 1000000, 0},
		{"more than all taken off", offsetof(struct event_finding, lowered_ppm), 4, 1000001,
			-EINVAL},
		{"no workload", offsetof(struct event_finding, workload_type), 4, 0, -EINVAL},
		{"a session of a cgroup", offsetof(struct event_finding, workload_session), 4, 1,
			-EINVAL},
		{"no process", offsetof(struct event_finding, header.pid), 4, 0, -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		make_finding(none);
		memcpy((char *)record + rows[i].offset, &rows[i].value, rows[i].size);
		if (core_decode_alone(record, sizeof(struct event_finding), &event) !=
			rows[i].result)
			fail_msg("%s", rows[i].name);
	}
	make_finding(none);
	((struct event_finding *)record)->dead_ns = NOW;
	((struct event_finding *)record)->exit_ns = NOW + 1;
	assert_int_equal(core_decode_alone(record, sizeof(struct event_finding), &event), -EINVAL);
}

static void facts(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t len;
		int result;
	} rows[] = {
		{"none", "", 0, 0},
		{"a number", number, 15, 0},
		{"a text", text, 12, 0},
		{"half a head", text, 3, -EINVAL},
		{"half a text", text, 11, -EINVAL},
		{"no key", "\1\0\0\1x", 5, -EINVAL},
		{"neither text nor number", "\2\0\1\1kx", 6, -EINVAL},
		{"cut twice", "\1\2\1\1kx", 6, -EINVAL},
		{"a number cut", "\0\1\1\10k\0\0\0\0\0\0\0\0", 13, -EINVAL},
		{"a number of seven bytes", "\0\0\1\7k\0\0\0\0\0\0\0", 12, -EINVAL},
		{"an empty text", "\1\0\1\0k", 5, 0},
	};
	char many[9 * 6], longest[4 + 32 + 129];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span texts[FINDING_TEXTS] = {[FINDING_FACTS] = {rows[i].bytes, rows[i].len}};
		size_t len = make_finding(texts);

		if (core_decode_alone(record, len, &event) != rows[i].result)
			fail_msg("%s", rows[i].name);
	}
	for (unsigned count = 8; count <= 9; count++) {
		struct span texts[FINDING_TEXTS] = {[FINDING_FACTS] = {many, count * 6}};

		for (unsigned i = 0; i < count; i++)
			memcpy(many + 6 * i, "\1\0\1\1kx", 6);
		assert_int_equal(core_decode_alone(record, make_finding(texts), &event),
			count == 8 ? 0 : -EINVAL);
	}
	memset(longest, 'k', sizeof(longest));
	for (unsigned over = 0; over < 3; over++) {
		struct span texts[FINDING_TEXTS] = {[FINDING_FACTS] = {longest, 0}};
		size_t key = over == 1 ? 32 : 31, value = over == 2 ? 129 : 128;
		char head[4] = {1, 0, (char)key, (char)value};

		memcpy(longest, head, 4);
		texts[FINDING_FACTS].len = 4 + key + value;
		assert_int_equal(
			core_decode_alone(record, make_finding(texts), &event), over ? -EINVAL : 0);
	}
}

/* What is read is what was checked. */
static void facts_are_read(void **state)
{
	char both[sizeof(number) + sizeof(text)];
	struct span rest = {both, 15 + 12}, key, value;
	struct event_fact fact;

	(void)state;
	memcpy(both, number, 15);
	memcpy(both + 15, text, 12);
	assert_true(event_fact_next(&rest, &fact, &key, &value));
	assert_false(fact.is_string);
	assert_true(span_equal(key, span_of("pid")));
	assert_int_equal(value.len, 8);
	assert_int_equal(value.data[0], 42);
	assert_true(event_fact_next(&rest, &fact, &key, &value));
	assert_true(fact.is_string && fact.cut);
	assert_true(span_equal(key, span_of("wallet")));
	assert_true(span_equal(value, span_of("xy")));
	assert_false(event_fact_next(&rest, &fact, &key, &value));
	assert_int_equal(rest.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(incidents_that_cannot_be),
		cmocka_unit_test(what_was_only_watched),
		cmocka_unit_test(findings),
		cmocka_unit_test(findings_that_cannot_be),
		cmocka_unit_test(facts),
		cmocka_unit_test(facts_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
