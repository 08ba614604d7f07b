#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Other rules for a running sensor: on SIGHUP and by itself, good and broken sets, under a load of
# execs; no alert is lost, and each was made by one of the two good sets (row S7).
# ROUNDS reloads (default 45; long: 10000), every third one broken.
source "$(dirname "$0")/lib.sh"
source "$live/../hostile_files.sh"
need_root

rounds=${ROUNDS:-45}
[ -n "${MINERWATCH_LONG:-}" ] && rounds=10000
rules=$work/rules

digest_of() {
	"$build/minerwatch" check-config --rules "$1" | sed -n 's/^rules //p'
}

put() { # FILE TEXT: at once, as an editor or a ConfigMap does it
	echo "$2" >"$rules/..new" && mv "$rules/..new" "$rules/$1"
}

mkdir "$rules"
# More than a minute's budget of alerts is made here.
rules_set "$rules" opened_per_minute 1000000 || exit 1
put names.add.list "first-name"
first=$(digest_of "$rules")
put names.add.list "second-name"
second=$(digest_of "$rules")

status() { # KEY
	status_get "$work/status" "$1"
}

status_is() { # KEY VALUE
	equal "$2" "$(status "$1")" "$1"
}

wait_for() { # KEY VALUE
	until_true 20 "$1" status_is "$1" "$2"
}

# said TEXT: on the sensor's stderr, behind what was read of it before; 20 s at most. Its status is
# answered a few times a second only.
said() {
	local line

	while read -r -t 20 -u "$told" line; do
		[[ $line == *"$1"* ]] && return
	done
	echo "nobody said: $1" >&2
	return 1
}

execs_start() { # a bounded load: true, over and over, until told or for 40 minutes
	(
		while [ $SECONDS -lt 2400 ] && [ ! -e "$work/enough" ]; do
			/bin/true
		done
	) &
	load=$!
	children+=("$load")
}

reloads() {
	local good=0 bad=0 i begun=$SECONDS names=(first-name second-name)

	for ((i = 1; i <= rounds; i++)); do
		if [ $((i % 3)) = 0 ]; then
			put names.add.list "broken/name"
			bad=$((bad + 1))
			kill -HUP "$sensor"
			said "the old ones stay" || return
		else
			put names.add.list "$([ $((i % 3)) = 1 ] && echo first-name || echo second-name)"
			good=$((good + 1))
			kill -HUP "$sensor"
			said "other rules are in force" || return
		fi
		[ "$i" = $((rounds / 3)) ] && before=$(memory)
		# Either name with either set, as one goes by three and the other by two.
		standin THREADS=0 SECONDS=20 -- "${names[i % 2]}" -o stratum+tcp://127.0.0.1:9 --donate-level 1 \
			--coin monero || return
	done
	echo "# $rounds reloads took $((SECONDS - begun)) s"
	wait_for rules_swaps "$good" && wait_for rules_refused "$bad" || return
	swaps=$good refusals=$bad last=$(status rules)
}

# What is no file to be believed, in the place of one that was.
hostile() {
	local kind refused=$refusals

	for kind in $hostile_kinds; do
		hostile_make "$kind" "$rules/names.add.list"
		kill -HUP "$sensor"
		refused=$((refused + 1))
		check "S7: kept out: $kind" wait_for rules_refused "$refused"
	done
	check "S7: after them, the last good set" equal "$last" "$(status rules)" rules
}

status_of_alerts() {
	"$PYTHON" - "$alerts" "$first" "$second" "$rounds" <<'EOF'
import collections, json, sys
path, first, second, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
lines = [json.loads(line) for line in open(path)]
opened = [a for a in lines if a["action"] == "opened"]
seen = collections.Counter(a["sensor"]["rules"] for a in lines)
foreign = set(seen) - {first, second}
if foreign:
    sys.exit(f"alerts of rules that never were in force: {foreign}")
if len(seen) != 2:
    sys.exit(f"alerts of one set alone: {seen}")
judged = collections.Counter()
for alert in opened:
    name = alert["process"]["args"][0]
    listed = {first: "first-name", second: "second-name"}[alert["sensor"]["rules"]]
    found = any(f["detector"] == "miner_name" for f in alert["findings"])
    if found != (name == listed):
        sys.exit(f"{name} judged by the set that lists {listed}: miner_name {found}")
    judged[name, listed] += 1
if len(judged) != 4:
    sys.exit(f"not each name judged by each set: {judged}")
if len({a["id"] for a in opened}) != rounds:
    sys.exit(f"{len({a['id'] for a in opened})} incidents opened, not {rounds}")
EOF
}

