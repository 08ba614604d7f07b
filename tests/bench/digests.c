/* SPDX-License-Identifier: Apache-2.0 */
/* Measures a feed of digests: opening the bundle, asking for one that is listed, for one that is
 * not. usage: bench-digests RULES-DIRECTORY COUNT; digests.add.list holds the SHA-256 of 1 to COUNT
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rules.h"

#define ASKED 1000000u
#define READ_MAX_NS UINT64_C(2000000000)

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

/* As tests/bench/run writes them: of the number as text. */
static void digest_of(uint64_t number, uint8_t ret_sha256[32])
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%" PRIu64, number);

	crypto_hash_sha256(ret_sha256, (const uint8_t *)text, (size_t)len);
}

/* ns a question; *ret_listed: how many were. */
static double ask(const struct rules *rules, uint8_t (*digests)[32], uint64_t *ret_listed)
{
	uint64_t begin = now_ns(CLOCK_PROCESS_CPUTIME_ID);

	*ret_listed = 0;
	for (unsigned i = 0; i < ASKED; i++)
		*ret_listed += rules_digest_listed(rules, digests[i]) != NULL;
	return (double)(now_ns(CLOCK_PROCESS_CPUTIME_ID) - begin) / ASKED;
}

int main(int argc, char **argv)
{
	uint64_t count = argc == 3 ? strtoull(argv[2], NULL, 10) : 0, begin, listed;
	uint8_t(*digests)[32] = malloc(ASKED * sizeof(*digests));
	struct rules *rules;
	double cost;
	int fd;

	if (!count || !digests)
		return 2;
	begin = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	if (rules_bundle(argv[1], stderr, &fd) < 0)
		return 1;
	begin = now_ns(CLOCK_PROCESS_CPUTIME_ID) - begin;
	printf("%" PRIu64 " digests read and sorted in %.2f s of CPU (limit 2 s)\n", count,
		(double)begin / 1e9);
	if (begin > READ_MAX_NS)
		return 1;
	begin = now_ns(CLOCK_MONOTONIC);
	if (rules_open(fd, stderr, &rules) < 0)
		return 1;
	printf("opened in %.2f ms\n", (double)(now_ns(CLOCK_MONOTONIC) - begin) / 1e6);
	for (unsigned i = 0; i < ASKED; i++) /* in no order that a cache could guess */
		digest_of(1 + i * UINT64_C(7919) % count, digests[i]);
	cost = ask(rules, digests, &listed);
	printf("look-up of a listed one   %4.0f ns (%" PRIu64 " of %u found)\n", cost, listed,
		ASKED);
	for (unsigned i = 0; i < ASKED; i++)
		digest_of(count + 1 + i, digests[i]);
	cost = ask(rules, digests, &listed);
	printf("look-up of an unknown one %4.0f ns (%" PRIu64 " of %u found)\n", cost, listed,
		ASKED);
	rules_free(rules);
	close(fd);
	free(digests);
	return listed ? 1 : 0;
}
