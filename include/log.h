/* SPDX-License-Identifier: Apache-2.0 */
/* Messages for people, on stderr. Only main, sources, sinks and the pipeline's owner log. */
#ifndef MINERWATCH_LOG_H
#define MINERWATCH_LOG_H

/* One line "minerwatch: LEVEL: text" on stderr. Control characters in the text leave as '?'. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
