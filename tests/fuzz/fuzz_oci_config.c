/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds any bytes to the readers of runtimes' JSON files; the first byte chooses the reader. */
/* Parser: src/examiner/oci_config.c src/examiner/oci_json.c src/examiner/oci_privileges.c */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "examiner/oci_config.h"
#include "util/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool promise)
{
	if (!promise)
		abort();
}

/* jansson refuses what is not UTF-8, so it is the judge of what was cut. */
static void expect_text(const char *text)
{
	json_t *json;

	expect(strnlen(text, OCI_STRING_SIZE) < OCI_STRING_SIZE);
	json = json_string(text);
	expect(json != NULL);
	json_decref(json);
}

static void expect_names(const struct oci_names *names)
{
	expect_text(names->image);
	expect_text(names->image_id);
	expect_text(names->container_name);
	expect_text(names->pod_name);
	expect_text(names->pod_namespace);
	expect_text(names->pod_uid);
	expect_text(names->sandbox_id);
	expect_text(names->created);
}

static void expect_config(const struct oci_config *config)
{
	const struct oci_privileges *privileges = &config->privileges;

	expect_names(&config->names);
	expect_text(config->cgroups_path);
	expect_text(config->root_path);
	expect(privileges->mounts_count <= OCI_MOUNTS_MAX);
	expect(privileges->capabilities_added >> 41 == 0);
	for (unsigned i = 0; i < privileges->mounts_count; i++) {
		const char *source = privileges->mounts[i].source;

		expect_text(source);
		expect_text(privileges->mounts[i].destination);
		expect(source[0] == '/' && !strstr(source, "//") && !strstr(source, "/../"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span text = {(const char *)data + 1, len - 1};
	struct oci_config config;
	struct oci_names names;

	if (len == 0)
		return 0;
	memset(&config, 0xff, sizeof(config));
	memset(&names, 0xff, sizeof(names));
	if (data[0] == 'd' && oci_docker_read(text, &names) == 0)
		expect_names(&names);
	if (data[0] == 's' && oci_storage_read(text, span_of("this"), &names) == 0)
		expect_names(&names);
	if (data[0] == 'c' && oci_config_read(text, &config) == 0)
		expect_config(&config);
	return 0;
}
