#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every kept trace gives the alerts that were kept with it, byte for byte, as an ordinary user, by both
# binaries; each alert validates.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
digest=$("$build/minerwatch-offline" check-config | sed -n 's/^rules //p')
as_user=()
[ "$(id -u)" = 0 ] && as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
chmod 755 "$work"
cp "$build/minerwatch" "$build/minerwatch-offline" "$work"
"$build/minerwatch-offline" schema >"$work/schema.json"
for trace in tests/replay/cases/*.trace; do
	name=$(basename "$trace" .trace)
	sed "s/@RULES@/$digest/g" "${trace%.trace}.alerts" >"$work/$name.expected"
	cp "$trace" "$work/$name.trace"
	chmod 644 "$work/$name.trace"
	for binary in minerwatch minerwatch-offline; do
		if "${as_user[@]}" "$work/$binary" replay "$work/$name.trace" >"$work/$name.alerts" 2>"$work/$name.log" &&
			cmp "$work/$name.alerts" "$work/$name.expected"; then
			echo "ok $name: $binary, $(wc -l <"$work/$name.alerts") alerts"
		else
			echo "not ok $name: $binary: alerts differ from those kept"
			grep -v 'recorded with other rules' "$work/$name.log"
			diff <(jq -S . "$work/$name.expected") <(jq -S . "$work/$name.alerts") | head -n 40
			failed=1
		fi
	done
	if [ ! -s "$work/$name.alerts" ] ||
		python3 tests/tools/validate_alerts.py "$work/schema.json" "$work/$name.alerts" >"$work/$name.log"; then
		echo "ok $name: alerts validate"
	else
		echo "not ok $name: alerts do not validate"
		cat "$work/$name.log"
		failed=1
	fi
done
exit $failed
