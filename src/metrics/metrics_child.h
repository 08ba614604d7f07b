/* SPDX-License-Identifier: Apache-2.0 */
/* The exporting process: gives up all privileges, then serves. */
#ifndef MINERWATCH_METRICS_CHILD_H
#define MINERWATCH_METRICS_CHILD_H

/* Runs until the sensor closes its end of fd, whose first packet brings the listener along. */
void metrics_child(int fd);

#endif
