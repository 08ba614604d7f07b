/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is read from a cgroup path, on known layouts, on random ids and on hostile bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cgroup_path.h"
#include "util/span.h"

#define TABLE "tests/data/cgroup-paths.tsv" /* tests run in the project's root */
#define TABLE_ROWS 106
#define ROUNDS 1000
#define TEXT_SIZE 512
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Columns of the table, in its order. */
enum column {
	NAME,
	RUNTIME,
	ORCHESTRATOR,
	HIERARCHY,
	DRIVER,
	PATH,
	CONTAINER_ID,
	POD_UID,
	PARENT_ID,
	KIND,
	CONFIDENCE,
	COLUMNS
};

struct row {
	char text[COLUMNS][TEXT_SIZE];
};

static struct row table[TABLE_ROWS];

static int table_read(void **state)
{
	FILE *file = fopen(TABLE, "re");
	char line[4096];
	size_t rows = 0;

	(void)state;
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file)); /* the head */
	while (fgets(line, sizeof(line), file)) {
		char *rest = line;

		assert_true(rows < TABLE_ROWS);
		for (unsigned column = 0; column < COLUMNS; column++) {
			const char *cell = strsep(&rest, "\t");

			assert_non_null(cell);
			assert_true(strlen(cell) < TEXT_SIZE);
			strcpy(table[rows].text[column], cell);
		}
		rows++;
	}
	assert_int_equal(rows, TABLE_ROWS);
	fclose(file);
	return 0;
}

/* Two rows of one path can differ in who orchestrates: k3s as root leaves no trace in it. */
static bool orchestrator_fits(const struct row *original, const char *got)
{
	for (size_t i = 0; i < TABLE_ROWS; i++)
		if (!strcmp(table[i].text[PATH], original->text[PATH]) &&
			!strcmp(table[i].text[ORCHESTRATOR], got))
			return true;
	return false;
}

/* The words of the table for what alerts do not name. */
static const char *const kinds[] = {
	[CGROUP_HOST] = "host",
	[CGROUP_CONTAINER] = "container",
	[CGROUP_SANDBOX] = "sandbox",
	[CGROUP_MONITOR] = "monitor",
	[CGROUP_POD] = "pod",
	[CGROUP_VM] = "vm",
	[CGROUP_JOB] = "job",
};

static const char *const confidences[] = {
	[CGROUP_LOW] = "low",
	[CGROUP_MEDIUM] = "medium",
	[CGROUP_HIGH] = "high",
};

static void check(const struct row *original, const struct row *row)
{
	struct cgroup_identity got;
	bool fits;

	cgroup_path_identify(span_of(row->text[PATH]), &got);
	fits = !strcmp(kinds[got.kind], row->text[KIND]) &&
	       !strcmp(cgroup_runtime_name(got.runtime), row->text[RUNTIME]) &&
	       !strcmp(confidences[got.confidence], row->text[CONFIDENCE]) &&
	       !strcmp(got.container_id, row->text[CONTAINER_ID]) &&
	       !strcmp(got.pod_uid, row->text[POD_UID]) &&
	       !strcmp(got.parent_container_id, row->text[PARENT_ID]) &&
	       orchestrator_fits(original, cgroup_orchestrator_name(got.orchestrator));
	if (!fits)
		fail_msg("%s: %s: %s %s %s %s id '%s' pod '%s' parent '%s'", row->text[NAME],
			row->text[PATH], kinds[got.kind], cgroup_runtime_name(got.runtime),
			cgroup_orchestrator_name(got.orchestrator), confidences[got.confidence],
			got.container_id, got.pod_uid, got.parent_container_id);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < TABLE_ROWS; i++)
		check(&table[i], &table[i]);
}

/* One token of a row and what stands in its place in this round. */
struct swap {
	char from[160], to[160];
	bool word; /* only where it is a whole word */
};

struct swaps {
	struct swap list[64];
	size_t count;
};

static unsigned next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

static char random_of(uint64_t *seed, const char *set)
{
	return set[next_random(seed) % strlen(set)];
}

static struct swap *swap_add(struct swaps *swaps, const char *from, size_t len, bool word)
{
	struct swap *swap;

