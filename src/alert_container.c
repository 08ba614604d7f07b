/* SPDX-License-Identifier: Apache-2.0 */
/* Writes where an alert's process runs: its container, and the pod around that. */
#include "alert_writer.h"
#include "container.h"
#include "util/rfc3339.h"
#include "util/span.h"

/* Whose words they are (container.c) makes them text from outside; the id is of a checked alphabet.
 */
static void write_text(
	struct alert_writer *writer, const char *object, const char *key, const char *text)
{
	if (text[0])
		alert_write_text(writer, key, span_of(text), writer->limits->container, false,
			(struct cut_name){object, CUT_NO_INDEX, key, NULL});
}

static void write_created(struct alert_writer *writer, uint64_t created_ns)
{
	char text[RFC3339_SIZE];

	if (!created_ns)
		return;
	rfc3339_format(created_ns, 0, text); /* wall clock as it is */
	json_put_word(&writer->json, "created", text);
}

static void write_privileges(struct alert_writer *writer, uint32_t flags)
{
	static const struct {
		uint32_t flag;
		const char *word;
	} words[] = {
		{CONTAINER_PRIVILEGED, "privileged"},
		{CONTAINER_HOST_PID, "host_pid"},
		{CONTAINER_HOST_NETWORK, "host_network"},
		{CONTAINER_HOST_IPC, "host_ipc"},
		{CONTAINER_NO_SECCOMP, "no_seccomp"},
		{CONTAINER_ADDED_CAPABILITIES, "added_capabilities"},
		{CONTAINER_SENSITIVE_MOUNT, "sensitive_mount"},
	};

	json_array_begin(&writer->json, "privileges");
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (flags & words[i].flag)
			json_put_word(&writer->json, NULL, words[i].word);
	json_array_end(&writer->json);
}

void alert_write_container(struct alert_writer *writer)
{
	const struct container *container = writer->alert->container;
	struct json_writer *json = &writer->json;
	bool verified = container->flags & CONTAINER_VERIFIED;

	json_object_begin(json, "container");
	alert_write_text(writer, "id", span_of(container->text[CONTAINER_TEXT_ID]), ALERT_TEXT_MAX,
		false, (struct cut_name){"container", CUT_NO_INDEX, "id", NULL});
	json_put_word(json, "runtime", container->text[CONTAINER_TEXT_RUNTIME]);
	json_put_bool(json, "verified", verified);
	write_text(writer, "container", "name", container->text[CONTAINER_TEXT_NAME]);
	write_text(writer, "container", "image", container->text[CONTAINER_TEXT_IMAGE]);
	write_created(writer, container->created_ns);
	if (writer->alert->entered)
		json_put_word(json, "entered", writer->alert->entered);
	if (verified)
		write_privileges(writer, container->flags);
	write_text(
		writer, "container", "capabilities", container->text[CONTAINER_TEXT_CAPABILITIES]);
	write_text(writer, "container", "mounts", container->text[CONTAINER_TEXT_MOUNTS]);
	json_object_end(json);
}

void alert_write_kubernetes(struct alert_writer *writer)
{
	const struct container *container = writer->alert->container;

	if (!container->text[CONTAINER_TEXT_POD][0] && !container->text[CONTAINER_TEXT_POD_UID][0])
		return;
	json_object_begin(&writer->json, "kubernetes");
	write_text(writer, "kubernetes", "namespace", container->text[CONTAINER_TEXT_NAMESPACE]);
	write_text(writer, "kubernetes", "pod", container->text[CONTAINER_TEXT_POD]);
	write_text(writer, "kubernetes", "uid", container->text[CONTAINER_TEXT_POD_UID]);
	json_object_end(&writer->json);
}
