/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz harness of the configuration file: any bytes as its text. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* main.c's table is not linked here. */
const struct command commands[] = {{0}};

static void expect(bool promise)
{
	if (!promise)
		abort();
}

/* What the bounds of records and addresses rest on. */
static void expect_bounds(const struct options *options)
{
	expect(!options->cluster || strlen(options->cluster) <= 253);
	expect(!options->node || strlen(options->node) <= 253);
	expect(!options->status || (options->status[0] == '/' && strlen(options->status) < 108));
	expect(options->alerts.count <= SINKS_MAX);
	for (unsigned i = 0; i < options->alerts.count; i++)
		expect(sink_valid(options->alerts.at[i]));
	expect(!options->config && !options->given && options->question == STATUS_READABLE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct config_problem problem = {0};
	struct options options = {0};
	int err;

	if (len > CONFIG_FILE_MAX)
		return 0;
	err = config_parse((const char *)data, len, &options, &problem);
	expect(err == 0 || err == -EINVAL);
	if (err < 0)
		expect(problem.line > 0 && problem.line <= len + 1 && problem.reason[0]);
	expect_bounds(&options);
	options_done(&options);
	return 0;
}
