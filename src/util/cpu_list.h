/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of CPUs, as the kernel writes them: "0-3,8". */
#ifndef MINERWATCH_CPU_LIST_H
#define MINERWATCH_CPU_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPU_LIST_MAX 1024 /* numbers from there on are left out */

struct cpu_list {
	uint64_t words[CPU_LIST_MAX / 64];
};

void cpu_list_add(struct cpu_list *list, unsigned cpu);
bool cpu_list_has(const struct cpu_list *list, unsigned cpu);
unsigned cpu_list_count(const struct cpu_list *list);
/* Adds what the text names; reading stops at what is no list. */
void cpu_list_parse(struct cpu_list *list, const char *text);
/* Writes the list, cut at size and NUL-terminated. */
void cpu_list_format(const struct cpu_list *list, char *text, size_t size);

#endif
