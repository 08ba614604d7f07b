/* SPDX-License-Identifier: Apache-2.0 */
/* An address of 16 bytes in words. */
#ifndef MINERWATCH_ADDRESS_TEXT_H
#define MINERWATCH_ADDRESS_TEXT_H

#include <stdint.h>

#define ADDRESS_TEXT_SIZE 46 /* INET6_ADDRSTRLEN */

/* "192.0.2.1" for ::ffff:192.0.2.1, else as IPv6; always NUL-terminated. */
void address_text(const uint8_t address[16], char ret_text[static ADDRESS_TEXT_SIZE]);

#endif
