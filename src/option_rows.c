/* SPDX-License-Identifier: Apache-2.0 */
/* The table of options: what each is called, what it takes, what it sets. */
#include "option_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "sources/pins.h"
#include "sources/record.h"
#include "util/loopback_address.h"
#include "util/utf8.h"

#define HOST_NAME_LONGEST 253 /* a DNS name, which a Kubernetes node's is */
#define PID_LARGEST 4194304 /* PID_MAX_LIMIT of Linux */
#define RING_SMALLEST (UINT64_C(64) << 10)
#define RING_LARGEST (UINT64_C(64) << 20)
#define EXPECTED_NAME "a name of at most 253 bytes, in UTF-8"
#define EXPECTED_QUESTION "one of --live, --ready and --json, once"
#define FOR_LARGEST_S (UINT64_C(366) * 24 * 3600)

static bool set_text(const char *text, const char **ret_text)
{
	*ret_text = text;
	return *text != '\0';
}

static bool set_rules(const char *text, struct options *options)
{
	return set_text(text, &options->rules);
}

static bool set_compare(const char *text, struct options *options)
{
	return set_text(text, &options->compare);
}

static bool set_config(const char *text, struct options *options)
{
	return set_text(text, &options->config);
}

static bool set_alerts(const char *text, struct options *options)
{
	struct alert_targets *alerts = &options->alerts;

	for (unsigned i = 0; i < alerts->count; i++)
		if (strcmp(alerts->at[i], text) == 0)
			return false;
	if (!sink_valid(text) || alerts->count == SINKS_MAX)
		return false;
	alerts->at[alerts->count++] = text;
	return true;
}

static bool set_record(const char *text, struct options *options)
{
	return set_text(text, &options->record);
}

/* Digits only, then at most one of the units' letters. */
static bool read_number(const char *text, uint64_t *ret_number, const char **ret_rest)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*ret_number = strtoull(text, &end, 10);
	*ret_rest = end;
	return errno == 0;
}

static bool read_size(const char *text, uint64_t *ret_bytes)
{
	static const struct {
		const char *name;
		unsigned shift;
	} units[] = {
		{"", 0}, {"K", 10}, {"M", 20}, {"G", 30}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
	const char *unit;
	uint64_t number;

	if (!read_number(text, &number, &unit) || number > RECORD_MAX_LARGEST)
		return false;
	for (unsigned i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(unit, units[i].name) != 0)
			continue;
		*ret_bytes = number << units[i].shift;
		return true;
	}
	return false;
}

static bool set_record_max(const char *text, struct options *options)
{
	return read_size(text, &options->record_max) &&
	       options->record_max >= RECORD_MAX_SMALLEST &&
	       options->record_max <= RECORD_MAX_LARGEST;
}

/* The kernel takes powers of two of whole pages, and pages have up to 64 KiB. */
static bool set_ring(const char *text, struct options *options)
{
	return read_size(text, &options->ring) && options->ring >= RING_SMALLEST &&
	       options->ring <= RING_LARGEST && (options->ring & (options->ring - 1)) == 0;
}

static bool set_metrics(const char *text, struct options *options)
{
	struct loopback_address address;

	return loopback_address_read(text, &address) && set_text(text, &options->metrics);
}

static bool set_for(const char *text, struct options *options)
{
	const char *rest;

	return read_number(text, &options->for_s, &rest) && *rest == '\0' && options->for_s > 0 &&
	       options->for_s <= FOR_LARGEST_S;
}

static bool set_heartbeat(const char *text, struct options *options)
{
	const char *rest;

	return read_number(text, &options->heartbeat_s, &rest) && *rest == '\0' &&
	       options->heartbeat_s <= FOR_LARGEST_S;
}

static bool set_fail_on(const char *text, struct options *options)
{
	options->fail_on = severity_number(text);
	return options->fail_on != SEVERITY_NONE;
}

_Static_assert(HOST_NAME_LONGEST < EVENT_HOST_NAME_MAX, "the HOST record has room for a name");

/* Cut, it would name another host. */
static bool set_name(const char *text, const char **ret_text)
{
	struct span rest = {text, strlen(text)};
	uint32_t code;

	if (rest.len > HOST_NAME_LONGEST)
		return false;
	while (rest.len) {
		size_t len = utf8_decode(rest, &code);

		if (len == 0 || utf8_unsafe(code))
			return false;
		rest = (struct span){rest.data + len, rest.len - len};
	}
	return set_text(text, ret_text);
}

