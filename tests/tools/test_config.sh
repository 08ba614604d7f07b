#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What run, record and check-config say of a configuration file: exit code, file and line.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# row NAME EXIT-CODE TEXT-ON-STDERR FILE'S-TEXT COMMAND...
row() {
	local code

	printf '%b' "$4" >"$work/config.yaml"
	"$build/minerwatch" "${@:5}" --config "$work/config.yaml" >"$work/out" 2>"$work/errors"
	code=$?
	if [ $code = "$2" ] && grep -qF -- "$3" <(cat "$work/errors"; echo); then
		echo "ok $1"
	else
		echo "not ok $1: exit code $code, $(head -n 1 "$work/errors")"
		failed=1
	fi
}

mkdir "$work/rules" "$work/bad"
echo 'pool.example' >"$work/rules/pools.add.list"
echo 'x' >"$work/bad/pools.ad.list"
all="rules: $work/rules\nalerts: /nowhere/a\nrecord: /nowhere/t\nrecord-max: 2M\nfor: 7\nfail-on: high
cluster: c\nnode: n\nstatus: /nowhere/at/all/s\nredact: true\nredact-key: $work/key\npin: /nowhere/p\nstate: /nowhere/s\n"
head -c 32 /dev/zero >"$work/key"
head -c 31 /dev/zero >"$work/short"
for command in check-config "record -o $work/trace" run; do
	# shellcheck disable=SC2086
	{
		row "${command%% *}: unknown key" 2 "$work/config.yaml:2: clusters: no such option" \
			'for: 5\nclusters: a\n' $command
		row "${command%% *}: wrong value" 2 "$work/config.yaml:1: for: expected" 'for: 5s\n' $command
		row "${command%% *}: not YAML" 2 "$work/config.yaml:2: not YAML" 'for: 5\n\tnode: a\n' $command
		row "${command%% *}: rules of the file" 2 "$work/bad/pools.ad.list: " "rules: $work/bad\n" $command
		row "${command%% *}: a key twice" 2 "$work/config.yaml:2: for: is there twice" \
			'for: 5\nfor: 5\n' $command
	}
done
row "check-config: all keys, nothing opened" 0 "" "$all" check-config
row "check-config: command line over file" 2 "$work/bad/pools.ad.list: " "$all" check-config --rules "$work/bad"
row "check-config: the key of hashes" 2 "$work/short: has 31 bytes" "redact-key: $work/short\n" check-config
row "run: the key of hashes" 2 "$work/short: has 31 bytes" "redact-key: $work/short\n" run
row "check-config: its command line too" 2 "--for 5s: expected" "$all" check-config --for 5s
NODE_NAME=$(printf 'n%.0s' {1..254}) row "check-config: the environment too" 2 "NODE_NAME in the environment" \
	"cluster: a\n" check-config
exit $failed