	for (size_t i = 0; i < swaps->count; i++)
		if (strlen(swaps->list[i].from) == len && !memcmp(swaps->list[i].from, from, len))
			return NULL;
	assert_true(swaps->count < COUNT(swaps->list) && len < sizeof(swap->from));
	swap = &swaps->list[swaps->count++];
	*swap = (struct swap){.word = word};
	memcpy(swap->from, from, len);
	return swap;
}

/* Each byte by one of its class: small hex, capital hex, other small letter; the rest stays. */
static void swap_bytes(struct swaps *swaps, const char *from, size_t len, uint64_t *seed)
{
	struct swap *swap = swap_add(swaps, from, len, false);
	bool capitals = false;

	if (!swap)
		return;
	for (size_t i = 0; i < len; i++)
		capitals |= isupper(from[i]);
	for (size_t i = 0; i < len; i++) {
		if (isupper(from[i]))
			swap->to[i] = random_of(seed, "ABCDEF");
		else if (capitals && isdigit(from[i]))
			swap->to[i] = random_of(seed, "0123456789ABCDEF");
		else if (isxdigit(from[i]))
			swap->to[i] = random_of(seed, "0123456789abcdef");
		else if (isalpha(from[i]))
			swap->to[i] = random_of(seed, "ghijklmnopqrstuvwxyz");
		else
			swap->to[i] = from[i];
	}
}

/* Length of a run of letters and digits. */
static size_t run(const char *text)
{
	size_t len = 0;

	while (isalnum(text[len]))
		len++;
	return len;
}

/* Length of a uuid, or of a garden id whose last group is short; 0 where none starts here. */
static size_t uuid_length(const char *text)
{
	static const unsigned groups[] = {8, 4, 4, 4};
	size_t at = 0, last;

	for (size_t i = 0; i < COUNT(groups); i++) {
		if (run(text + at) != groups[i])
			return 0;
		at += groups[i];
		if (text[at] != '-' && text[at] != '_')
			return 0;
		at++;
	}
	last = run(text + at);
	return last == 12 || last == 4 ? at + last : 0;
}

/* The uuid in the shape the other columns show it. */
static void swap_dashes(struct swaps *swaps)
{
	struct swap made = swaps->list[swaps->count - 1], *swap;

	for (size_t i = 0; made.from[i]; i++) {
		made.from[i] = made.from[i] == '_' ? '-' : made.from[i];
		made.to[i] = made.to[i] == '_' ? '-' : made.to[i];
	}
	swap = swap_add(swaps, made.from, strlen(made.from), false);
	if (swap)
		strcpy(swap->to, made.to);
}

static void swap_ids(struct swaps *swaps, const char *path, uint64_t *seed)
{
	for (const char *at = path; *at; at++) {
		size_t len = run(at), uuid;

		if (at > path && isalnum(at[-1]) && (at - path < 3 || strncmp(at - 3, "pod", 3)))
			continue;
		uuid = uuid_length(at);
		if (uuid) {
			swap_bytes(swaps, at, uuid, seed);
			swap_dashes(swaps);
		} else if (len == 128 || len == 64 || len == 32) {
			swap_bytes(swaps, at, len, seed);
		} else if (len == 25) {
			struct swap *swap = swap_add(swaps, at, len, false);

			for (size_t i = 0; swap && i < len; i++)
				swap->to[i] =
					random_of(seed, "0123456789abcdefghijklmnopqrstuvwxyz");
		}
	}
}

enum word_shape { WORD, NUMBER, PROJECT };

/* Free names and numbers of the table; all else in its paths is some program's own word. */
static const struct {
	const char *word;
	enum word_shape shape;
} words[] = {
	{"default_c1", PROJECT},
	{"docker-ce", WORD},
	{"agent_api", WORD},
	{"1000", NUMBER}, /* uid */
	{"3", NUMBER}, /* session */
	{"1", NUMBER},
	{"0", NUMBER},
	{"101", NUMBER},
	{"4242", NUMBER},
	{"12345", NUMBER},
	{"2293906", NUMBER},
	{"2532581103", NUMBER},
	{"demo1", WORD},
	{"web01", WORD},
	{"web", WORD},
	{"debian", WORD},
	{"uaa", WORD},
	{"vm1", WORD},
	{"myapp", WORD},
	{"myparent", WORD},
	{"nginx", WORD},
	{"ssh", WORD},
	{"getty", WORD},
	{"foo", WORD},
	{"libvirt", WORD},
	{"container", WORD},
	{"emulator", WORD},
	{"ns", WORD},
	{"desktop", WORD},
	{"gnome", WORD},
	{"Terminal", WORD},
	{"mozilla", WORD},
	{"firefox", WORD},
};

