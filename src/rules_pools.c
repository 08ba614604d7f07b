// SPDX-License-Identifier: Apache-2.0
/* Checks and keeps the rows of pools.list and donate_hosts.list: names, numeric addresses. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules_private.h"

#define ROW_LONGEST 300 /* a host name of 253 bytes, or an address, with its port */

/* At least two labels of letters, digits, "-", "_"; the last not a number, which no top-level
 * domain is. */
static bool host_ok(const char *host)
{
	const char *label = host;
	unsigned labels = 0;
	size_t len;

	for (;; label += len + 1) {
		len = strcspn(label, ".");
		if (len == 0 || len > 63 ||
			strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != len)
			return false;
		labels++;
		if (!label[len])
			break;
	}
	return labels >= 2 && strlen(host) <= RULES_HOST_MAX && label[strspn(label, "0123456789")];
}

/* Keeps a host name in lower case; -EINVAL where it is none. */
static int host_keep(struct rules_strings *hosts, char *text)
{
	for (char *byte = text; *byte; byte++)
		*byte = (char)tolower((unsigned char)*byte);
	return host_ok(text) ? rules_strings_add(hosts, text) : -EINVAL;
}

/* Cuts ":PORT" off text. */
static bool port_cut(char *text, uint16_t *ret_port)
{
	char *colon = strrchr(text, ':');
	uint64_t port;

	if (!rules_number(colon + 1, UINT16_MAX, &port) || port == 0)
		return false;
	*colon = '\0';
	*ret_port = (uint16_t)port;
	return true;
}

/* Cuts "[...]" and the port off text; *ret_port is left alone where there is none. */
static bool brackets_cut(char **text, uint16_t *ret_port)
{
	char *close = strchr(*text, ']');

	if (!close || (close[1] && (close[1] != ':' || !port_cut(close, ret_port))))
		return false;
	*close = '\0';
	++*text;
	return true;
}

/* True where every bit of the address below the prefix is 0. */
static bool prefix_ok(const uint8_t address[16], unsigned prefix)
{
	for (unsigned bit = prefix; bit < 128; bit++)
		if (address[bit / 8] & 0x80 >> bit % 8)
			return false;
	return true;
}

/* text is ADDRESS[/PREFIX]. Returns false where it is no address at all or its prefix is wrong. */
static bool address_parse(char *text, struct rules_address *ret_address)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	char *slash = strchr(text, '/');
	struct in_addr four;
	uint64_t prefix;
	bool is_four;

	if (slash)
		*slash = '\0';
	is_four = inet_pton(AF_INET, text, &four) == 1;
	if (is_four) {
		memcpy(ret_address->address, mapped, sizeof(mapped));
		memcpy(ret_address->address + sizeof(mapped), &four, sizeof(four));
	} else if (inet_pton(AF_INET6, text, ret_address->address) != 1) {
		return false;
	}
	prefix = is_four ? 32 : 128;
	if (slash && (!rules_number(slash + 1, prefix, &prefix) || prefix == 0))
		return false;
	ret_address->prefix = (uint8_t)(is_four ? 96 + prefix : prefix);
	return prefix_ok(ret_address->address, ret_address->prefix);
}

static int address_keep(struct rules *rules, const struct rules_address *address)
{
	struct rules_address *addresses;

	addresses = rules_grow(rules->addresses, rules->addresses_count, &rules->addresses_capacity,
		sizeof(*addresses));
	if (!addresses)
		return -ENOMEM;
	rules->addresses = addresses;
	addresses[rules->addresses_count++] = *address;
	rules->prefix_used[address->prefix] = true;
	return 0;
}

int rules_row_pool(const struct rules_place *place, const struct rules_row *row)
{
	struct rules_address address = {.text = row->fields[0]};
	char *text = row->fields[0];
	char buffer[ROW_LONGEST + 1];
	char *rest = buffer;
	const char *colon = strchr(text, ':');
	bool ok = row->count == 1 && strlen(text) <= ROW_LONGEST;
	int err;

	if (!ok)
		goto refuse;
	strcpy(buffer, text);
	if (*text == '[')
		ok = brackets_cut(&rest, &address.port) && strchr(rest, ':');
	else if (colon && !strchr(colon + 1, ':'))
		ok = port_cut(buffer, &address.port);
	if (!ok)
		goto refuse;
	if (address_parse(rest, &address))
		return address_keep(place->rules, &address);
	/* One colon at most, so cutting the kept text at it leaves the name alone. */
	text[strcspn(text, ":")] = '\0';
	err = host_keep(&place->rules->hosts, text);
	if (err != -EINVAL)
		return err;
refuse:
	return rules_refuse(place, "not HOST nor ADDRESS[/PREFIX][:PORT] without stray bits", text);
}

int rules_row_donate(const struct rules_place *place, const struct rules_row *row)
{
	int err = -EINVAL;

	if (row->count == 1)
		err = host_keep(&place->rules->donate_hosts, row->fields[0]);
	return err == -EINVAL ? rules_refuse(place, "not HOST", row->fields[0]) : err;
}