static bool set_cluster(const char *text, struct options *options)
{
	return set_name(text, &options->cluster);
}

static bool set_node(const char *text, struct options *options)
{
	return set_name(text, &options->node);
}

/* Absolute, so that it means the same to whoever asks; and an address of a socket is that short. */
static bool set_status(const char *text, struct options *options)
{
	return text[0] == '/' && strlen(text) < STATUS_PATH_SIZE &&
	       set_text(text, &options->status);
}

static bool set_question(const char *text, enum status_question question, struct options *options)
{
	if (strcmp(text, "true") != 0 || options->question != STATUS_READABLE)
		return false;
	options->question = question;
	return true;
}

static bool set_live(const char *text, struct options *options)
{
	return set_question(text, STATUS_LIVE, options);
}

static bool set_ready(const char *text, struct options *options)
{
	return set_question(text, STATUS_READY, options);
}

static bool set_json(const char *text, struct options *options)
{
	return set_question(text, STATUS_JSON, options);
}

static bool set_pin(const char *text, struct options *options)
{
	return text[0] == '/' && strlen(text) < PIN_PATH_SIZE && set_text(text, &options->pin);
}

static bool set_requirements(const char *text, struct options *options)
{
	options->requirements = true;
	return strcmp(text, "true") == 0;
}

static bool set_privileges(const char *text, struct options *options)
{
	options->privileges = true;
	return strcmp(text, "true") == 0;
}

static bool set_explain(const char *text, struct options *options)
{
	const char *rest;
	uint64_t pid;

	if (!read_number(text, &pid, &rest) || *rest || pid == 0 || pid > PID_LARGEST)
		return false;
	options->explain = (uint32_t)pid;
	return true;
}

static bool set_redact(const char *text, struct options *options)
{
	options->redact = true;
	return strcmp(text, "true") == 0;
}

static bool set_redact_key(const char *text, struct options *options)
{
	options->redact = true;
	return set_text(text, &options->redact_key);
}

static bool set_state(const char *text, struct options *options)
{
	return set_text(text, &options->state);
}

static bool set_reload(const char *text, struct options *options)
{
	options->reload_watch = strcmp(text, "auto") == 0;
	return options->reload_watch || strcmp(text, "signal") == 0;
}