/* A name ends in a digit, so that it is none of the grammar's words. */
static void random_word(enum word_shape shape, char *ret_word, uint64_t *seed)
{
	unsigned len = 1 + next_random(seed) % 9, at = 0;

	if (shape == NUMBER) {
		ret_word[at++] = random_of(seed, "123456789");
		while (at < len)
			ret_word[at++] = random_of(seed, "0123456789");
		return;
	}
	ret_word[at++] = random_of(seed, "abcdefghijklmnopqrstuvwxyz");
	while (at < len)
		ret_word[at++] = random_of(seed, "abcdefghijklmnopqrstuvwxyz0123456789");
	if (shape == PROJECT)
		ret_word[at++] = '_';
	ret_word[at++] = random_of(seed, "123456789");
}

static bool word_starts(const char *text, const char *at)
{
	return at == text || !isalnum(at[-1]) || (at - text >= 4 && !strncmp(at - 4, "\\x2d", 4));
}

static void swap_apply(const struct swaps *swaps, const char *from, char ret_text[TEXT_SIZE])
{
	size_t len = 0;

	for (const char *at = from; *at;) {
		const struct swap *found = NULL;

		for (size_t i = 0; i < swaps->count && !found; i++) {
			const struct swap *swap = &swaps->list[i];
			size_t size = strlen(swap->from);

			if (!strncmp(at, swap->from, size) &&
				(!swap->word || (word_starts(from, at) && !isalnum(at[size]))))
				found = swap;
		}
		assert_true(len + sizeof(found->to) < TEXT_SIZE);
		if (found) {
			strcpy(ret_text + len, found->to);
			len += strlen(found->to);
			at += strlen(found->from);
		} else {
			ret_text[len++] = *at++;
		}
	}
	ret_text[len] = '\0';
}

/* Every id, uid, number and free name of the row replaced, the same one by the same everywhere. */
static void row_randomise(const struct row *original, uint64_t *seed, struct row *ret_row)
{
	static const enum column changed[] = {PATH, CONTAINER_ID, POD_UID, PARENT_ID};
	struct swaps swaps = {.count = 0};

	swap_ids(&swaps, original->text[PATH], seed);
	for (size_t i = 0; i < COUNT(words); i++) {
		struct swap *swap = swap_add(&swaps, words[i].word, strlen(words[i].word), true);

		random_word(words[i].shape, swap->to, seed);
	}
	*ret_row = *original;
	for (size_t i = 0; i < COUNT(changed); i++)
		swap_apply(&swaps, original->text[changed[i]], ret_row->text[changed[i]]);
}

static void test_rows_with_random_ids(void **state)
{
	uint64_t seed = 20261122;

	(void)state;
	for (size_t i = 0; i < TABLE_ROWS; i++)
		for (unsigned round = 0; round < ROUNDS; round++) {
			struct row row;

			row_randomise(&table[i], &seed, &row);
			check(&table[i], &row);
		}
}

/* The test of the test: no token that names one container or user outlives the replacement. */
static void test_replacement_replaces(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (size_t i = 0; i < TABLE_ROWS; i++) {
		static const char *const kept[] = {"5694f8", "5694F8", "eb052b63", "99dcb84d",
			"1b3319ed", "1000", "xfcxp0v6", "web", "a5a6a3af", "84e9ffff", "6fb480da",
			"52963046", "868f9513", "7b9f1c4e", "f4ab56d5"};
		struct row row;

		row_randomise(&table[i], &seed, &row);
		for (size_t j = 0; j < COUNT(kept); j++)
			for (unsigned column = PATH; column <= PARENT_ID; column++)
				if (strstr(row.text[column], kept[j]))
					fail_msg("%s: %s", row.text[NAME], row.text[column]);
	}
}

