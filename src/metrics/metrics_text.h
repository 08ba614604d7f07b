/* SPDX-License-Identifier: Apache-2.0 */
/* What a running sensor says of itself to Prometheus: its text format, version 0.0.4. */
#ifndef MINERWATCH_METRICS_TEXT_H
#define MINERWATCH_METRICS_TEXT_H

#include <stddef.h>

#include "status.h"

#define METRICS_TEXT_MAX 32768 /* bytes; all classes, hooks and what can be missing take half */

/* Writes the lines and returns their length; no NUL is added. */
size_t metrics_text(const struct status_facts *facts, char ret_text[static METRICS_TEXT_MAX]);
/* The same where the sensor does not answer: that it does not. */
size_t metrics_text_down(char ret_text[static METRICS_TEXT_MAX]);

#endif
