#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The unit tests and the kept traces once more, built with address and undefined-behaviour sanitizers.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
if ! tools/as-user make -s -j"$(nproc)" --no-print-directory SANITIZE=1 all offline unit >"$work/log" 2>&1; then
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
BUILD=$build tests/replay/test_kept.sh || failed=1
exit $failed
