#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Becomes program $1 with the arguments read from stdin, one a line, argv[0] first: so no command
# line but the program's own ever carries them. CPU $2 alone is left to it, if that is given; before,
# it moves into the cgroup STANDIN_CGROUP, a directory.
mapfile -t argv
if [ -n "${STANDIN_CGROUP:-}" ]; then
	echo 0 >"$STANDIN_CGROUP/cgroup.procs" || exit 1
fi
if [ -n "$2" ]; then
	taskset -p -c "$2" $$ >/dev/null || exit 1
fi
exec </dev/null
exec -a "${argv[0]}" "$1" "${argv[@]:1}"
