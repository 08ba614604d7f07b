/* SPDX-License-Identifier: Apache-2.0 */
/* Puts together what the runtime's own files tell of the container a process runs in. */
#include "examiner/examine_container.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "examiner/container_confirm.h"
#include "examiner/container_names.h"
#include "examiner/container_record.h"
#include "examiner/created_time.h"
#include "examiner/proc_read.h"
#include "util/cgroup_path.h"

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))
/* Room for all names of capabilities, and for all sources with each byte of them escaped. */
#define CAPABILITIES_SIZE 1024
#define MOUNTS_SIZE (OCI_MOUNTS_MAX * OCI_STRING_SIZE * 4)

/* All that the record's texts point into; too much for a stack frame that others stand on. */
struct report {
	struct container_facts facts;
	struct cgroup_identity identity;
	struct container_answer answer;
	struct oci_names names;
	char capabilities[CAPABILITIES_SIZE];
	char mounts[MOUNTS_SIZE];
};

static char *append(char *end, const char *start, const char *text)
{
	if (end > start)
		*end++ = ' ';
	for (; *text; text++) {
		if (*text == ' ')
			end = stpcpy(end, "\\040"); /* as the kernel shows it in mountinfo */
		else
			*end++ = *text;
	}
	*end = '\0';
	return end;
}

static void list_privileges(const struct oci_privileges *privileges, struct report *report)
{
	char *end = report->capabilities;

	for (unsigned bit = 0; bit < 64; bit++)
		if (privileges->capabilities_added & (UINT64_C(1) << bit))
			end = append(end, report->capabilities, oci_capability_name(bit));
	end = report->mounts;
	for (unsigned i = 0; i < privileges->mounts_count; i++)
		end = append(end, report->mounts, privileges->mounts[i].source);
	if (privileges->privileged)
		report->facts.flags |= CONTAINER_PRIVILEGED;
	if (report->capabilities[0] || privileges->capability_unknown)
		report->facts.flags |= CONTAINER_ADDED_CAPABILITIES;
	if (report->mounts[0])
		report->facts.flags |= CONTAINER_SENSITIVE_MOUNT;
	if (privileges->mounts_cut)
		report->facts.flags |= CONTAINER_CUT;
	report->facts.texts[CONTAINER_TEXT_CAPABILITIES] = report->capabilities;
	report->facts.texts[CONTAINER_TEXT_MOUNTS] = report->mounts;
}

/* What the kernel says of the container's first process counts more than any file. */
static void look_at_init(int init, int host, struct report *report)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} namespaces[] = {
		{"pid", CONTAINER_HOST_PID},
		{"net", CONTAINER_HOST_NETWORK},
		{"ipc", CONTAINER_HOST_IPC},
	};
	struct proc_status status;

	for (size_t i = 0; i < SIZE(namespaces); i++)
		if (proc_same_namespace(init, host, namespaces[i].name))
			report->facts.flags |= namespaces[i].flag;
	if (proc_read_status(init, &status) && status.no_seccomp)
		report->facts.flags |= CONTAINER_NO_SECCOMP;
}

static void describe(int host, struct report *report)
{
	const struct container_answer *answer = &report->answer;
	const char *runtime = container_names_runtime(answer);
	const char **texts = report->facts.texts;
	struct oci_names *names = &report->names;

	container_names_read(answer, names);
	report->facts.flags = CONTAINER_VERIFIED | (names->cut ? CONTAINER_CUT : 0);
	report->facts.created_ns = created_time(names->created);
	texts[CONTAINER_TEXT_ID] = answer->id;
	if (runtime)
		texts[CONTAINER_TEXT_RUNTIME] = runtime;
	else if (!texts[CONTAINER_TEXT_RUNTIME])
		texts[CONTAINER_TEXT_RUNTIME] = cgroup_runtime_name(CGROUP_RUNTIME_RUNC);
	texts[CONTAINER_TEXT_NAME] = names->container_name;
	texts[CONTAINER_TEXT_IMAGE] = names->image;
	texts[CONTAINER_TEXT_POD] = names->pod_name;
	texts[CONTAINER_TEXT_NAMESPACE] = names->pod_namespace;
	for (char *byte = names->pod_uid; *byte; byte++)
		if (*byte == '_')
			*byte = '-';
	texts[CONTAINER_TEXT_POD_UID] =
		names->pod_uid[0] ? names->pod_uid : report->identity.pod_uid;
	list_privileges(&answer->config.privileges, report);
	look_at_init(answer->init, host, report);
}

static void examine(int proc, int process, struct span path, struct report *report)
{
	enum cgroup_runtime runtime;
	struct container_question question = {
		.proc = proc, .process = process, .path = path, .host = proc_open_host(proc)};

	cgroup_path_identify(path, &report->identity);
	runtime = report->identity.runtime;
	report->facts.texts[CONTAINER_TEXT_ID] = report->identity.container_id;
	if (runtime != CGROUP_RUNTIME_NONE && runtime != CGROUP_RUNTIME_UNKNOWN)
		report->facts.texts[CONTAINER_TEXT_RUNTIME] = cgroup_runtime_name(runtime);
	if (question.host < 0)
		return;
	if (container_confirm(&question, &report->answer) == 0) {
		describe(question.host, report);
		container_answer_close(&report->answer);
	}
	close(question.host);
}

size_t examine_container_at(
	int proc, const struct examine_job *job, __u64 record[static EVENT_RECORD_MAX / 8])
{
	size_t max = job->path_len < sizeof(job->path) ? job->path_len : sizeof(job->path);
	struct span path = {job->path, strnlen(job->path, max)};
	struct report *report = calloc(1, sizeof(*report));
	int process = proc_open(proc, job->process.pid);
	struct proc_stat stat;
	size_t len = 0;

	if (report && process >= 0 && proc_read_stat(process, &stat) &&
		proc_is(&stat, &job->process)) {
		examine(proc, process, path, report);
		len = container_record_write(job, &report->facts, record);
	}
	if (process >= 0)
		close(process);
	free(report);
	return len;
}

size_t examine_container(const struct examine_job *job, __u64 record[static EVENT_RECORD_MAX / 8])
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t len = proc < 0 ? 0 : examine_container_at(proc, job, record);

	if (proc >= 0)
		close(proc);
	return len;
}
