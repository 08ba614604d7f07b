#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Sample alerts of every action, the worst cases among them, pass the independent validator; the schema
# refuses what it must; random bytes come back out of an alert in two parsers.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
result() {
	if "${@:2}" >"$work/log" 2>&1; then
		echo "ok $1"
	else
		echo "not ok $1"
		tail -n 20 "$work/log"
		failed=1
	fi
}
result "samples written" "$build/alert-samples" "$work"
result "samples validate" python3 tests/tools/validate_alerts.py "$work/schema.json" "$work/alerts.ndjson"
result "redacted samples validate" python3 tests/tools/validate_alerts.py "$work/schema.json" "$work/redacted.ndjson"
result "redacted samples tell no secret" python3 tests/tools/test_redacted.py "$work/alerts.ndjson" "$work/redacted.ndjson"
result "schema refuses" python3 tests/tools/test_schema_refuses.py "$work/schema.json" "$work/alerts.ndjson"
# Every string an alert has; a million alerts in the long form.
count=5000
[ -n "${MINERWATCH_LONG:-}" ] && count=1000000
seed=${SEED:-$$}
random_alerts() {
	"$build/alert-random" $count "$seed" | python3 tests/tools/test_random.py $count
}
result "$count alerts of random bytes (SEED=$seed): parsed twice, all bytes back" random_alerts
exit $failed