/* Whatever a container makes below its own cgroup, it stays the same container. */
static void test_child_of_container(void **state)
{
	static const char *const children[] = {"/init.scope", "/system.slice/sshd.service/runtime",
		"/supervisor2", "/kubepods/besteffort", "/a//b/../c",
		"/kubepods/pod00000000-0000-4000-8000-000000000000", "/user.slice/user-0.slice",
		"/FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
		"/\\x2e\\x2e/\xff\x01\x7f", "/lxc.monitor.web01", "/slurmstepd.scope/job_1"};

	(void)state;
	for (size_t i = 0; i < TABLE_ROWS; i++) {
		const struct row *row = &table[i];

		if (!row->text[CONTAINER_ID][0])
			continue;
		for (size_t j = 0; j < COUNT(children); j++) {
			struct cgroup_identity got;
			char path[2 * TEXT_SIZE];

			snprintf(path, sizeof(path), "%s%s", row->text[PATH], children[j]);
			cgroup_path_identify(span_of(path), &got);
			assert_string_equal(got.container_id, row->text[CONTAINER_ID]);
			assert_string_equal(got.pod_uid, row->text[POD_UID]);
			assert_string_equal(got.parent_container_id, row->text[PARENT_ID]);
			assert_string_equal(kinds[got.kind], row->text[KIND]);
			assert_string_equal(cgroup_runtime_name(got.runtime), row->text[RUNTIME]);
		}
	}
}

#define HEX "5694f82f44168cc048e014ae14d1b0c8ef673bec49f329dc169911ea638f63c2"
#define POD_SLICE "kubepods-podeb052b63_ea96_4728_ab4a_64ab3babccd7.slice"
#define NODE "1b3319ed9c1d4cca681f9c102da9b015555785b6240c4e4619f11b535cabdc07"
#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

