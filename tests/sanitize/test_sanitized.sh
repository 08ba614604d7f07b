#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The unit tests and those of replay once more, built with address and undefined-behaviour sanitizers.
set -u
cd "$(dirname "$0")/../.." || exit 1
plain=${BUILD:-build}
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
# A report is no exit code of ours; the address sanitizer's allocations cannot be made to fail.
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99 BUILD=$build
tests/replay/test_kept.sh || failed=1
tests/replay/test_compare.sh || failed=1
BEFORE=$(gcc -print-file-name=libasan.so) FAULT_SO=$plain/fault.so KINDS="read write open" \
	tests/replay/test_faults.sh || failed=1
exit $failed
