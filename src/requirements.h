/* SPDX-License-Identifier: Apache-2.0 */
/* What the sensor demands of whatever starts it, as data that doctor checks and deployments obey.
 */
#ifndef MINERWATCH_REQUIREMENTS_H
#define MINERWATCH_REQUIREMENTS_H

#include <stdio.h>

#define CAPABILITY_NONE (-1)

struct requirement {
	const char *kind;
	const char *what; /* a capability's name is without CAP_, as Kubernetes writes it */
	const char *why;
	int capability; /* its number; CAPABILITY_NONE in rows of another kind */
};

/* Ends with kind NULL. */
extern const struct requirement requirements[];

/* One a line, its fields separated by tabs: kind, what, why. */
void requirements_print(FILE *out);

#endif
