/* SPDX-License-Identifier: Apache-2.0 */
/* Reads and writes lists of CPUs. */
#include "util/cpu_list.h"

#include <stdio.h>
#include <stdlib.h>

void cpu_list_add(struct cpu_list *list, unsigned cpu)
{
	if (cpu < CPU_LIST_MAX)
		list->words[cpu / 64] |= UINT64_C(1) << cpu % 64;
}

bool cpu_list_has(const struct cpu_list *list, unsigned cpu)
{
	return cpu < CPU_LIST_MAX && list->words[cpu / 64] >> cpu % 64 & 1;
}

unsigned cpu_list_count(const struct cpu_list *list)
{
	unsigned count = 0;

	for (unsigned i = 0; i < CPU_LIST_MAX / 64; i++)
		count += (unsigned)__builtin_popcountll(list->words[i]);
	return count;
}

void cpu_list_parse(struct cpu_list *list, const char *text)
{
	while (*text >= '0' && *text <= '9') {
		char *end;
		unsigned long first = strtoul(text, &end, 10), last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (unsigned long cpu = first; cpu <= last && cpu < CPU_LIST_MAX; cpu++)
			cpu_list_add(list, (unsigned)cpu);
		text = *end == ',' ? end + 1 : end;
	}
}

void cpu_list_format(const struct cpu_list *list, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (unsigned cpu = 0; cpu < CPU_LIST_MAX && len < size; cpu++) {
		unsigned last = cpu;

		if (!cpu_list_has(list, cpu))
			continue;
		while (cpu_list_has(list, last + 1))
			last++;
		len += (size_t)snprintf(text + len, size - len, last > cpu ? "%s%u-%u" : "%s%u",
			len ? "," : "", cpu, last);
		cpu = last;
	}
}
