/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a TLS ClientHello. */
#ifndef MINERWATCH_TLS_HELLO_H
#define MINERWATCH_TLS_HELLO_H

#include "decode.h"

struct tls_hello {
	bool whole; /* all extensions were there to be read: what is absent is absent */
	struct span sni; /* host name as sent; len 0: none seen */
	struct span alpn; /* first protocol offered; len 0: none seen */
};

/* False: no ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3, RFC 7301). */
bool tls_hello_read(struct span bytes, struct tls_hello *ret_hello);

#endif
