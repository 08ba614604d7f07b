// SPDX-License-Identifier: Apache-2.0
/* Feeds any datagram to the reader of DNS answers, whole and cut off. */
/* Parser: src/wire/dns_answer.c */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/dns_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool promise)
{
	if (!promise)
		abort();
}

static void expect_name(const char *name)
{
	size_t len = strnlen(name, DNS_NAME_MAX);

	expect(len && len < DNS_NAME_MAX);
	for (size_t i = 0; i < len; i++)
		expect(name[i] > ' ' && name[i] <= '~' && !(name[i] >= 'A' && name[i] <= 'Z'));
	expect(name[0] != '.' && name[len - 1] != '.' && !strstr(name, ".."));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct dns_answer answer, cut;

	if (!dns_answer_read((struct span){(const char *)data, len}, &answer))
		return 0;
	expect_name(answer.name);
	for (const char *alias = answer.aliases; *alias; alias += strlen(alias) + 1) {
		expect_name(alias);
		expect(alias + strlen(alias) + 1 < answer.aliases + sizeof(answer.aliases));
	}
	expect(answer.count > 0 && answer.count <= DNS_ADDRESSES_MAX);
	for (unsigned i = 0; i < answer.count; i++)
		expect(answer.addresses[i].ttl_s <= INT32_MAX);
	if (dns_answer_read((struct span){(const char *)data, len - 1}, &cut))
		expect(cut.count <= answer.count && strcmp(cut.name, answer.name) == 0);
	return 0;
}
