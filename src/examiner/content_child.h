/* SPDX-License-Identifier: Apache-2.0 */
/* The process that reads what others execute: jobs and rules in, records out. */
#ifndef MINERWATCH_CONTENT_CHILD_H
#define MINERWATCH_CONTENT_CHILD_H

/*
 * Drops all privileges but those to look into other processes, closes all descriptors but fd, and
 * answers job after job by the rules it was last sent, until the other end is closed. A process of
 * its own, because a large file or one whose file system hangs must not delay other answers.
 */
void content_child(int fd);

#endif
