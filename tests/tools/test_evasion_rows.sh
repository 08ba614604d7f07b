#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each row of README's tables of evasions, S, P and N, is there once and has tests whose results begin with
# its number.
set -u
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0

# row_of ROW: its cells, between bars; two rows are two lines
row_of() {
	grep -E "^\| $1 \|" README.md
}

# Whether a result of one of the files begins with the row. tests/fuzz/run puts it before a harness's own,
# shell tests name it in the command that gives the result, or in a table of names.
named_in() { # ROW FILE...
	local row=$1 file pattern

	shift
	for file; do
		case $file in
		tests/fuzz/*.c) pattern="\(row $row\)" ;;
		*) pattern="^[[:space:]]*(check|await|finding|words_caught|skip) \"?${row}[: \"]|echo \"ok $row:|\]=$row\b" ;;
		esac
		grep -qE "$pattern" "$file" && return
	done
	return 1
}

# tests_of ROW: of S rows those in the last cell, each of which has such a result; of the others those that the
# text before their table names, one of which has
tests_of() {
	case $1 in
	S*) row_of "$1" | sed -nE 's/.*[|]([^|]*)[|]$/\1/p' | grep -o '`[^`]*`' | tr -d '`' |
		sed 's#^test_#tests/live/&#' | xargs ;;
	P*) echo tests/live/test_evasions_process.sh tests/live/test_content.sh ;;
	N*) echo tests/live/test_evasions_network.sh ;;
	esac
}

check_row() { # ROW
	local tests

	[ "$(row_of "$1" | wc -l)" -eq 1 ] || { echo "not one row of README"; return 1; }
	read -ra tests < <(tests_of "$1")
	[ ${#tests[@]} -gt 0 ] || { echo "README names no test"; return 1; }
	for test in "${tests[@]}"; do
		[ -f "$test" ] || { echo "there is no $test"; return 1; }
		grep -qF "${test##*/}" README.md || { echo "README does not name $test"; return 1; }
	done
	case $1 in
	S*)
		for test in "${tests[@]}"; do
			named_in "$1" "$test" || { echo "no result of $test begins with it"; return 1; }
		done
		;;
	*) named_in "$1" "${tests[@]}" || { echo "no result of ${tests[*]} begins with it"; return 1; } ;;
	esac
}

# P13, a rootkit in the kernel, is what nobody loads for a test.
for row in S{1..10} P{1..12} N{1..14}; do
	if why=$(check_row "$row"); then
		echo "ok $row: $(tests_of "$row")"
		passed=$((passed + 1))
	else
		echo "not ok $row: $why"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
exit $((failed > 0))
