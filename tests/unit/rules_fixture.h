/* SPDX-License-Identifier: Apache-2.0 */
/* A --rules directory of a test's own, and what loading it says. */
#ifndef MINERWATCH_RULES_FIXTURE_H
#define MINERWATCH_RULES_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include "rules_embedded.h"
#include "rules_private.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SPAN(literal) ((struct span){literal, sizeof(literal) - 1})
#define FIXTURE_PATH_SIZE 256

/* For a group of tests: the embedded rules are its state. */
int embedded_load(void **state);
int embedded_free(void **state);

/* For one test: the directory. */
int directory_make(void **state);
int directory_remove(void **state);
#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, directory_make, directory_remove)

const char *directory_name(void);
void directory_path(const char *name, char path[FIXTURE_PATH_SIZE]);
void directory_write(const char *name, const char *data, size_t len);
void directory_text(const char *name, const char *text);
/* An embedded file as it was written; the caller frees it. */
char *embedded_text(const char *name);
/* The embedded weights.conf with some text exchanged for another; returns the line that changed. */
unsigned directory_weights(const char *text, const char *instead);

/* As rules_load. What it told is kept until the next one. */
int directory_load(struct rules **ret_rules);
const char *directory_told(void);
/* Fails the test when the directory has a problem. */
struct rules *directory_load_sound(void);
/* expected: "NAME:LINE: reason" or its beginning, after the directory. */
void assert_refused(const char *expected);

/* A file of the directory that is refused by itself. */
struct refusal {
	const char *name, *text, *expected;
};
void assert_rows_refused(const struct refusal *rows, size_t count);

/* address: numeric, IPv4 or IPv6. As rules_pool_address. */
const char *pool_at(const struct rules *rules, const char *address, uint16_t port);

#endif
