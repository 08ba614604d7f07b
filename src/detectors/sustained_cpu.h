/* SPDX-License-Identifier: Apache-2.0 */
/* What other detectors ask of sustained_cpu.c. */
#ifndef MINERWATCH_SUSTAINED_CPU_H
#define MINERWATCH_SUSTAINED_CPU_H

#include "detector.h"

/* True where the process, alone or with its workload, has wanted CPU for a whole window by now. */
bool cpu_sustained(const struct detector_input *in);

#endif
