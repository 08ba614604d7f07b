/* SPDX-License-Identifier: Apache-2.0 */
/* The file a trace is recorded into. */
#ifndef MINERWATCH_RECORD_FILE_H
#define MINERWATCH_RECORD_FILE_H

/* An empty file open for reading and writing, or -errno; see record_open. The caller closes it. */
int record_file_open(const char *path, int *ret_fd);

#endif
