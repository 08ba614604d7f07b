// SPDX-License-Identifier: Apache-2.0
/* Writes who an alert is about: its process, the ancestors, the cgroup. */
#include "alert_writer.h"
#include "util/span.h"
#include "util/utf8.h"

static void write_args(struct alert_writer *writer)
{
	struct json_writer *json = &writer->json;
	struct span kept = alert_args_shown(writer);
	struct span rest = kept, argument;

	json_array_begin(json, "args");
	while (span_next_argument(&rest, &argument))
		json_put_string(json, NULL, argument);
	json_array_end(json);
	if (!utf8_valid(kept)) {
		rest = kept;
		json_array_begin(json, "args_hex");
		while (span_next_argument(&rest, &argument))
			json_put_hex(json, NULL, argument);
		json_array_end(json);
	}
	if (writer->args_cut || kept.len < writer->args.len)
		cut_add(&writer->cuts, (struct cut_name){"process", CUT_NO_INDEX, "args", NULL});
}

/* The alert's process, which shows its arguments, or an ancestor, which has an index. */
static void write_one(struct alert_writer *writer, const struct alert_process *process,
	const char *name, int index)
{
	struct json_writer *json = &writer->json;

	json_object_begin(json, index == CUT_NO_INDEX ? name : NULL);
	json_put_unsigned(json, "pid", process->key.pid);
	json_put_unsigned(json, "ppid", process->ppid);
	alert_write_time(writer, "start_time", process->key.start_ns);
	json_put_unsigned(json, "uid", process->uid);
	json_put_unsigned(json, "session", process->session);
	alert_write_text(writer, "comm", process->comm, ALERT_TEXT_MAX, false,
		(struct cut_name){name, index, "comm", NULL});
	if (process->exe.len)
		alert_write_text(writer, "exe", process->exe, writer->limits->exe, process->exe_cut,
			(struct cut_name){name, index, "exe", NULL});
	if (index == CUT_NO_INDEX && process->args.len)
		write_args(writer);
	if (process->unlinked)
		json_put_bool(json, "unlinked", true);
	json_object_end(json);
}

void alert_write_process(struct alert_writer *writer)
{
	write_one(writer, writer->alert->process, "process", CUT_NO_INDEX);
}

void alert_write_ancestors(struct alert_writer *writer)
{
	const struct alert *alert = writer->alert;

	json_array_begin(&writer->json, "ancestors");
	for (unsigned i = 0; i < writer->limits->ancestors; i++)
		write_one(writer, &alert->ancestors[i], "ancestors", (int)i);
	json_array_end(&writer->json);
	if (alert->ancestors_cut || writer->limits->ancestors < alert->ancestors_count)
		cut_add(&writer->cuts, (struct cut_name){"ancestors", CUT_NO_INDEX, NULL, NULL});
}

void alert_write_cgroup(struct alert_writer *writer)
{
	const struct alert *alert = writer->alert;

	json_object_begin(&writer->json, "cgroup");
	json_put_unsigned(&writer->json, "id", alert->cgroup_id);
	if (alert->cgroup_path.len)
		alert_write_text(writer, "path", alert->cgroup_path, writer->limits->cgroup_path,
			false, (struct cut_name){"cgroup", CUT_NO_INDEX, "path", NULL});
	json_object_end(&writer->json);
}
