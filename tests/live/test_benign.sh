#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Ordinary programs that share a trait with miners raise no alert, all of them in one session.
. "$(dirname "$0")/lib.sh"
need_root

commands=() # a whole argument of each: the trace must show that the sensor saw it

# run_benign ARGUMENT COMMAND...: ARGUMENT is one of the command's
run_benign() {
	local seen=$1 name

	shift
	name="benign: $*"
	if ! command -v "$1" >/dev/null; then
		skip "$name" "$1 is not installed"
		return
	fi
	commands+=("$seen")
	"$@" >/dev/null 2>"$work/stderr" </dev/null
	# grep finds nothing: 1
	[ $? -le 1 ] || not_ok "$name" "$(tail -n 1 "$work/stderr")"
}

# A development server where pools listen, and a client that stays a while.
web_server() {
	local port server

	port=$(expect free_port 3333) || { skip "benign: web server on 3333" "port taken"; return; }
	"$PYTHON" -u -m http.server --bind 127.0.0.1 --directory "$live/benign" "$port" \
		>"$work/server" 2>&1 &
	server=$!
	children+=("$server")
	# It says so once it listens.
	check "benign: web server listens" expect line "$work/server" "$server" 20 'Serving HTTP.*'
	commands+=(http.server)
	"$PYTHON" -c 'import sys, urllib.request
for _ in range(20):
    urllib.request.urlopen(sys.argv[1], timeout=10).read()' "http://127.0.0.1:$port/stratum.c" ||
		not_ok "benign: web server answers" "no answer"
	end "$server"
}

# Seen at all: without this a blind sensor would pass.
seen_in_argv() {
	[ "$(expect count "$records" type=exec "argv=$1")" -gt 0 ] && return
	echo "no exec record has it" >&2
	return 1
}

sensor_start benign || finish
cp /bin/true "$work/kubectl"
run_benign "$live/benign/stratum.c" gcc -O2 -o "$work/a.out" "$live/benign/stratum.c"
run_benign stratum.c grep -r xmrig "$live/benign"
run_benign pool.yaml "$work/kubectl" get pool -o pool.yaml
run_benign "$live/benign/stratum.c" vim -es -u NONE -c q "$live/benign/stratum.c"
web_server
run_benign speed openssl speed -seconds 15 -bytes 16384 -evp sha256
sensor_stop_and_replay || finish

for argument in "${commands[@]}"; do
	check "benign: seen: $argument" seen_in_argv "$argument"
done
check "benign: no alert" equal 0 "$(expect count "$alerts")" alerts
finish
