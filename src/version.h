/* SPDX-License-Identifier: Apache-2.0 */
/* The version, as --version, alerts and traces give it. */
#ifndef MINERWATCH_VERSION_H
#define MINERWATCH_VERSION_H

#define MINERWATCH_VERSION "0.1.0"

#endif