const struct option_row option_rows[] = {
	{"--config", "FILE", " run record check-config ", NULL, "a file's name",
		"options of run from a YAML file, one `name: value` a line, names\n"
		"without dashes; the command line goes before the file",
		set_config},
	{"--rules", "DIR", " run record replay scan check-config ", NULL, "a directory",
		"rules of your own: a file named like an embedded one (pools.list,\n"
		"weights.conf) replaces it, NAME.add.list extends NAME.list\n"
		"(pool addresses: pools.add.list); any other name is an error",
		set_rules},
	{"--explain", "PID", " scan ", NULL, "a process' number",
		"say of this process alone what speaks against it, however little", set_explain},
	{"--compare", "OLD", " replay ", NULL, "a directory, or `embedded`",
		"instead of alerts, say which incidents appear, vanish or change with\n"
		"the rules of --rules against those of the directory OLD, or against\n"
		"the embedded ones where OLD is `embedded`",
		set_compare},
	{"--reload", "auto|signal", " run record check-config ", NULL, "auto or signal",
		"when the rules are read again: on SIGHUP, which is the default; or\n"
		"also by itself within 10 s of a change in DIR. A set that is not fit\n"
		"is refused and the old one stays",
		set_reload},
	{"--alerts", "TARGET", " run check-config ", NULL, SINK_EXPECTED,
		"where alerts go, a JSON line each; up to eight times:\n"
		"- is stdout (default); FILE is appended to, mode 0600, opened anew\n"
		"on SIGUSR1; fifo:FILE; unix:SOCKET (stream); syslog:unix:SOCKET or\n"
		"syslog:tcp:ADDRESS:PORT (RFC 5424, numeric). Each has a queue and a\n"
		"process of its own: none waits for another",
		set_alerts},
	{"--record", "TRACE", " run check-config ", NULL, "a file's name",
		"also write every record to TRACE, for replay", set_record},
	{"-o", "TRACE", " record ", NULL, "a file's name",
		"the trace to write (required, here or as `record` in the file)", set_record},
	{"--record-max", "SIZE", " run record check-config ", NULL,
		"a size from 1M to 4G, such as 256M",
		"largest size of the trace, 1M to 4G (default 256M); past it the\n"
		"oldest part is dropped and counted",
		set_record_max},
	{"--for", "SECONDS", " run record scan check-config ", NULL, "whole seconds, at least 1",
		"stop that long after `ready` (default: until SIGTERM or SIGINT;\n"
		"scan: 13)",
		set_for},
	{"--fail-on", "SEVERITY", " run replay check-config ", NULL, "medium, high or critical",
		"exit 4 at the end when an alert reached it: medium, high, critical", set_fail_on},
	{"--cluster", "NAME", " run record check-config ", NULL, EXPECTED_NAME,
		"what alerts say in host.cluster", set_cluster},
	{"--node", "NAME", " run record check-config ", "NODE_NAME", EXPECTED_NAME,
		"what alerts say in host.name (default: $NODE_NAME, else the\n"
		"name the kernel has)",
		set_node},
	{"--status", "SOCKET", " run record check-config status ", NULL,
		"an absolute path of at most 107 bytes",
		"the socket `minerwatch status` asks at; run makes none unless told,\n"
		"status asks at " STATUS_PATH,
		set_status},
	{"--live", NULL, " status ", NULL, EXPECTED_QUESTION,
		"exit 0 when the sensor answers within 2 s, else 3 and say why", set_live},
	{"--ready", NULL, " status ", NULL, EXPECTED_QUESTION,
		"exit 0 when it has said `ready`, else 3 and say why", set_ready},
	{"--json", NULL, " status ", NULL, EXPECTED_QUESTION, "the answer as it came, a JSON line",
		set_json},
	{"--requirements", NULL, " doctor ", NULL, "the option alone",
		"print what must be granted to the sensor, for whoever writes a\n"
		"manifest: kind, what and why, separated by tabs",
		set_requirements},
	{"--redact", NULL, " run replay check-config ", NULL, "the option alone, in a file: true",
		"alerts carry arguments, evidence and indicators (wallet, pool, agent,\n"
		"worker) as keyed hashes, equal where the texts are; the key is random\n"
		"and gone with the run. What stays: program path, process name,\n"
		"cgroup, container, image, sha256. A trace is never redacted",
		set_redact},
	{"--redact-key", "FILE", " run replay check-config ", NULL, "a file's name",
		"--redact with a key made of FILE (at least 32 bytes; keep them\n"
		"secret): equal texts have equal hashes on every node and in replay",
		set_redact_key},
	{"--pin", "DIR", " run record check-config detach doctor ", NULL,
		"an absolute path of at most 1023 bytes",
		"a directory on bpffs in which the kernel programs stay at work when\n"
		"the sensor ends or dies: the next start reads what happened meanwhile,\n"
		"minerwatch detach ends them (default of run: nothing is kept; of\n"
		"detach and doctor: " PINS_PATH ")",
		set_pin},
	{"--ring", "SIZE", " run record check-config ", NULL, "a power of two from 64K to 64M",
		"size of the ring the kernel hands records over in, a power of two\n"
		"from 64K to 64M (default 4M); what finds no room is counted as dropped",
		set_ring},
	{"--metrics", "ADDRESS:PORT", " run record check-config ", NULL,
		"a loopback address in numbers and a port, such as 127.0.0.1:9440",
		"serve /metrics (Prometheus text), /healthz and /readyz there, over\n"
		"HTTP; 127.0.0.0/8 and [::1] alone (default: nowhere)",
		set_metrics},
	{"--state", "FILE", " run check-config ", NULL, "a file's name",
		"where a run leaves for the next one which incidents are open and\n"
		"which alerts may not have arrived: it goes on with them, and sends\n"
		"those again. Mode 0600: it holds arguments, as a trace does",
		set_state},
	{"--heartbeat", "SECONDS", " run check-config ", NULL, "whole seconds; 0: never",
		"write a line of the status (schema minerwatch.status/1) among the\n"
		"alerts that often, so that silence is not taken for health\n"
		"(default: 0, never)",
		set_heartbeat},
	{"--privileges", NULL, " doctor ", NULL, "the option alone",
		"print what each process keeps for the rest of its life: capabilities,\n"
		"and the system calls it may make with the reason for each",
		set_privileges},
};

bool option_row_is_list(const struct option_row *row)
{
	return row->set == set_alerts;
}
