#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the container runtimes and the servers of the list `packages` without letting any of them
# start.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
policy=/usr/sbin/policy-rc.d
units=(docker.service docker.socket containerd.service podman.service podman.socket
	podman-restart.service podman-auto-update.service podman-auto-update.timer
	redis-server.service postgresql.service nginx.service)

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# 101 is policy-rc.d's answer for "forbidden". A policy that the host already has is obeyed, never
# replaced: where it lets engines start, installing is refused rather than done behind its owner's
# back.
forbid_starts() {
	if [ -e "$policy" ]; then
		local rc=0
		"$policy" docker start || rc=$?
		[ "$rc" -eq 101 ] && return
		echo "install.sh: $policy lets services start; install these by hand: ${missing[*]}" >&2
		exit 3
	fi
	trap 'rm -f "$policy"' EXIT
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
}

# Under systemd the packages enable their units for the next boot as well. What was already enabled
# was somebody's choice and stays.
unit_enabled() {
	systemctl is-enabled --quiet "$1" 2>/dev/null
}

missing=()
while read -r package; do
	installed "$package" || missing+=("$package")
done <"$here/packages"
[ "${#missing[@]}" -gt 0 ] || exit 0

kept=" "
for unit in "${units[@]}"; do
	if unit_enabled "$unit"; then kept+="$unit "; fi
done
forbid_starts
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
for unit in "${units[@]}"; do
	if [[ $kept != *" $unit "* ]] && unit_enabled "$unit"; then
		systemctl disable --quiet "$unit"
	fi
done
