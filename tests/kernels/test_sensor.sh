#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# In a guest, in one run: every hook is seen, a command line, words on the wire and arithmetic are
# each an alert, and the trace replays.
. "$(dirname "$0")/../live/lib.sh"

# await NAME CONDITION...
await() {
	local name=$1

	shift
	check "$name" expect alert "$alerts" 120 action=opened "$@" >/dev/null
}

standin SERVE=127.0.0.1:54321 THREADS=0 SECONDS=600 -- stub || finish
sensor_start sensor || finish
standin SECONDS=600 THREADS=0 DIALECT=cryptonote SEND=write POOL=127.0.0.1:54321 USER="$WALLET" \
	AGENT=talker/1.2 -- a && talker=$standin
standin SECONDS=600 ROUNDING=1 THREADS=1 -- b && burner=$standin
standin SECONDS=600 THREADS=0 -- xmrig -o 127.0.0.1:54321 -u "$WALLET" --donate-level 1
await "sensor: a command line is an alert" "process.pid=$standin" findings.detector=miner_option
if grep -q '^[^ ]* [^ ]* cgroup2 ' /proc/mounts; then
	await "sensor: a handshake is an alert, with its wallet" "process.pid=$talker" \
		findings.detector=stratum_handshake "indicators.wallet=$WALLET"
fi
await "sensor: RandomX's arithmetic is an alert" "process.pid=$burner" \
	findings.detector=randomx_rounding
end "$burner"
sensor_stop_and_replay || finish
case $(uname -r) in
5.10.*) ;; # sockets are missing there, as doctor says
*) grep -q '^[^ ]* [^ ]* cgroup2 ' /proc/mounts && check "sensor: nothing degraded" \
	expect degraded "$records" ;;
esac
finish
