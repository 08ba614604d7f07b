/* SPDX-License-Identifier: Apache-2.0 */
/* The examining process: jobs in, records out. */
#ifndef MINERWATCH_EXAMINER_CHILD_H
#define MINERWATCH_EXAMINER_CHILD_H

/*
 * Drops all privileges but those to look into other processes, closes all descriptors but fd, and
 * answers job after job until the other end is closed.
 */
void examiner_child(int fd);

#endif
