#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The exporter: what it says is valid and true; who asks wrongly or slowly harms nobody; it is on
# loopback alone, and comes back when it was killed.
. "$(dirname "$0")/lib.sh"
need_root

socket=$work/run/status.sock

ask() {
	"$PYTHON" "$live/metrics.py" "$@"
}

# The launcher's child that holds the socket which listens at the port, and no program: the sensor holds
# the socket too.
exporter() {
	local child listener

	listener=$(listener_at "$port")
	for child in $(children_of "$sensor"); do
		has_open "$child" "$listener" && ! has_open "$child" anon_inode:bpf-prog &&
			echo "$child" && return
	done
	echo "no child of $sensor exports" >&2
	return 1
}

another_exporter() { # OLD: sets another
	another=$(exporter) && [ "$another" != "$1" ]
}

case_answers() {
	sensor_start answers --status "$socket" --metrics "127.0.0.1:$port" || return
	check "answers: valid, counters never go down" ask valid "$port"
	check "answers: up, ready, hooks seen" ask has "$port" up=1 ready=1 \
		"hook{hook=exec,state=proven}=1" "hook{hook=exec,state=missing}=0" \
		"records_delivered_total{class=exec}>=1"
	check "answers: /healthz" ask status_is "$port" 200 GET /healthz
	check "answers: /readyz, with a query" ask status_is "$port" 200 GET '/readyz?verbose=1'
	check "answers: HEAD" ask status_is "$port" 200 HEAD /metrics
	check "answers: an incident by its severity" counts_incident
	check "answers: something was skipped" skipped
	check "answers: as the status" as_status
}

# Connects alike within a minute are left out: a number to compare, which is not 0.
skipped() {
	"$build/generate" connect 20 repeat >"$work/made" &&
		ask has "$port" "records_skipped_total{class=connect}>=1"
}

as_status() {
	ask as_status "$port" "$build/minerwatch" "$socket"
}

counts_incident() {
	standin SECONDS=20 THREADS=0 -- xmrig -o 127.0.0.1:3333 -u "$WALLET" --donate-level 1 &&
		expect alert "$alerts" 20 action=opened severity=high "process.pid=$standin" \
			>"$work/found" &&
		ask has "$port" "alerts_total{severity=high}>=1" "incidents_open{severity=high}>=1" \
			"incident_score_highest>=70"
	local code=$?

	end "$standin"
	return $code
}

case_wrong() {
	local long

	long=$(printf 'x%.0s' {1..1100})
	check "wrong: another page" ask status_is "$port" 404 GET /
	check "wrong: another method" ask status_is "$port" 405 POST /metrics
	check "wrong: no HTTP" ask raw "$port" 400 'hello\r\n\r\n'
	check "wrong: HTTP/2" ask raw "$port" 505 'GET /metrics HTTP/2.0\r\n\r\n'
	check "wrong: a long line" ask raw "$port" 414 "GET /$long HTTP/1.1"
	check "wrong: long headers" ask raw "$port" 431 \
		"GET /metrics HTTP/1.1\r\na: $long\r\nb: $long\r\nc: $long\r\nd: $long\r\n"
	check "wrong: slow ones do not matter" ask slow "$port" 37
}

case_stopped() {
	local pid killed

	pid=$(sensor_process)
	check "stopped: sensor found" [ -n "$pid" ] || return
	kill -STOP "$pid"
	check "stopped: /healthz says so" ask status_is "$port" 503 GET /healthz
	check "stopped: /readyz says so" ask status_is "$port" 503 GET /readyz
	check "stopped: /metrics says so" ask has "$port" up=0
	kill -CONT "$pid"
	check "stopped: up again" ask has "$port" up=1
	check "stopped: told as a gap" ask has "$port" "gaps_total>=1" "gap_seconds_total>=2"
	check "stopped: as the status" as_status
	killed=$(exporter)
	check "killed: exporter found" [ -n "$killed" ] || return
	kill -KILL "$killed"
	check "killed: another one answers" ask has "$port" up=1
	check "killed: it is another one" another_exporter "$killed" || return
	check "killed: it has no privileges" equal 3 \
		"$(grep -cE '^(Cap(Prm|Bnd):\s0+|NoNewPrivs:\s1)$' "/proc/$another/status")" "number of those gone"
}

# refused PLACE EXIT-CODE: with a line that names the place
refused() {
	timeout 50 "$build/minerwatch" run --metrics "$1" --alerts "$work/other" 2>"$work/errors"
	equal "$2" $? "exit code" && grep -qF -- "--metrics $1" "$work/errors"
}

case_places() {
	for place in 0.0.0.0:9440 192.0.2.1:9440 localhost:9440 127.0.0.1 127.0.0.1:0 127.0.0.1:65536 \
		'[::]:9440' ::1:9440; do
		check "places: $place is refused" refused "$place" 2
	done
	check "places: a port that is taken may be free later" refused "127.0.0.1:$port" 3
}

port=$(expect free_port 9440 19440 29440 39440) || finish
sensor=
case_answers
if [ -n "$sensor" ]; then
	case_wrong
	case_stopped
	case_places
	sensor_stop
fi
finish
