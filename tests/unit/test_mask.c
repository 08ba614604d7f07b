/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which arguments are hidden, which are not, and that the rest stays as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "util/mask.h"
#include "util/span.h"
#include "util/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROUNDS 100000

/* Arguments are separated by '|' here, NUL in truth. */
static const struct {
	const char *name, *input, *expected;
} rows[] = {
	{"nothing to hide", "xmrig|-o|pool.example:3333|-u|48ab.w1", NULL},
	{"-p", "xmrig|-p|hunter2|-k", "xmrig|-p|***|-k"},
	{"value with blanks", "xmrig|-p|a b c|-k", "xmrig|-p|***|-k"},
	{"value with a dash", "xmrig|-p|-S3cret|-k", "xmrig|-p|***|-k"},
	{"-p before a long option", "ps|-p|--sort|x", NULL},
	{"-p before --name=value", "mkdir|-p|--mode=700|d", NULL},
	{"-p before a short option", "xmrig|-p|-k|x", NULL},
	{"looks like an option, is none", "xmrig|-p|--Secret", "xmrig|-p|***"},
	{"-p last", "xmrig|-p", NULL},
	{"-p and an empty value", "xmrig|-p||x", NULL},
	{"glued -p", "mysql|-phunter2|db", "mysql|-p***|db"},
	{"glued -p with a telling value", "mysql|-pMyToken=1 x", "mysql|-p***"},
	{"-p=", "tool|-p=hunter2", "tool|-p***"},
	{"one-dash words", "miner|-pool|h:1|-proto|4|-pthread", NULL},
	{"one-dash -pass", "miner|-pass|x|-pool|h", "miner|-pass|***|-pool|h"},
	{"one-dash -pass=", "miner|-pass=x|-pool|h", "miner|-pass=***|-pool|h"},
	{"--pass", "xmrig|--pass|hunter2", "xmrig|--pass|***"},
	{"--pass=", "xmrig|--pass=a b|-k", "xmrig|--pass=***|-k"},
	{"--pass= and nothing", "xmrig|--pass=|x", NULL},
	{"shortened", "xmrig|--pas|hunter2", "xmrig|--pas|***"},
	{"shortened further than getopt takes", "xmrig|--pa|x|--us|y", NULL},
	{"--password", "t|--password|a|--password=b", "t|--password|***|--password=***"},
	{"inside a name", "t|--rpc-password|a|--API-Key=b", "t|--rpc-password|***|--API-Key=***"},
	{"--token", "t|--token|a|--token=b", "t|--token|***|--token=***"},
	{"--http-access-token", "xmrig|--http-access-token|a", "xmrig|--http-access-token|***"},
	{"shortened token", "xmrig|--http-acc=a", "xmrig|--http-acc=***"},
	{"--spend-secret-key", "xmrig|--spend-secret-key|a", "xmrig|--spend-secret-key|***"},
	{"shortened key", "xmrig|--spend|a", "xmrig|--spend|***"},
	{"-O", "xmrig|-O|wallet:hunter2", "xmrig|-O|wallet:***"},
	{"-O, two colons", "xmrig|-O|wallet:a:b", "xmrig|-O|wallet:***"},
	{"-O without password", "xmrig|-O|wallet", NULL},
	{"glued -O", "minerd|-Owallet:hunter2", "minerd|-Owallet:***"},
	{"gcc -O2", "gcc|-O2|-O|a.c", NULL},
	{"curl -O URL", "curl|-O|https://h:80/x|-Ohttp://u:p@h",
		"curl|-O|https://h:80/x|-Ohttp://u:***@h"},
	{"--userpass", "xmrig|--userpass|w:x|--userpass=w:x",
		"xmrig|--userpass|w:***|--userpass=w:***"},
	{"shortened userpass", "xmrig|--userp|w:x", "xmrig|--userp|w:***"},
	{"--user stays", "xmrig|-u|XMR:48ab.w1|--user=XMR:48ab", NULL},
	{"bearer", "curl|-H|Authorization: Bearer abc", "curl|-H|Authorization: Bearer ***"},
	{"basic", "curl|-H|Authorization: Basic dTpw|http://h",
		"curl|-H|Authorization: Basic ***|http://h"},
	{"no scheme", "curl|-H|Authorization: abc|x", "curl|-H|Authorization: ***|x"},
	{"no blank", "curl|-H|authorization:Basic dTpw", "curl|-H|authorization:Basic ***"},
	{"nothing between", "curl|-H|authorization:abc", "curl|-H|authorization:***"},
	{"of a proxy, glued", "curl|-HProxy-Authorization: NTLM x",
		"curl|-HProxy-Authorization: NTLM ***"},
	{"header in a long option", "t|--header=Authorization: token x",
		"t|--header=Authorization: token ***"},
	{"header, next argument", "t|Authorization:|Basic x|y", "t|Authorization:|Basic ***|y"},
	{"header, quoted", "sh|-c|wget --header='Authorization: Basic x=' http://h",
		"sh|-c|wget --header='Authorization: Basic ***' http://h"},
	{"header without a value", "t|Authorization:", NULL},
	{"-p and a port", "ssh|-p|22|h", NULL},
	{"-p and a port, glued", "ssh|-p2222|h", NULL},
	{"-p and a port in a shell line", "sh|-c|ssh -p 65535 h", NULL},
	{"-p and a longer number", "x|-p|123456|-p123456", "x|-p|***|-p***"},
	{"-p and a number and more", "x|-p|123a", "x|-p|***"},
	{"--pass and a number", "xmrig|--pass|123|--password=22",
		"xmrig|--pass|***|--password=***"},
	{"bearer in small letters", "t|authorization: bearer abc", "t|authorization: bearer ***"},
	{"bearer, next argument", "t|BEARER|abc def|x", "t|BEARER|***|x"},
	{"bearer, quoted", "sh|-c|curl -H 'A: Bearer abc' http://h",
		"sh|-c|curl -H 'A: Bearer ***' http://h"},
	{"--oauth2-bearer", "curl|--oauth2-bearer|abc", "curl|--oauth2-bearer|***"},
	{"KEY=VALUE", "env|DB_PASSWORD=a b|GITHUB_TOKEN=c|HOME=/root",
		"env|DB_PASSWORD=***|GITHUB_TOKEN=***|HOME=/root"},
	{"key=value", "t|apikey=a|client_secret=b|passwd=c",
		"t|apikey=***|client_secret=***|passwd=***"},
	{"-e KEY=VALUE", "docker|-e|TOKEN=a|-e|X=1", "docker|-e|TOKEN=***|-e|X=1"},
	{"--env=KEY=VALUE", "docker|--env=TOKEN=a", "docker|--env=TOKEN=***"},
	{"short keys are for options", "t|p=1|to=x|pas=y", NULL},
	{"in a query", "t|http://h/?a=1&token=x", "t|http://h/?a=1&token=***"},
	{"URL", "t|http://user:hunter2@h:80/x", "t|http://user:***@h:80/x"},
	{"URL with an @ in it", "t|http://user:p@ss@h", "t|http://user:***@h"},
	{"URL without password", "t|ssh://user@h:22/a:b@c", NULL},
	{"URL with a port", "t|stratum+tcp://h:3333", NULL},
	{"two URLs", "t|a=http://u:p@h,b=ftp://v:q@i", "t|a=http://u:***@h,b=ftp://v:***@i"},
	{"after --proxy", "t|--proxy|socks5://u:p@h", "t|--proxy|socks5://u:***@h"},
	{"shell line", "sh|-c|xmrig -p hunter2 -k", "sh|-c|xmrig -p *** -k"},
	{"shell line, quotes", "sh|-c|xmrig --pass \"a b\" -k", "sh|-c|xmrig --pass \"***\" -k"},
	{"shell line, = and quotes", "sh|-c|xmrig --pass='a b' -k", "sh|-c|xmrig --pass='***' -k"},
	{"shell line, last word", "sh|-c|exec x -p|hunter2", "sh|-c|exec x -p|***"},
	{"shell line, no value", "sh|-c|mkdir -p --mode x", NULL},
	{"already hidden", "xmrig|-p|***|-p***|t=***|http://u:***@h", NULL},
	{"empty arguments", "a|||b|", NULL},
	{"other bytes", "t|\xff\x01=\xfe|--pass=\xff", "t|\xff\x01=\xfe|--pass=***"},
};

