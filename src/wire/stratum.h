/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the mining protocols: JSON lines, or the same calls over HTTP. */
#ifndef MINERWATCH_STRATUM_H
#define MINERWATCH_STRATUM_H

#include "decode.h"

enum stratum_dialect {
	STRATUM_NONE,
	STRATUM_CRYPTONOTE, /* login, job, submit, keepalived: XMRig, xmrig-proxy; Beam */
	STRATUM_BITCOIN, /* mining.subscribe, .authorize, .notify, .submit; Iron Fish */
	STRATUM_ETHEREUM, /* eth_submitLogin, eth_getWork, eth_submitWork */
	STRATUM_DAEMON, /* getblocktemplate with a wallet, over HTTP: mining against a node */
};

/* What the bytes hold; several lines may hold several. */
#define STRATUM_LOGIN 0x01 /* login, mining.authorize, eth_submitLogin */
#define STRATUM_SUBSCRIBE 0x02 /* mining.subscribe and what belongs to it */
#define STRATUM_SUBMIT 0x04 /* a result */
#define STRATUM_KEEPALIVE 0x08
#define STRATUM_GET 0x10 /* asks for work: getjob, eth_getWork, getblocktemplate */
#define STRATUM_JOB 0x20 /* work: a job, mining.notify, set_difficulty; only a server says it */
#define STRATUM_ANSWER 0x40 /* any other answer in this dialect */
#define STRATUM_FROM_CLIENT \
	(STRATUM_LOGIN | STRATUM_SUBSCRIBE | STRATUM_SUBMIT | STRATUM_KEEPALIVE | STRATUM_GET)
#define STRATUM_FROM_SERVER (STRATUM_JOB | STRATUM_ANSWER)

/* Spans point into the bytes read; raw, JSON escapes as they stand; len 0: not there. */
struct stratum_message {
	enum stratum_dialect dialect;
	unsigned what; /* STRATUM_* */
	/*
	 * No other protocol says this: a login with agent or algo or a proved wallet, mining.* with
	 * its parameters, a job with blob and job_id. False: an honest JSON-RPC could say the same.
	 */
	bool sure;
	/* Of the first login that is as sure as the whole; of the end's only as far as it goes. */
	struct span user; /* the login: a wallet, wallet.worker, an account */
	struct span agent; /* "XMRig/6.21.0 (...)" */
	struct span worker; /* rig id, or what follows the wallet */
	struct span algo; /* the first named */
	/* The call that decided, or the one it answers, static: "login", "mining.subscribe". */
	const char *method;
};

/*
 * bytes: one direction from its first byte on, or from that of a later message; JSON or the head of
 * an HTTP/1 message stands first, after blanks. Tolerant: any spacing, key order and nesting up to
 * 8, escapes and capitals in keys, keys given twice, batches, lines and CRLF, a line that is
 * broken, cut off anywhere: more bytes take nothing back. Returns false, and dialect STRATUM_NONE,
 * where nothing of these protocols is said.
 */
bool stratum_read(struct span bytes, struct stratum_message *ret_message);

const char *stratum_dialect_name(enum stratum_dialect dialect);

#endif
