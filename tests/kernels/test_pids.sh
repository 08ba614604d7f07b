#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Row S9, in a guest, whose processes may run out of numbers: each number is used again and again, by
# miners and by innocent programs, and no alert takes one for another.
# MINERWATCH_LONG=1: 20,000 processes instead of 400.
. "$(dirname "$0")/../live/lib.sh"

processes=400 miners=20 # alerts opened within a minute are limited to 60
[ -z "${MINERWATCH_LONG:-}" ] || processes=20000
pid_max=400 # some 100 numbers: those below 300 are not given out again

# Its session is its own before its arguments say anything, so each is a workload of its own.
cat >"$work/miner" <<'MINER'
#!/bin/bash
exec true -o stratum+tcp://192.0.2.7:3333 -u "$1" --donate-level 1
MINER
chmod 755 "$work/miner"

run_all() {
	local i every=$((processes / miners))

	for ((i = 0; i < processes; i++)); do
		if ((i % every == 0)); then
			(exec setsid "$work/miner" "rig-$i")
		else
			(exec true "innocent-$i")
		fi
	done
}

echo $pid_max >/proc/sys/kernel/pid_max || { skip S9 "this kernel cannot have so few pids"; finish; }
sensor_start pids || finish
run_all
check "S9: the last miner is reported" expect alert "$alerts" 60 action=opened \
	"process.args=rig-$((processes - processes / miners))" >/dev/null
sensor_stop_and_replay || finish
check "S9: $processes processes, $miners of them miners: no wrong join" \
	"$PYTHON" "$(dirname "$0")/joins.py" "$records" "$alerts" $processes $miners >"$work/said" &&
	sed 's/^/# S9: /' "$work/said"
finish
