// SPDX-License-Identifier: Apache-2.0
/* The keys of an alert as rows: the one list that the schema is printed from. */
#include "schema_table.h"

#include "alert.h"
#include "alert_cut.h"

static const struct schema_key alert_keys[] = {
	{"schema", SCHEMA_CHOICE, NEED_ALWAYS, 0, "minerwatch.alert/1",
		"Name and version of this schema."},
	{"time", SCHEMA_TIME, NEED_ALWAYS, 0, NULL, "Event time of the alert."},
	{"id", SCHEMA_HEX, NEED_ALWAYS, 16, NULL, "The incident; the same in all its alerts."},
	{"seq", SCHEMA_COUNT, NEED_ALWAYS, 0, NULL, "Counts the alerts of one id."},
	{"action", SCHEMA_CHOICE, NEED_ALWAYS, 0,
		"opened raised updated ended reopened suppressed tamper",
		"What happened to the incident; suppressed: too many were opened, count were left "
		"out; tamper: about the sensor, whose hook is dead."},
	{"severity", SCHEMA_CHOICE, NEED_ALWAYS, 0, "medium high critical",
		"By the score; of an ended incident the highest it reached."},
	{"score", SCHEMA_SCORE, NEED_INCIDENT, 0, NULL, "All findings together."},
	{"since", SCHEMA_TIME, NEED_INCIDENT, 0, NULL, "Event time of the first evidence."},
	{"duration_seconds", SCHEMA_SECONDS, NEED_ENDED, 0, NULL,
		"From the first evidence to the end."},
	{"cpu_seconds", SCHEMA_SECONDS, NEED_ENDED, 0, NULL,
		"CPU time used by the processes with evidence."},
	{"summary", SCHEMA_TEXT, NEED_ALWAYS, ALERT_SUMMARY_MAX, NULL,
		"What, where, since when and why, for people."},
	{"host", SCHEMA_OBJECT, NEED_ALWAYS, 0, "host", "The host that recorded the events."},
	{"process", SCHEMA_OBJECT, NEED_NOT, 0, "process", "The process that the alert is about."},
	{"ancestors", SCHEMA_OBJECTS, NEED_INCIDENT, ALERT_ANCESTORS_MAX, "ancestor",
		"Its parent, grandparent and so on."},
	{"cgroup", SCHEMA_OBJECT, NEED_NOT, 0, "cgroup", "Its cgroup; absent where unknown."},
	{"container", SCHEMA_OBJECT, NEED_NOT, 0, "container", "The container it runs in."},
	{"kubernetes", SCHEMA_OBJECT, NEED_NOT, 0, "kubernetes", "The pod around the container."},
	{"findings", SCHEMA_OBJECTS, NEED_INCIDENT, ALERT_FINDINGS_MAX, "finding",
		"The reasons, strongest first."},
	{"indicators", SCHEMA_OBJECT, NEED_INCIDENT, 0, "indicators",
		"What can be searched for elsewhere, where known."},
	{"attack", SCHEMA_OBJECTS, NEED_INCIDENT, ALERT_FINDINGS_MAX, "technique",
		"MITRE ATT&CK techniques of the findings, each once."},
	{"sensor", SCHEMA_OBJECT, NEED_ALWAYS, 0, "sensor", "The sensor that recorded the events."},
	{"pending", SCHEMA_WORDS, NEED_INCIDENT, ALERT_PENDING_MAX, NULL,
		"Answers that had not come when the alert had to go out."},
	{"hook", SCHEMA_TEXT, NEED_TAMPER, ALERT_TEXT_MAX, NULL,
		"What the sensor cannot see any more, as in sensor.degraded."},
	{"truncated", SCHEMA_WORDS, NEED_ALWAYS, ALERT_TRUNCATED_MAX, NULL,
		"Names of the fields that are not whole: \"process.args\", "
		"\"findings[2].evidence\"."},
	{"count", SCHEMA_COUNT, NEED_SUPPRESSED, 0, NULL, "Incidents that were not reported."},
	{0},
};

static const struct schema_key host_keys[] = {
	{"name", SCHEMA_TEXT, NEED_ALWAYS, ALERT_TEXT_MAX, NULL, "Host name."},
	{"cluster", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL,
		"Cluster, where one is configured."},
	{"kernel", SCHEMA_TEXT, NEED_ALWAYS, ALERT_TEXT_MAX, NULL, "Kernel release."},
	{"boot_id", SCHEMA_TEXT, NEED_ALWAYS, ALERT_TEXT_MAX, NULL, "Boot id of the kernel."},
	{0},
};

static const struct schema_key process_keys[] = {
	{"pid", SCHEMA_COUNT, NEED_ALWAYS, 0, NULL, "In the initial pid namespace."},
	{"ppid", SCHEMA_COUNT, NEED_ALWAYS, 0, NULL, "Pid of its parent."},
	{"start_time", SCHEMA_TIME, NEED_ALWAYS, 0, NULL, "With pid it is unique."},
	{"uid", SCHEMA_COUNT, NEED_ALWAYS, 0, NULL, "Real user id in the initial user namespace."},
	{"session", SCHEMA_COUNT, NEED_ALWAYS, 0, NULL, "Session id (setsid)."},
	{"comm", SCHEMA_TEXT, NEED_ALWAYS, ALERT_TEXT_MAX, NULL, "Name of the process."},
	{"exe", SCHEMA_TEXT, NEED_NOT, ALERT_EXE_MAX, NULL, "Path of its program."},
	{"args", SCHEMA_TEXTS, NEED_NOT, ALERT_ARGS_MAX, NULL, "Its arguments, secrets as ***."},
	{"unlinked", SCHEMA_TRUE, NEED_NOT, 0, NULL,
		"Its program has no name in any directory: deleted, or never had one."},
	{0},
};

