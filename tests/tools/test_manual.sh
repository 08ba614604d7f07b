#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The manual renders without a warning, and names the commands and options that --help does: no other, none
# less.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# same NAME WANTED GOT: lists of words
same() {
	if [ -n "$2" ] && [ "$2" = "$3" ]; then
		echo "ok $1"
	else
		echo "not ok $1: $(diff <(xargs -n 1 <<<"$2") <(xargs -n 1 <<<"$3") | grep '^[<>]' | xargs)"
		failed=1
	fi
}

options() { # of a text
	grep -oE -- '--[a-z][a-z-]*' | grep -vxE -- '--(help|version)' | sort -u | xargs
}

# of COMMAND: those of its --help
options_of() {
	"$build/minerwatch" "$1" --help | grep -oE '^  --[a-z-]+' | options
}

# A paragraph a line; no word is broken.
groff -ww -man -Tascii -rLL=9999n -rHY=0 -P-cbou tools/man/minerwatch.8 >"$work/page" 2>"$work/warnings"
code=$?
if [ $code -eq 0 ] && [ ! -s "$work/warnings" ]; then
	echo "ok it renders without a warning"
else
	echo "not ok it renders without a warning: exit code $code, $(head -n 3 "$work/warnings")"
	failed=1
fi
sed '/^SYNOPSIS/,/^DESCRIPTION/!d' "$work/page" >"$work/synopsis"
sed '/^SYNOPSIS/,/^DESCRIPTION/d' "$work/page" >"$work/text"
commands=$("$build/minerwatch" --help | sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
same "commands" "$(sort <<<"$commands" | xargs)" "$(grep -oE '^ +minerwatch .*' "$work/synopsis" |
	sed -E 's/\[[^]]*\]//g; s/ +minerwatch +//; / \| /!s/ .*//; s/ \| /\n/g' | grep -vx -- --version | sort -u | xargs)"
for command in $commands; do
	of=$(grep -E "^ +minerwatch +$command( |$)" "$work/synopsis" | options)
	case $command in
	check-config) of=$(grep -qE 'check-config +\[options of run\]' "$work/synopsis" && options_of run) ;;
	schema | help) continue ;; # have none
	esac
	same "options of $command" "$(options_of "$command")" "$of"
done
same "each is explained, no other is named" \
	"$(for command in $commands; do options_of "$command"; done | options)" "$(options <"$work/text")"
exit $failed
