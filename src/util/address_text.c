/* SPDX-License-Identifier: Apache-2.0 */
/* An address of 16 bytes in words. */
#include "util/address_text.h"

#include <arpa/inet.h>
#include <string.h>

void address_text(const uint8_t address[16], char ret_text[static ADDRESS_TEXT_SIZE])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (memcmp(address, mapped, sizeof(mapped)) == 0)
		inet_ntop(AF_INET, address + 12, ret_text, ADDRESS_TEXT_SIZE);
	else
		inet_ntop(AF_INET6, address, ret_text, ADDRESS_TEXT_SIZE);
}