static size_t to_args(const char *text, char *args)
{
	size_t len = strlen(text);

	for (size_t i = 0; i <= len; i++)
		args[i] = text[i] == '|' ? '\0' : text[i];
	return len + 1;
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *expected = rows[i].expected ? rows[i].expected : rows[i].input;
		char args[256], wanted[256], masked[256];
		size_t len = to_args(rows[i].input, args), wanted_len = to_args(expected, wanted);
		bool cut = true;
		size_t got = mask_args((struct span){args, len}, masked, sizeof(masked), &cut);

		if (cut || got != wanted_len || memcmp(masked, wanted, got) != 0)
			fail_msg("%s: %s", rows[i].name, masked);
	}
}

/* The unfinished last argument of a cut argv is an argument as well. */
static void test_missing_nul(void **state)
{
	char masked[32];
	bool cut;

	(void)state;
	assert_int_equal(mask_args((struct span){"-p\0hunt", 7}, masked, 32, &cut), 7);
	assert_memory_equal(masked, "-p\0***", 7);
	assert_int_equal(mask_args((struct span){NULL, 0}, masked, 32, &cut), 0);
	assert_false(cut);
}

static const struct {
	const char *name;
	struct span input;
	size_t size, len;
	bool cut;
} cuts[] = {
	{"fits with its NUL", {"ab\0cd", 6}, 6, 6, false},
	{"fits without its NUL", {"ab\0cd", 6}, 5, 5, false},
	{"last byte missing", {"ab\0cd", 6}, 4, 4, true},
	{"empty last argument missing", {"ab\0\0", 4}, 3, 3, true},
	{"no room", {"ab", 3}, 0, 0, true},
	{"not inside a character", {"a\xc3\xa9", 4}, 2, 1, true},
	{"grown by the mask", {"-p\0x\0y", 7}, 7, 7, true},
	{"grown, and still whole", {"-p\0x\0y", 7}, 9, 9, false},
	{"nothing after a cut", {"\xc3\xa9\0b", 5}, 1, 0, true},
};

