#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# First bytes: what was said on each connection is read exactly, whichever way it was said; what no
# reader knows leaves no byte; sockets that were passed on, inherited or accepted are read when armed.
. "$(dirname "$0")/lib.sh"
need_root

class_payload=7 # enum event_class
secret=payload-secret

# last_counter WHICH: of payload, as the run's last counters say
last_counter() {
	"$PYTHON" - "$records" "$1" $class_payload <<-'PYTHON'
		import json, sys
		last = 0
		for line in open(sys.argv[1], encoding="utf-8"):
		    record = json.loads(line)
		    if record["type"] == "counters":
		        last = record[sys.argv[2]][int(sys.argv[3])]
		print(last)
	PYTHON
}

# judge LINE: of generate
judge() {
	local way pid made why

	{
		read -r way
		read -r pid
		read -r made
		read -r why
	} < <(expect get way pid made skipped <<<"$1")
	if [ -n "$why" ]; then
		skip "payload $way" "this kernel cannot: $why"
		return
	fi
	check "payload $way: $made, both directions" \
		"$PYTHON" "$live/payload.py" "$records" "$way" "$pid" "$made"
}

# The bytes themselves, or as hexadecimal digits.
no_secret_in() {
	local hex found

	hex=$("$PYTHON" -c 'import sys; print(sys.argv[1].encode().hex())' "$secret") &&
		[ ${#hex} = $((2 * ${#secret})) ] || { echo "no digits to look for" >&2; return 1; }
	found=$(grep -aoE "($secret|$hex).{0,40}" "$1" | head -n 1)
	[ -z "$found" ] || { echo "found $found" >&2; false; }
}

# Both directions of each connection; other programs of the host have theirs.
at_least() {
	[ "$2" -ge "$1" ] || equal "$1" "$2" "skipped"
}

no_segment() {
	! grep -q '"type": *24\b' "$1" || { echo "a segment is in the trace" >&2; false; }
}

sensor_start payload || finish
if grep -q '^minerwatch: .*payload: ' "$log"; then
	skip payload "this kernel cannot: $(grep -m 1 'payload: ' "$log")"
	finish # nor can a socket be armed
fi
for way in v4 v6 mapped send sendmsg io_uring sqpoll fastopen split2 split8 split9 large4 large6 \
	extensions lossy mptcp json page behind height other; do
	"$build/generate" payload 17 $way >>"$work/made" 2>"$work/why" ||
		not_ok "make payload $way" "$(tail -n 1 "$work/why")"
done
sensor_stop || finish
while read -r line; do
	judge "$line"
done <"$work/made"
check "no byte of an unknown payload in the trace" no_secret_in "$records"
check "no segment in the trace" no_segment "$records"
check "skipped: 2 directions of 17 connections twice, 10 pages of 17" at_least 238 "$(last_counter skipped)"
check "dropped: none" equal 0 "$(last_counter dropped)" "payload dropped"

for way in inherited passed accepted connected; do
	"$build/socket-scan" $way 2>"$work/why"
	case $? in
	0) ok "socket $way: seen once, armed, read, armed again" ;;
	77) skip "socket $way" "this kernel cannot look at files of others" ;;
	*) not_ok "socket $way" "$(tail -n 1 "$work/why")" ;;
	esac
done
finish
