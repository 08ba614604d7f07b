#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `minerwatch scan` among thirty ordinary processes: names the one that looks like a miner, says why in
# order, and answers by its exit code.
source "$(dirname "$0")/lib.sh"
need_root

ordinary=()
for ((i = 0; i < 30; i++)); do
	sleep 120 &
	ordinary+=($!)
	children+=($!)
done

# scan NAME CODE [OPTION...]: said is what it printed
scan() {
	local name=$1 wanted=$2

	shift 2
	said=$work/$name.said
	"$build/minerwatch" scan "$@" >"$said" 2>"$work/$name.log"
	equal "$wanted" $? "exit code"
}

says() {
	grep -qE "$1" "$said" || { echo "no line matches $1: $(tr '\n' '|' <"$said")" >&2; false; }
}

check "nothing: exit code 0" scan nothing 0 --for 2
check "nothing: says so" says '^No miner was found\.$'

standin THREADS=1 SECONDS=120 -- xmrig -o stratum+tcp://127.0.0.1:9 --donate-level 1 -p a-secret
check "one: exit code 4" scan one 4
check "one: it is named, with a verdict" says "^MINER, .*process $standin of user 0$"
check "one: alone" equal 1 "$(grep -c '^MINER\|^PERHAPS' "$said")" "the number of suspects"
check "one: where it stands" says '^  parents  '
check "one: why, with time and score" says '^ +[0-9:]{8} +[0-9]+ +[0-9]+  command line of a miner'
check "one: sustained CPU is seen within the time" says 'CPU'
check "one: secrets stay hidden" equal 0 "$(grep -c a-secret "$said")" "lines with the secret"

check "explain: an ordinary process" scan explain 4 --for 2 --explain "${ordinary[0]}"
check "explain: nothing speaks against it" says 'nothing was found that speaks against it'
check "explain: the suspect" scan suspect 4 --for 2 --explain "$standin"
check "explain: the reasons" says 'command line of a miner'
check "explain: a process that is not there" scan gone 4 --for 2 --explain 4194304
check "explain: says so" says '^There is no process 4194304'
end "$standin"
finish
