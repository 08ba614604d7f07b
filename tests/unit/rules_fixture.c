// SPDX-License-Identifier: Apache-2.0
/* Makes and loads the --rules directories of the tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules_fixture.h"

static char directory[64];
static char *told;

int embedded_load(void **state)
{
	struct rules *rules = NULL;
	int err = rules_load(NULL, stderr, &rules);

	*state = rules;
	return err;
}

int embedded_free(void **state)
{
	rules_free(*state);
	return 0;
}

int directory_make(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/minerwatch-rules-XXXXXX");
	return mkdtemp(directory) ? 0 : -1;
}

int directory_remove(void **state)
{
	char command[128];

	(void)state;
	free(told);
	told = NULL;
	snprintf(command, sizeof(command), "rm -rf -- %s", directory);
	return system(command);
}

const char *directory_name(void)
{
	return directory;
}

void directory_path(const char *name, char path[FIXTURE_PATH_SIZE])
{
	snprintf(path, FIXTURE_PATH_SIZE, "%s/%s", directory, name);
}

void directory_write(const char *name, const char *data, size_t len)
{
	char path[FIXTURE_PATH_SIZE];
	int fd;

	directory_path(name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	assert_int_equal(fchmod(fd, 0644), 0);
	close(fd);
}

void directory_text(const char *name, const char *text)
{
	directory_write(name, text, strlen(text));
}

int directory_load(struct rules **ret_rules)
{
	size_t len;
	FILE *out;
	int err;

	free(told);
	out = open_memstream(&told, &len);
	assert_non_null(out);
	err = rules_load(directory, out, ret_rules);
	fclose(out);
	return err;
}

const char *directory_told(void)
{
	return told;
}

struct rules *directory_load_sound(void)
{
	struct rules *rules = NULL;

	if (directory_load(&rules) || *told)
		fail_msg("rules refused: %s", told);
	return rules;
}

void assert_refused(const char *expected)
{
	struct rules *rules = NULL;
	char line[512];

	assert_int_equal(directory_load(&rules), -EINVAL);
	assert_null(rules);
	snprintf(line, sizeof(line), "%s/%s", directory, expected);
	if (!strstr(told, line))
		fail_msg("\"%s\" is not in: %s", line, told);
}

void assert_rows_refused(const struct refusal *rows, size_t count)
{
	char path[FIXTURE_PATH_SIZE];

	for (size_t i = 0; i < count; i++) {
		directory_text(rows[i].name, rows[i].text);
		assert_refused(rows[i].expected);
		directory_path(rows[i].name, path);
		unlink(path);
	}
}

const char *pool_at(const struct rules *rules, const char *address, uint16_t port)
{
	uint8_t bytes[16] = {[10] = 0xff, [11] = 0xff};

	if (inet_pton(AF_INET, address, bytes + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, address, bytes), 1);
	return rules_pool_address(rules, bytes, port);
}

char *embedded_text(const char *name)
{
	for (unsigned i = 0; i < embedded_rules_count; i++) {
		char *text;

		if (strcmp(embedded_rules[i].name, name) != 0)
			continue;
		text = malloc(embedded_rules[i].len + 1);
		assert_non_null(text);
		assert_int_equal(embedded_unpack(&embedded_rules[i], text), 0);
		return text;
	}
	fail_msg("no embedded file %s", name);
	return NULL;
}

unsigned directory_weights(const char *text, const char *instead)
{
	char *data = embedded_text("weights.conf");
	const char *at = strstr(data, text);
	unsigned number = 1;
	char *copy;

	assert_non_null(at);
	assert_true(asprintf(&copy, "%.*s%s%s", (int)(at - data), data, instead,
			    at + strlen(text)) > 0);
	directory_text("weights.conf", copy);
	free(copy);
	for (const char *c = data; c < at; c++)
		number += *c == '\n';
	free(data);
	return number;
}