memory() { # of the sensor and its helpers, KiB
	local pid total=0

	for pid in "$sensor" $(pgrep -P "$sensor"); do
		total=$((total + $(sed -n 's/^Pss: *\([0-9]*\).*/\1/p' "/proc/$pid/smaps_rollup")))
	done
	echo "$total"
}

sensor_start reload --rules "$rules" --status "$work/status"
exec {told}< <(exec tail -n +1 -f "$log")
children+=($!)
execs_start
check "reload: $rounds reloads on SIGHUP, every third one refused" reloads
check "reload: no alert lost, none of a mixed set" status_of_alerts
after=$(memory)
echo "# longest round of the loop: $(status longest_round_us) us, over $rounds swaps and refusals"
check "reload: memory $before KiB after a third of them, $after KiB in the end" \
	[ "$after" -lt $((before + 2048)) ]
check "reload: execs all the while" kill -0 "$load"
touch "$work/enough"
wait "$load"
hostile
sensor_stop
check "reload: the trace holds each swap, for none of which a file is read again" \
	equal "$swaps" "$(grep -c '"type":"rules","flags":0,' "$records")" "the number of records"
check "reload: what was refused is said with file and line" \
	grep -q "names.add.list:1: not a file name" "$log"

# By itself: a ConfigMap's way of changing.
mkdir "$rules/..one" "$rules/..two"
rm "$rules"/*.*
echo "first-name" >"$rules/..one/names.add.list"
echo "second-name" >"$rules/..two/names.add.list"
ln -s ..one "$rules/..data"
ln -s ..data/names.add.list "$rules/names.add.list"

lead_to() { # DIRECTORY
	ln -s "$1" "$rules/..next" && mv -T "$rules/..next" "$rules/..data"
}

# The trace is opened when the rules have been read, and long before the sensor can be told anything.
in_time() {
	until_true 20 "its trace" test -e "$work/watch.trace" && lead_to ..two &&
		! grep -qx ready "$work/watch.log" && touch "$work/in-time"
}

in_time &
children+=($!)
sensor_start watch --rules "$rules" --reload auto --status "$work/status"
check "watch: changed while it starts" test -e "$work/in-time"
check "watch: such a change is not missed" wait_for rules_swaps 1
lead_to ..one
wait_for rules_swaps 2
lead_to ..two
changed=$EPOCHREALTIME
check "watch: a changed link is read without a signal" wait_for rules_swaps 3
echo "# after $(awk -v a="$changed" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f", b - a}') s"
check "watch: the set in force is the new one" equal "$(digest_of "$rules")" "$(status rules)" rules
echo "broken/name" >"$rules/..two/names.add.list"
check "S7: a broken one is kept out" wait_for rules_refused 1
check "S7: and the old one stays" wait_for rules_swaps 3

# Patterns of our own, and a program that was looked at before they came.
alerts_with() { # FILE TEXT COUNT
	equal "$3" "$(grep -c "$2" "$1")" "the number of alerts"
}

cp /bin/sleep "$work/app"
printf 'own-text-%s\n' 1 2 3 4 >>"$work/app"
setsid "$work/app" 300 </dev/null &
children+=($!)
echo "second-name" >"$rules/..two/names.add.list"
for i in 1 2 3 4; do
	echo "own-$i strong own-text-$i"
done >"$work/patterns" && mv "$work/patterns" "$rules/patterns.add.list"
check "watch: patterns are read" wait_for rules_swaps 4
touch "$rules/..two/names.add.list" # another file, the same set: no line about it below
check "watch: a program that runs is searched for other patterns" \
	until_true 60 "its alert" alerts_with "$alerts" '"action":"opened".*miner_content' 1
setsid "$work/app" 300 </dev/null &
children+=($!)
check "watch: so is one that is executed" \
	until_true 20 "its alert" alerts_with "$alerts" '"action":"opened".*miner_content' 2
mv "$rules/patterns.add.list" "$work/patterns"
check "watch: patterns are taken out" wait_for rules_swaps 5
check "watch: and what they found" \
	until_true 60 "its end" alerts_with "$alerts" '"action":"ended".*"findings":\[\]' 2
sensor_stop
check "watch: it had been looked at before" equal 0 \
	"$(grep -m 1 "\"type\":\"content\".*\"path\":\"$work/app\"" "$records" | grep -c own-1)" "patterns at first"
check "watch: of the same set read again nothing is said" equal 0 "$(grep -c 'the same' "$log")" "lines"
finish
