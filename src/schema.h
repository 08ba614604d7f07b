/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the JSON Schema (2020-12) of an alert line. */
#ifndef MINERWATCH_SCHEMA_H
#define MINERWATCH_SCHEMA_H

#include <stdio.h>

/*
 * The schema of every line alert_json can write, with the evidence of the detectors in detectors[].
 * One line. Returns 0, -ENOMEM, -ENOSPC (more detectors than the buffer was made for), or -EIO.
 */
int schema_print(FILE *out);

#endif
