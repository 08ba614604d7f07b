#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Trying rules on the past: what --compare says of kept traces, by both binaries.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
mkdir "$work/none" "$work/lower" "$work/off" "$work/broken"
# The command line alone alerts in this trace.
trace=tests/replay/cases/daemon.trace
sed 's/^\(weight miner_option *strong *command\) [0-9.]*/\1 0.600/' src/rules/weights.conf >"$work/lower/weights.conf"
sed 's/^\(weight miner_option *[a-z]* *command\) [0-9.]*/\1 0/' src/rules/weights.conf >"$work/off/weights.conf"
echo "no such row" >"$work/broken/ports.list"

# said NAME CODE PATTERN OPTION...: the exit code, and a line that matches
said() {
	local name=$1 wanted=$2 pattern=$3 code

	shift 3
	"$build/$binary" replay "$@" "$trace" >"$work/out" 2>"$work/log"
	code=$?
	if [ "$code" = "$wanted" ] && grep -qE "$pattern" "$work/out" "$work/log"; then
		echo "ok $binary: $name"
	else
		echo "not ok $binary: $name: exit code $code"
		sed 's/^/# /' "$work/out" "$work/log"
		failed=1
	fi
}

for binary in minerwatch minerwatch-offline; do
	said "the same rules change nothing" 0 "^0 appear, 0 vanish, 0 change, [1-9][0-9]* stay" --compare embedded
	said "a lower weight changes the score" 0 "^changes .* high 85 -> medium 6[01] " \
		--rules "$work/lower" --compare embedded
	said "a weight of 0 lets it vanish" 0 "^vanishes .* high 85 " --rules "$work/off" --compare "$work/none"
	said "and the other way round it appears" 0 "^appears .* high 85 " --compare "$work/off"
	said "OLD that is not what the run was made with is said" 0 "recorded with other rules than OLD" \
		--compare "$work/off"
	said "damaged rules are refused" 2 "ports.list:1: " --compare "$work/broken"
	said "no such directory" 2 "No such file" --compare "$work/nothing"
done
exit $failed
