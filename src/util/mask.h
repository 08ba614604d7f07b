/* SPDX-License-Identifier: Apache-2.0 */
/* Hides secrets in a process' arguments. */
#ifndef MINERWATCH_MASK_H
#define MINERWATCH_MASK_H

#include "decode.h"

/*
 * Copies args (NUL-separated) into buffer with "***" in the place of each secret, every argument
 * ended by NUL: the n-th argument of the result is the n-th of args. Returns the bytes written, at
 * most size; *ret_cut: not all of it fitted. No well-formed UTF-8 sequence is split by the cut.
 * It may grow: a secret of one byte becomes three.
 *
 * Hidden are
 *  - the value of -p, and of any option whose name holds pass, secret, token, bearer, apikey,
 *    api-key or api_key in any case, joined by '=' or in the next argument; also of the shortened
 *    forms of XMRig's options that getopt_long takes (--pas);
 *  - what is glued to -p (-psecret), unless it makes a known one-dash word (-pool); a number of up
 *    to five digits is taken for a port (ssh -p 22) and stays, glued or not;
 *  - the password of "user:password" after -O or --userpass, from the first colon on;
 *  - the word after "bearer" in any case, or the next argument where bearer is the last word;
 *  - the word after "Authorization:" in any case, or, after a scheme ("Basic"), the one after that;
 *  - the value of KEY=VALUE where KEY holds one of the words above, anywhere in an argument;
 *  - the password of scheme://user:password@host.
 * All but the glued forms are also found inside an argument of several words (sh -c "miner -p x").
 *
 * An argument after -p and the like that is an option itself (one letter, "-k"; or "--" and a name
 * of small letters, digits and dashes) stays: it is far more often the next option of a program
 * whose -p takes no value than a password, and hiding it would take an indicator out of the alert.
 * Any other argument with a dash, such as -Secret1, is taken for the secret.
 * -u and --user stay: "COIN:WALLET" is a common way to name a wallet.
 */
size_t mask_args(struct span args, char *buffer, size_t size, bool *ret_cut);

#endif
