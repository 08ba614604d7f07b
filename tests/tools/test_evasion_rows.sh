#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each attack on the sensor, S1 to S10, stands once in README's table, with a test that there is and that
# says the row's number.
set -u
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0

# test_of ROW: the last cell of its one row
test_of() {
	awk -F ' *[|] *' -v row="$1" '$2 == row { print $(NF - 1) }' README.md
}

for ((n = 1; n <= 10; n++)); do
	test=$(test_of "S$n")
	test=${test#\`} test=${test%\`}
	if [ ! -f "$test" ]; then
		why="README names no one test that there is, but '$test'"
	elif ! grep -qw "S$n" "$test"; then
		why="$test does not say it"
	else
		echo "ok S$n: $test"
		passed=$((passed + 1))
		continue
	fi
	echo "not ok S$n: $why"
	failed=$((failed + 1))
done
echo "$passed passed, $failed failed, 0 skipped"
exit $((failed > 0))
