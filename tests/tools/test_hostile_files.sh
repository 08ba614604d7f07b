#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Rules and configuration that are no files to be believed are refused with exit code 2, at once and with
# the reason.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/hostile_files.sh
build=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
mkdir "$work/rules"

# refused NAME TEXT ARGUMENT...
refused() {
	local code

	timeout 10 "$build/minerwatch" "${@:3}" >"$work/out" 2>"$work/errors"
	code=$?
	if [ $code = 2 ] && grep -qF -- "$2" "$work/errors"; then
		echo "ok $1"
	else
		echo "not ok $1: exit code $code, $(head -n 1 "$work/errors")"
		failed=1
	fi
}

for kind in $hostile_kinds; do
	if [ $kind = owner ] && [ "$(id -u)" != 0 ]; then
		echo "skip $kind: this host cannot give files away without root"
		continue
	fi
	said=$(hostile_said $kind)
	for file in names.add.list digests.add.list weights.conf; do
		hostile_make $kind "$work/rules/$file"
		refused "$file: $kind" "$said" check-config --rules "$work/rules"
		refused "$file: $kind, run" "$said" run --rules "$work/rules"
		rm -r "${work:?}/rules/$file"
	done
	[ $kind = outside ] && continue # a configuration file lies in no directory of rules
	hostile_make $kind "$work/config.yaml"
	refused "configuration: $kind" "$said" check-config --config "$work/config.yaml"
	refused "configuration: $kind, run" "$said" run --config "$work/config.yaml"
done
printf 'a%.0s' {1..5000} >"$work/rules/digests.add.list"
refused "digests.add.list: a line of 5,000 bytes" "digests.add.list:1: line is longer" check-config --rules "$work/rules"
exit $failed
