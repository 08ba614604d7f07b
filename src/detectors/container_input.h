/* SPDX-License-Identifier: Apache-2.0 */
/* What the detectors on containers begin with. */
#ifndef MINERWATCH_CONTAINER_INPUT_H
#define MINERWATCH_CONTAINER_INPUT_H

#include "container.h"
#include "detector.h"

/* The process' container; NULL: none. */
const struct container *container_of_input(const struct detector_input *in);
/* The same where its runtime's own files confirm it: names of any other are nobody's. */
const struct container *container_confirmed(const struct detector_input *in);

#endif
