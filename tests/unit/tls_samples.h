/* SPDX-License-Identifier: Apache-2.0 */
/* ClientHellos as OpenSSL 3.0 and node wrote them, in hex, one TLS record each. */
#ifndef MINERWATCH_TLS_SAMPLES_H
#define MINERWATCH_TLS_SAMPLES_H

extern const char tls_sample_openssl_plain[]; /* neither name nor protocol; padded */
extern const char tls_sample_openssl_names[]; /* pool.example.org; h2, http/1.1; padded */
extern const char tls_sample_openssl_tls12[]; /* Pool.Example.ORG; no TLS 1.3 */
extern const char tls_sample_s_client[]; /* xmr.example.net.; stratum */
extern const char tls_sample_node[]; /* node.example.com */

#endif
