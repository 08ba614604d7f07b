#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A trace of this host, replayed by an ordinary user, gives the bytes the live run gave; a changed
# record gives others.
. "$(dirname "$0")/lib.sh"
need_root

export TMPDIR=$work # for the stand-in's copies
user=$work/user # what an ordinary user can reach: the build directory may not be
mkdir -m 755 "$user"

as_user() {
	setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs env -i "$@"
}

redact=() # options of run and replay alike

# user_replays BINARY TRACE OUT
user_replays() {
	install -m 755 "$build/$1" "$user/$1" && install -m 644 "$2" "$user/trace" &&
		as_user "$user/$1" replay "${redact[@]}" "$user/trace" >"$3"
}

same_for_user() {
	user_replays "$1" "$trace" "$work/replayed" && cmp "$work/replayed" "$alerts" >&2
}

# record_case NAME ALERTS [CONTROL=VALUE...] -- ARGV0 [ARGUMENT...]: ALERTS is how many to see opened
record_case() {
	local name=$1 wanted=$2

	shift 2
	sensor_start "$name" "${redact[@]}" || return
	standin SECONDS=3 THREADS=0 "$@" || return
	if [ "$wanted" -gt 0 ]; then
		check "$name: opened" expect alert "$alerts" 20 action=opened >"$work/found"
	fi
	check "$name: ran its time" expect gone "$standin" 30
	sensor_stop || return
	check "$name: alerts" equal "$wanted" "$(expect count "$alerts" action=opened)" opened
	for binary in minerwatch minerwatch-offline; do
		check "$name: same bytes for an ordinary user, $binary" same_for_user $binary
	done
}

# edited NAME PYTHON_EXPRESSION: rewrites the trace, record by record; None drops one. Mine is the
# stand-in's exec.
edited() {
	"$PYTHON" - "$records" "$work/edited" "$standin" "$2" <<-'PYTHON' &&
		import json, sys
		source, target, pid, expression = sys.argv[1:]
		with open(source) as lines, open(target, "w") as out:
		    for line in lines:
		        record = json.loads(line)
		        mine = record["type"] == "exec" and record["pid"] == int(pid)
		        line = eval(expression)
		        if line is not None:
		            out.write(line)
	PYTHON
		tracecat_write "$work/edited" "$work/$1.trace" &&
		user_replays minerwatch "$work/$1.trace" "$work/$1.alerts"
}

differs() {
	[ -s "$2" ] && ! cmp -s "$1" "$2" && return
	echo "alerts are the same, or there are none" >&2
	return 1
}

pool_start || finish
record_case benign 0 -- worker "127.0.0.1:$pool_port"
record_case memfd 1 DISGUISE=memfd -- worker -o "127.0.0.1:$pool_port" -u "$WALLET" --donate-level 1
record_case daemon 1 DISGUISE=daemon -- worker -o "127.0.0.1:$pool_port" -u "$WALLET" --donate-level 1
head -c 64 /dev/urandom >"$user/key"
chmod 644 "$user/key"
redact=(--redact-key "$user/key")
if record_case redacted 1 POOL="127.0.0.1:$pool_port" -- \
	worker -o "127.0.0.1:$pool_port" -u "$WALLET" --donate-level 1; then
	check "redacted: hashes stand there" grep -q '"wallet":"redacted:[0-9a-f]\{16\}"' "$alerts"
	for secret in "$WALLET" "${WALLET:0:12}" "127.0.0.1:$pool_port" donate-level; do
		check "redacted: not told, $secret" equal 0 "$(grep -cF -- "$secret" "$alerts")" lines
	done
fi
redact=()
# Its arguments alone speak against it: without its exec nothing does.
if record_case options 1 -- \
	worker -o "127.0.0.1:$pool_port" -u "$WALLET" --donate-level 1; then
	check "unchanged: written back" edited unchanged 'line'
	check "unchanged: same bytes" cmp "$work/unchanged.alerts" "$alerts"
	check "one byte: written back" edited byte \
		'line.replace("--donate-level", "--donate-leveX") if mine else line'
	check "one byte: other alert" differs "$alerts" "$work/byte.alerts"
	check "no exec record: written back" edited removed 'None if mine else line'
	check "no exec record: no alert" equal 0 "$(expect count "$work/removed.alerts")" alerts
fi
end "$pool"
finish
