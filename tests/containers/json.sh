# SPDX-License-Identifier: Apache-2.0
# Prints shell words as JSON strings and arrays, so that the rigs need no JSON tool.
# shellcheck shell=bash

json_string() {
	local text=$1
	if [[ $text == *[[:cntrl:]]* ]]; then
		echo "json_string: control character refused" >&2
		return 1
	fi
	text=${text//\\/\\\\}
	printf '"%s"' "${text//\"/\\\"}"
}

json_array() {
	local separator='' word
	printf '['
	for word in "$@"; do
		printf '%s' "$separator"
		json_string "$word" || return
		separator=,
	done
	printf ']'
}
