/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a TLS ClientHello. */
#ifndef MINERWATCH_TLS_HELLO_H
#define MINERWATCH_TLS_HELLO_H

#include "decode.h"

struct tls_hello {
	/* Every extension was seen: what is absent is absent. The last one may be cut off where it
	 * is of no use here: OpenSSL pads its hello to 517 bytes (RFC 7685). */
	bool whole;
	struct span sni; /* host name as sent, any bytes; len 0: none seen */
	struct span alpn; /* first protocol offered; len 0: none seen */
	size_t len; /* bytes it takes, records' headers too; what follows is none of it */
	/* The message without the records it came in. The spans point in here. */
	char message[EVENT_PAYLOAD_MAX];
};

/*
 * In one record or several, cut off anywhere; a name is given whole or not at all, the first where
 * there are two. False: no ClientHello (RFC 8446 sections 4.1.2 and 5.1, RFC 6066 section 3,
 * RFC 7301), or less of it than its version; *ret_hello is undefined then. SSL 2.0's form is none.
 */
bool tls_hello_read(struct span bytes, struct tls_hello *ret_hello);
/* Too few bytes to tell: further ones can make a ClientHello of them. */
bool tls_hello_begun(struct span bytes);

#endif
