/* SPDX-License-Identifier: Apache-2.0 */
/* One check = one file in src/detectors/ + one row in detectors.c + one weight + one test. */
#ifndef MINERWATCH_DETECTOR_H
#define MINERWATCH_DETECTOR_H

#include "decode.h"
#include "process.h"

struct rules;
struct state;

#define FINDING_EVIDENCE_MAX 8
#define FINDING_TEXT_MAX 128 /* bytes of a string, the alert's cap */

/* A fact a finding rests on. Strings are copied and cut at FINDING_TEXT_MAX (then cut is set). */
struct evidence {
	const char *key; /* one of the detector's fields; static */
	bool is_string;
	bool cut;
	uint16_t len;
	int64_t number;
	char text[FINDING_TEXT_MAX];
};

struct finding {
	const struct detector *detector;
	const char *grade; /* row of weights.conf it is weighed by; static */
	struct process_key process;
	uint64_t time_ns; /* of the record that showed it */
	char summary[FINDING_TEXT_MAX]; /* one clause for people, NUL-terminated */
	unsigned evidence_count;
	struct evidence evidence[FINDING_EVIDENCE_MAX];
};

struct detector_input {
	const struct event *event;
	const struct process *process; /* never NULL; already holds what the event says */
	const struct rules *rules;
	const struct state *state;
	uint64_t now_ns; /* event time */
};

enum evidence_type { EVIDENCE_STRING, EVIDENCE_INTEGER };

struct evidence_field {
	const char *key;
	enum evidence_type type;
	const char *meaning; /* for the schema */
	bool optional; /* not in every finding of the detector */
};

struct attack_technique {
	const char *id; /* MITRE ATT&CK, "T1496.001" */
	const char *name;
};

/* What is told by one more alert where it comes after the last: once each, since the opening. */
#define FACT_CONFIRMED 0x1 /* an answer, the grade `confirmed` of struct detector */
#define FACT_NAME 0x2 /* who mines */
#define FACT_LOAD 0x4 /* that it is at work */

struct detector {
	const char *name;
	const char *meaning; /* one sentence for people and the schema */
	uint64_t events; /* DETECTOR_ON(EVENT_x) | ... : when check is called */
	bool of_image; /* evidence about the program: a fork inherits it, an exec ends it */
	bool of_container; /* about all of it: its pid is whoever was there when that came out */
	unsigned tells; /* bit FACT_*: the first such finding is worth an alert of its own */
	const char *confirmed; /* grade by an answer: one after the alert is told too; NULL: none */
	struct evidence_field fields[FINDING_EVIDENCE_MAX]; /* ends with key NULL */
	struct attack_technique attack; /* id NULL: none */
	/* True when *ret_finding (zeroed by the caller; process and time preset) has been filled.
	 */
	bool (*check)(const struct detector_input *in, struct finding *ret_finding);
};

#define DETECTOR_ON(type) (UINT64_C(1) << (type))

/* All detectors in a fixed order (src/detectors/detectors.c). */
extern const struct detector *const detectors[];
extern const unsigned detectors_count;

/* Adds one fact; beyond FINDING_EVIDENCE_MAX it is ignored. key must outlive the finding. */
void finding_add_string(struct finding *finding, const char *key, struct span text);
void finding_add_integer(struct finding *finding, const char *key, int64_t number);

#endif