static void test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cuts); i++) {
		char masked[16];
		bool cut;
		size_t len = mask_args(cuts[i].input, masked, cuts[i].size, &cut);

		if (len != cuts[i].len || cut != cuts[i].cut)
			fail_msg("%s: %zu, cut %d", cuts[i].name, len, cut);
	}
}

static unsigned count_args(struct span args)
{
	struct span argument;
	unsigned count = 0;

	while (span_next_argument(&args, &argument))
		count++;
	return count;
}

/* Random argv made of the words that rules look for: boundaries stay, a second pass finds nothing.
 */
static void test_random(void **state)
{
	static const char *const pieces[] = {"-p", "-O", "--pass", "--userpass", "=", ":", "@",
		"://", "bearer", "Authorization:", "Basic", "22", "Token", " ", "\"", "'", "-", "x",
		"\xc3\xa9", "\xff", "|", "|", "|"};

	(void)state;
	srandom(11);
	for (unsigned round = 0; round < ROUNDS; round++) {
		char text[128] = "", args[128], once[512], twice[512];
		size_t len, once_len, twice_len;
		bool cut;

		for (unsigned i = 0; i < 12; i++)
			strcat(text, pieces[(unsigned)random() % COUNT(pieces)]);
		len = to_args(text, args);
		once_len = mask_args((struct span){args, len}, once, sizeof(once), &cut);
		assert_false(cut);
		assert_int_equal(count_args((struct span){args, len}),
			count_args((struct span){once, once_len}));
		twice_len = mask_args((struct span){once, once_len}, twice, sizeof(twice), &cut);
		if (once_len != twice_len || memcmp(once, twice, once_len) != 0)
			fail_msg("%s", text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_missing_nul),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
