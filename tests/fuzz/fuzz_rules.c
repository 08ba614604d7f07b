// SPDX-License-Identifier: Apache-2.0
/* Fuzz harness of the rules parsers: the first byte chooses the file, the rest is its content. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rules_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Every look-up, with bytes that know what the parser was just given. */
static void look_up(const struct rules *rules, struct span bytes)
{
	uint8_t address[16] = {0};
	bool takes_value;

	memcpy(address, bytes.data, bytes.len < sizeof(address) ? bytes.len : sizeof(address));
	rules_option(rules, bytes, &takes_value);
	rules_scheme(rules, bytes);
	rules_name(rules, bytes);
	rules_kernel_thread(rules, bytes);
	rules_pool_host(rules, bytes);
	rules_miner_image(rules, bytes);
	rules_untrusted_image(rules, bytes);
	rules_pattern_strength(rules, bytes);
	rules_allowed(rules, &(struct allow_facts){NULL, bytes, bytes, bytes}, 1, &(size_t){0});
	rules_pool_address(rules, address, (uint16_t)(address[0] << 8 | address[1]));
	/* What was kept must be found. */
	for (size_t i = 0; i < rules->hosts.count; i++)
		if (!rules_pool_host(rules, rules->hosts.items[i]))
			abort();
	for (size_t i = 0; i < rules->names.count; i++)
		if (!rules_name(rules, rules->names.items[i]))
			abort();
	for (size_t i = 0; i < rules->options_count; i++)
		if (rules_option(rules, rules->options[i].element, NULL) == OPTION_NONE)
			abort();
	for (size_t i = 0; i < rules->addresses_count; i++)
		if (!rules_pool_address(
			    rules, rules->addresses[i].address, rules->addresses[i].port))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static FILE *out;
	struct rules_problems problems = {0};
	struct rules *rules;
	struct rules_file *file;

	if (len < 1)
		return 0;
	if (!out)
		out = fopen("/dev/null", "we");
	rules = calloc(1, sizeof(*rules));
	if (!out || !rules)
		abort();
	problems.out = out;
	file = &rules->files[data[0] % RULES_KINDS][data[0] / RULES_KINDS % 2];
	file->name = rules_kinds[data[0] % RULES_KINDS].name;
	file->len = len - 1;
	file->data = malloc(len);
	if (!file->data)
		abort();
	memcpy(file->data, data + 1, len - 1);
	if (rules_parse(rules, &problems) == 0)
		rules_describe(rules, out);
	rules_allow_remark(rules, 0, out);
	look_up(rules, (struct span){(const char *)data + 1, len - 1});
	free(file->data);
	rules_free(rules);
	return 0;
}