static const struct schema_key cgroup_keys[] = {
	{"id", SCHEMA_COUNT, NEED_ALWAYS, 0, NULL, "Number of the cgroup in its hierarchy."},
	{"path", SCHEMA_TEXT, NEED_NOT, ALERT_CGROUP_MAX, NULL, "From the root of the hierarchy."},
	{0},
};

static const struct schema_key container_keys[] = {
	{"id", SCHEMA_TEXT, NEED_ALWAYS, ALERT_TEXT_MAX, NULL, "As its runtime names it."},
	{"runtime", SCHEMA_WORD, NEED_ALWAYS, ALERT_TEXT_MAX, NULL,
		"docker, containerd, podman, ..."},
	{"verified", SCHEMA_BOOL, NEED_ALWAYS, 0, NULL,
		"True: the runtime's own files confirm the id. False: it is the cgroup's name "
		"alone."},
	{"name", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL, "Its name; only where verified."},
	{"image", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL, "Its image; only where verified."},
	{"created", SCHEMA_TIME, NEED_NOT, 0, NULL, "When its runtime made it."},
	{"entered", SCHEMA_CHOICE, NEED_NOT, 0, "start exec",
		"The process came with the container's start, or was put into it later (exec)."},
	{"privileges", SCHEMA_WORDS, NEED_NOT, 8, NULL,
		"What it has beyond an ordinary container: privileged, host_pid, host_network, "
		"host_ipc, no_seccomp, added_capabilities, sensitive_mount."},
	{"capabilities", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL, "The added ones."},
	{"mounts", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL,
		"Sensitive directories of the host."},
	{0},
};

static const struct schema_key kubernetes_keys[] = {
	{"namespace", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL, "Of the pod."},
	{"pod", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL, "Its name."},
	{"uid", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL, "Its uid."},
	{0},
};

static const struct schema_key finding_keys[] = {
	{"detector", SCHEMA_DETECTOR, NEED_ALWAYS, 0, NULL, "The check that found it."},
	{"grade", SCHEMA_WORD, NEED_NOT, ALERT_TEXT_MAX, NULL,
		"Row of weights.conf it is weighed by."},
	{"weight", SCHEMA_WEIGHT, NEED_ALWAYS, 0, NULL, "What it counts at the time of the alert."},
	{"time", SCHEMA_TIME, NEED_ALWAYS, 0, NULL, "Event time of what showed it."},
	{"pid", SCHEMA_COUNT, NEED_ALWAYS, 0, NULL, "The process it is about."},
	{"summary", SCHEMA_TEXT, NEED_ALWAYS, FINDING_TEXT_MAX, NULL, "For people."},
	{"allowed", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL,
		"Why allow.list lowers its weight."},
	{"evidence", SCHEMA_EVIDENCE, NEED_ALWAYS, 0, NULL, "The facts it rests on."},
	{0},
};

static const struct schema_key indicators_keys[] = {
	{"wallet", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL, "Wallet address."},
	{"pool", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL,
		"Mining pool: \"192.0.2.7:3333\", \"[2001:db8::7]:3333\"; where its name is known "
		"\"NAME:3333 (192.0.2.7)\"; through a proxy \"NAME:3333 (through "
		"192.0.2.7:1080)\"."},
	{"sha256", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL, "Digest of the program."},
	{"image", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL, "Container image."},
	{"agent", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL,
		"What the miner called itself to the pool."},
	{"worker", SCHEMA_TEXT, NEED_NOT, ALERT_TEXT_MAX, NULL,
		"Name of the worker it gave to the pool."},
	{0},
};

static const struct schema_key technique_keys[] = {
	{"id", SCHEMA_WORD, NEED_ALWAYS, ALERT_TEXT_MAX, NULL, "Such as T1496.001."},
	{"name", SCHEMA_WORD, NEED_ALWAYS, ALERT_TEXT_MAX, NULL, "Its name."},
	{0},
};

static const struct schema_key sensor_keys[] = {
	{"version", SCHEMA_TEXT, NEED_ALWAYS, ALERT_TEXT_MAX, NULL, "Of the sensor that recorded."},
	{"rules", SCHEMA_HEX, NEED_ALWAYS, 64, NULL, "SHA-256 of the rules in force."},
	{"degraded", SCHEMA_WORDS, NEED_ALWAYS, ALERT_DEGRADED_MAX, NULL,
		"What this host or these privileges keep from view."},
	{"dropped", SCHEMA_COUNT, NEED_ALWAYS, 0, NULL,
		"Records dropped since the kernel programs were loaded, and what those they "
		"replaced had dropped and not told."},
	{0},
};

const struct schema_object schema_objects[] = {
	{"alert", "One alert of minerwatch, a line of NDJSON.", alert_keys, NULL},
	{"host", "A host.", host_keys, NULL},
	{"process", "A process.", process_keys, NULL},
	{"ancestor", "A process that another one descends from.", process_keys, "args"},
	{"cgroup", "A control group.", cgroup_keys, NULL},
	{"container", "A container.", container_keys, NULL},
	{"kubernetes", "A pod of Kubernetes.", kubernetes_keys, NULL},
	{"finding", "One reason for an alert.", finding_keys, NULL},
	{"indicators", "Indicators of compromise.", indicators_keys, NULL},
	{"technique", "A technique of MITRE ATT&CK.", technique_keys, NULL},
	{"sensor", "A run of minerwatch.", sensor_keys, NULL},
	{0},
};