static const struct {
	const char *name, *path, *expected; /* kind runtime orchestrator id pod parent */
} layouts[] = {
	{"slashes", "//docker///" HEX "//", "container docker none " HEX " - -"},
	{"no slash", "docker-" HEX ".scope", "container docker none " HEX " - -"},
	{"runc's free name", "/system.slice/runc-job.7.scope", "container runc none job.7 - -"},
	{"escapes undone", "/machine.slice/machine-my\\x2dweb.scope",
		"container nspawn none my-web - -"},
	{"escaped slash", "/lxc.payload.a\\x2fb", "host - none - - -"},
	{"escaped NUL", "/lxc.payload.a\\x00b", "host - none - - -"},
	{"half an escape", "/lxc.payload.a\\x2", "host - none - - -"},
	{"capital escape", "/lxc.payload.a\\x2D", "host - none - - -"},
	{"no escape", "/lxc.payload.a\\y2d", "host - none - - -"},
	{"dot name", "/default/.", "host - none - - -"},
	{"parent name", "/lxc/..", "host - none - - -"},
	{"control byte", "/lxc/a\nb", "host - none - - -"},
	{"high byte", "/lxc/a\xc3\xa4", "host - none - - -"},
	{"255 bytes", "/lxc/" FIFTY FIFTY FIFTY FIFTY FIFTY "abcde",
		"container lxc none " FIFTY FIFTY FIFTY FIFTY FIFTY "abcde - -"},
	{"256 bytes", "/lxc/" FIFTY FIFTY FIFTY FIFTY FIFTY "abcdef", "host - none - - -"},
	{"namespace not at the top", "/system.slice/default/demo1", "host - none - - -"},
	{"word within a word", "/mylxc/web01", "host - none - - -"},
	{"empty id", "/docker-.scope", "host - none - - -"},
	{"empty name", "/lxc.payload.", "host - none - - -"},
	{"63 digits", "/docker/694f82f44168cc048e014ae14d1b0c8ef673bec49f329dc169911ea638f63c2",
		"host - none - - -"},
	{"nspawn unsupervised", "/machine.slice/systemd-nspawn@web.service/init.scope",
		"container nspawn none web - -"},
	{"machine's supervisor", "/machine.slice/machine-web.scope/supervisor",
		"monitor - none - - -"},
	{"supervisor of nobody", "/system.slice/supervisor", "host - none - - -"},
	{"runtime of nobody", "/system.slice/runtime", "host - none - - -"},
	{"runtime at the top", "/runtime", "host - none - - -"},
	{"monitor in a container", "/docker/" HEX "/a.service/runtime",
		"container docker none " HEX " - -"},
	{"podman's pod", "/libpod_parent/" HEX, "pod - podman-pod - - -"},
	{"podman's pod, conmon", "/libpod_parent/" HEX "/conmon", "monitor - podman-pod - - -"},
	{"podman's pod, slice", "/machine.slice/machine-libpod_pod_" HEX ".slice",
		"pod - podman-pod - - -"},
	{"podman's pod, user's slice", "/user.slice/user-libpod_pod_" HEX ".slice",
		"pod - podman-pod - - -"},
	{"a pod's other child", "/kubepods.slice/" POD_SLICE "/other",
		"pod - k8s - eb052b63-ea96-4728-ab4a-64ab3babccd7 -"},
	{"capitals in a pod",
		"/" POD_SLICE "/5694F82F44168CC048E014AE14D1B0C8EF673BEC49F329DC169911EA638F63C2",
		"pod - k8s - eb052b63-ea96-4728-ab4a-64ab3babccd7 -"},
	{"pod of no kubelet", "/system-podeb052b63_ea96_4728_ab4a_64ab3babccd7.slice",
		"host - none - - -"},
	{"no pod in the slice", "/kubepods-eb052b63_ea96_4728_ab4a_64ab3babccd7.slice",
		"host - none - - -"},
	{"pod slice with dashes", "/kubepods-podeb052b63-ea96-4728-ab4a-64ab3babccd7.slice",
		"host - none - - -"},
	{"pod uid in capitals", "/podEB052B63-ea96-4728-ab4a-64ab3babccd7", "host - none - - -"},
	{"pod uid cut", "/podeb052b63-ea96-4728-ab4a-64ab3babccd", "host - none - - -"},
	{"pod uid without sign", "/podeb052b63-ea96-4728-ab4a064ab3babccd7", "host - none - - -"},
	{"pod uid too long", "/podeb052b63-ea96-4728-ab4a-64ab3babccd7-", "host - none - - -"},
	{"triple of cri-o", "/" POD_SLICE ":crio:" HEX,
		"container cri-o k8s " HEX " eb052b63-ea96-4728-ab4a-64ab3babccd7 -"},
	{"triple without slice", ":runc:demo", "container runc none demo - -"},
	{"triple of nobody", "/" POD_SLICE ":x:" HEX,
		"pod - k8s - eb052b63-ea96-4728-ab4a-64ab3babccd7 -"},
	{"triple of a longer word", "/" POD_SLICE ":my-docker:" HEX,
		"pod - k8s - eb052b63-ea96-4728-ab4a-64ab3babccd7 -"},
	{"two colons, no id", "::", "host - none - - -"},
	{"engine alone", "/docker:" HEX, "host - none - - -"},
	{"kind's node, plain container", "/docker/" NODE "/kubelet.slice/docker-" HEX ".scope",
		"container docker kind " HEX " - " NODE},
	{"kubelet of the host", "/kubelet.slice/kubelet.service", "host - none - - -"},
	{"kubelet's container on the host", "/kubelet.slice/docker-" HEX ".scope",
		"container docker none " HEX " - -"},
	{"kubernetes in podman", "/libpod-" NODE ".scope/" POD_SLICE "/crio-" HEX ".scope",
		"container cri-o minikube " HEX " eb052b63-ea96-4728-ab4a-64ab3babccd7 " NODE},
	{"kubernetes in lxc", "/lxc/node/" POD_SLICE "/cri-containerd-" HEX ".scope",
		"container containerd k8s " HEX " eb052b63-ea96-4728-ab4a-64ab3babccd7 node"},
	{"docker in an incus project", "/lxc.payload.p_c/docker/" HEX,
		"container docker lxd/incus " HEX " - p_c"},
	{"pod on the node inside", "/docker/" NODE "/" POD_SLICE,
		"container docker none " NODE " - -"},
	{"no more than two deep", "/lxc/a/docker/" NODE "/docker/" HEX,
		"container docker none " HEX " - " NODE},
	{"user without number", "/user@me.service/docker-" HEX ".scope",
		"container docker none " HEX " - -"},
	{"ecs task slice", "/ecstasks-529630467358463ab6bbba4e73afe704.slice", "host - none - - -"},
	{"fargate without number",
		"/ecs/529630467358463ab6bbba4e73afe704/"
		"529630467358463ab6bbba4e73afe704-",
		"host - none - - -"},
	{"ecs without task", "/ecs/529630467358463ab6bbba4e73afe704-25", "host - none - - -"},
	{"bare id in a pod's slice", "/" POD_SLICE "/" HEX,
		"container unknown k8s " HEX " eb052b63-ea96-4728-ab4a-64ab3babccd7 -"},
	{"ecs without a task's id", "/ecs/task/" HEX, "container unknown none " HEX " - -"},
	{"a task's id without ecs", "/x/529630467358463ab6bbba4e73afe704/" HEX,
		"container unknown none " HEX " - -"},
	{"fargate, longest",
		"/ecs/529630467358463ab6bbba4e73afe704/"
		"529630467358463ab6bbba4e73afe704-01234567890123456789",
		"container ecs ecs-fargate "
		"529630467358463ab6bbba4e73afe704-01234567890123456789 - -"},
	{"fargate with another sign",
		"/ecs/529630467358463ab6bbba4e73afe704/"
		"529630467358463ab6bbba4e73afe704.25",
		"host - none - - -"},
	{"fargate with letters",
		"/ecs/529630467358463ab6bbba4e73afe704/"
		"529630467358463ab6bbba4e73afe704-2x",
		"host - none - - -"},
	{"ecs task of no hex",
		"/ecstasks-zz9630467358463ab6bbba4e73afe704.slice/docker-" HEX ".scope",
		"container docker none " HEX " - -"},
	{"pod uid of no hex", "/podzz9630467358463ab6bbba4e73afe704", "host - none - - -"},
	{"build id with a capital", "/docker/buildkit/Xfcxp0v6tf2wbbkfb1jrdzmd4",
		"host - none - - -"},
	{"escape at the end", "/lxc.payload.a\\x2d", "container lxc none a- - -"},
	{"lxc monitor", "/lxc.monitor.web01/x", "monitor - none - - -"},
};

