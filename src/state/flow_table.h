/* SPDX-License-Identifier: Apache-2.0 */
/* Which process connected where, how often. */
#ifndef MINERWATCH_FLOW_TABLE_H
#define MINERWATCH_FLOW_TABLE_H

#include "process.h"

#define FLOW_MAX 4096 /* when full, the one used longest ago goes */

struct flow_key {
	struct process_key process;
	uint8_t address[16];
	uint16_t port;
	uint16_t protocol;
	uint32_t pad;
};

struct flow {
	struct flow_key key;
	uint64_t first_ns;
	uint64_t last_ns;
	uint64_t connects;
};

struct flow_table;

struct flow_table *flow_table_new(void);
void flow_table_free(struct flow_table *table);
/* Counts the connect and its repeats. */
const struct flow *flow_add(struct flow_table *table, const struct event *event, uint64_t now_ns);
const struct flow *flow_find(const struct flow_table *table, const struct event *event);

#endif
