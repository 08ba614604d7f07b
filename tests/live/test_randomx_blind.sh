#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A sensor that does not see a known rounding mode says so wherever it speaks of itself.
. "$(dirname "$0")/lib.sh"
need_root

socket=$work/run/status.sock
blind='blind to RandomX arithmetic: a known rounding mode was not seen'

doctor_says() { # PATTERN
	"$build/minerwatch" doctor >"$work/doctor"
	grep -qE "$1" "$work/doctor" || { grep rounding "$work/doctor" >&2; false; }
}

status_says() { # TEXT
	"$build/minerwatch" status --status "$socket" >"$work/said" && grep -qF "$1" "$work/said" ||
		{ grep missing "$work/said" >&2; false; }
}

case_sees() {
	check "it sees: doctor" doctor_says '^ok +rounding '
}

case_blind() {
	if ! gcc -shared -fPIC -O2 -D_GNU_SOURCE -iquote "$live/../../src" -o "$work/blind.so" \
		"$live/preload/blind.c" 2>"$work/stderr"; then
		skip "blind" "this host has no compiler, or no sources"
		return
	fi
	LD_PRELOAD=$work/blind.so check "blind: doctor" doctor_says "^MISSING +rounding +$blind\$"
	LD_PRELOAD=$work/blind.so sensor_start blind --status "$socket" || return
	check "blind: first line" grep -qE 'lacking: (.*, )?rounding(,|$)' "$log"
	check "blind: and why" grep -q "rounding: $blind" "$log"
	check "blind: status" status_says "$blind"
	standin SECONDS=20 -- a -o 127.0.0.1:3333 -u "$WALLET" || return
	check "blind: alert" expect alert "$alerts" 100 "process.pid=$standin" sensor.degraded=rounding \
		>/dev/null
	end "$standin"
	sensor_stop_and_replay
}

run_case case_sees
run_case case_blind
finish