static const char *or_dash(const char *text)
{
	return text[0] ? text : "-";
}

static void test_layouts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(layouts); i++) {
		struct cgroup_identity got;
		char text[1024];

		cgroup_path_identify(span_of(layouts[i].path), &got);
		snprintf(text, sizeof(text), "%s %s %s %s %s %s", kinds[got.kind],
			cgroup_runtime_name(got.runtime),
			cgroup_orchestrator_name(got.orchestrator), or_dash(got.container_id),
			or_dash(got.pod_uid), or_dash(got.parent_container_id));
		if (strcmp(text, layouts[i].expected))
			fail_msg("%s: %s", layouts[i].name, text);
	}
}

/* Only what looks like an id in capitals makes "no container" less than sure. */
static void test_confidence_of_host(void **state)
{
	struct cgroup_identity got;

	(void)state;
	cgroup_path_identify(
		span_of("/foo/5694F82F44168CC048E014AE14D1B0C8EF673BEC49F329DC169911EA638F63C2"),
		&got);
	assert_int_equal(got.confidence, CGROUP_MEDIUM);
	cgroup_path_identify(
		span_of("/foo/Z694F82F44168CC048E014AE14D1B0C8EF673BEC49F329DC169911EA638F63C2"),
		&got);
	assert_int_equal(got.confidence, CGROUP_HIGH);
}

/* A path too long is judged by the root's end, and never by a name that was cut. */
static void test_long_path(void **state)
{
	static char path[70000];
	struct cgroup_identity got;
	struct span span = {path, sizeof(path)};

	(void)state;
	memset(path, 'a', sizeof(path));
	memcpy(path, "/docker/" HEX "/", 8 + 64 + 1);
	for (size_t i = 100; i < sizeof(path); i += 2)
		path[i] = '/';
	cgroup_path_identify(span, &got);
	assert_string_equal(got.container_id, HEX);

	memset(path, '/', sizeof(path));
	memcpy(path + CGROUP_PATH_LIMIT - 68, "/lxc/" HEX, 5 + 64);
	cgroup_path_identify(span, &got);
	assert_int_equal(got.kind, CGROUP_HOST);
	span.len = CGROUP_PATH_LIMIT;
	cgroup_path_identify(span, &got);
	assert_string_equal(got.container_id,
		"5694f82f44168cc048e014ae14d1b0c8ef673bec49f329dc169911ea638f63c");

	memset(path, 'a', sizeof(path));
	span.len = sizeof(path);
	cgroup_path_identify(span, &got);
	assert_int_equal(got.kind, CGROUP_HOST);
}

