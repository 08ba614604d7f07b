#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The unit tests and the kept traces once more, built with address and undefined-behaviour sanitizers.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
if ! tools/as-user make -s -j"$(nproc)" --no-print-directory SANITIZE=1 all unit >"$work/log" 2>&1; then
	echo "not ok built with sanitizers"
	tail -n 20 "$work/log"
	exit 1
fi
build=build/sanitize
for test in "$build"/unit/test_*; do
	case $test in *.d) continue ;; esac
	if CMOCKA_MESSAGE_OUTPUT=TAP MINERWATCH_BPF_OBJECT=$build/minerwatch.bpf.o "$test" >"$work/log" 2>&1; then
		echo "ok ${test##*/}: $(grep -c '^ok' "$work/log") tests"
	else
		echo "not ok ${test##*/}"
		grep -vE '^ok ' "$work/log" | tail -n 40
		failed=1
	fi
done
digest=$("$build/minerwatch" check-config | sed -n 's/^rules //p')
for trace in tests/replay/cases/*.trace; do
	if "$build/minerwatch" replay "$trace" >"$work/alerts" 2>"$work/log" &&
		sed "s/@RULES@/$digest/g" "${trace%.trace}.alerts" | cmp -s - "$work/alerts"; then
		echo "ok $(basename "$trace"): the alerts that were kept"
	else
		echo "not ok $(basename "$trace")"
		tail -n 20 "$work/log"
		failed=1
	fi
done
exit $failed