static void test_no_bytes(void **state)
{
	struct cgroup_identity got;

	(void)state;
	cgroup_path_identify((struct span){NULL, 0}, &got);
	assert_int_equal(got.kind, CGROUP_HOST);
	assert_int_equal(got.runtime, CGROUP_RUNTIME_NONE);
	cgroup_path_identify((struct span){"/lxc/a\0b", 8}, &got);
	assert_int_equal(got.kind, CGROUP_HOST);
}

enum { ROOT = 1, SLICE = 2, SESSION = 4, POD_PARENT = 8 };

static const struct {
	const char *path;
	unsigned expected;
} leaves[] = {
	{"", ROOT},
	{"/", ROOT},
	{"//", ROOT},
	{"/a", 0},
	{"/user.slice", SLICE},
	{"/system.slice/ssh.service", 0},
	{"/a.slice/", SLICE},
	{"/a.slice/b", 0},
	{"/a.sliced", 0},
	{"/user.slice/user-1000.slice", SLICE},
	{"/user.slice/user-1000.slice/session-3.scope", SESSION},
	{"/user.slice/user-1000.slice/session-c3.scope", SESSION},
	{"/user.slice/user-1000.slice/session-.scope", 0},
	{"/user.slice/user-1000.slice/session-cx.scope", 0},
	{"/user.slice/user-1000.slice/session-3.scope/a", 0},
	{"/user.slice/session-3.scope", 0},
	{"/session-3.scope", 0},
	{"/user.slice/user-1000.slice/user@1000.service/init.scope", 0},
	{"/user/1000.user/3.session", SESSION},
	{"/user/root/c12", SESSION},
	{"/user/root/x.session", 0},
	{"/user/root/x", 0},
	{"/user/root/01234567890123456789", SESSION},
	{"/user/root/012345678901234567890", 0},
	{"/users/root/3", 0},
	{"/3", SESSION},
	{"/c3", SESSION},
	{"/d3", 0},
	{"/3d", 0},
	{"/kubepods.slice/" POD_SLICE, SLICE | POD_PARENT},
	{"/kubepods", POD_PARENT},
	{"/kubepods/burstable", POD_PARENT},
	{"/kubepods/besteffort", POD_PARENT},
	{"/kubepods/else", 0},
	{"/else/besteffort", 0},
	{"/burstable", 0},
	{"/kubepods/burstable/podeb052b63-ea96-4728-ab4a-64ab3babccd7", POD_PARENT},
	{"/kubepods/burstable/pod99dcb84d2a34f7e338778606703258c4", POD_PARENT},
	{"/kubepods/burstable/pod99dcb84d2a34f7e338778606703258c4/" HEX, 0},
	{"/kubepods/burstable/pod99dcb84d2a34f7e338778606703258c4/other", 0},
	{"/libpod_parent/" HEX, POD_PARENT},
	{"/" POD_SLICE ":crio:" HEX, 0},
};

static void test_leaves(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(leaves); i++) {
		struct span path = span_of(leaves[i].path);
		unsigned got = (cgroup_path_is_root(path) ? ROOT : 0) |
			       (cgroup_path_is_slice(path) ? SLICE : 0) |
			       (cgroup_path_is_login_session(path) ? SESSION : 0) |
			       (cgroup_path_is_pod_parent(path) ? POD_PARENT : 0);

		if (got != leaves[i].expected)
			fail_msg("%s: %u", leaves[i].path, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_rows_with_random_ids),
		cmocka_unit_test(test_replacement_replaces),
		cmocka_unit_test(test_child_of_container),
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_confidence_of_host),
		cmocka_unit_test(test_long_path),
		cmocka_unit_test(test_no_bytes),
		cmocka_unit_test(test_leaves),
	};

	return cmocka_run_group_tests(tests, table_read, NULL);
}
