#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The Debian package in a world of its own (copies of /usr, /etc, /var that are gone afterwards): dpkg
# installs it, systemd (a user's manager that root runs) keeps its unit with all its settings.
if [ -z "${MINERWATCH_WORLD:-}" ]; then
	exec env MINERWATCH_WORLD=1 unshare --mount --propagation private "$0" "$@"
fi
. "$(dirname "$0")/lib.sh"
need_root

export XDG_RUNTIME_DIR=/run/manager XDG_CONFIG_HOME=/run/config HOME=/run/home
unit=minerwatch.service
groups=() # cgroups of the manager

world_make() {
	local directory hierarchy

	mount -t tmpfs tmpfs /run || return
	mkdir -p /run/systemd/system /run/systemd/inaccessible/dir "$XDG_RUNTIME_DIR/systemd" \
		"$XDG_CONFIG_HOME/systemd/user" "$HOME" "$work/over"
	chmod 0700 "$XDG_RUNTIME_DIR"
	# What systemd puts over what a unit must not see.
	: >/run/systemd/inaccessible/reg
	mkfifo /run/systemd/inaccessible/fifo
	chmod 000 /run/systemd/inaccessible/*
	mount -t tmpfs tmpfs "$work/over" || return
	for directory in usr etc var; do
		mkdir "$work/over/$directory" "$work/over/$directory.work"
		mount -t overlay overlay -o "lowerdir=/$directory,upperdir=$work/over/$directory,workdir=$work/over/$directory.work" \
			"/$directory" || return
	done
	for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
		[ -e "$hierarchy/cgroup.procs" ] || continue
		mkdir "$hierarchy/minerwatch-package-$$" && groups+=("$hierarchy/minerwatch-package-$$")
	done
}

manager_start() {
	(
		for group in "${groups[@]}"; do
			echo "$BASHPID" >"$group/cgroup.procs"
		done
		exec /lib/systemd/systemd --user --unit=basic.target >"$work/manager.log" 2>&1
	) &
	manager=$!
	children+=("$manager")
	until_true 10 "systemd --user" manager_listens
}

manager_listens() {
	[ -S "$XDG_RUNTIME_DIR/systemd/private" ] || { tail -n 1 "$work/manager.log" >&2; false; }
}

# Its processes and cgroups go with the manager.
manager_stop() {
	local group

	systemctl --user stop "$unit" 2>/dev/null
	kill -TERM "$manager" 2>/dev/null
	wait "$manager" 2>/dev/null
	for group in "${groups[@]}"; do
		find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
	done
	return 0
}

ask() { # PROPERTY
	systemctl --user show --property "$1" --value "$unit"
}

is_active() {
	equal active "$(ask ActiveState)" "ActiveState (StatusText $(ask StatusText))"
}

# Another process than before, and ready.
restarted() { # OLD-PID
	[ "$(ask MainPID)" != "$1" ] || { echo "MainPID is $1 yet" >&2; return 1; }
	is_active
}

exposure() { # at most 2.8
	systemd-analyze security --offline=true --no-pager --threshold=28 "$1" >"$work/exposure" 2>&1 ||
		{ tail -n 1 "$work/exposure" >&2; return 1; }
}

# Each cross has a line in the unit that says why.
explained() {
	local name missing=

	while read -r name; do
		case $name in CapabilityBoundingSet* | RestrictAddressFamilies* | SystemCallFilter*) name=${name%%=*} ;; esac
		name=${name%%/*}
		grep -q "^#.*${name%%=*}=" "$1" || missing="$missing $name"
	done < <(sed -n 's/^✗ \([^ ]*\) .*/\1/p' "$work/exposure")
	equal "" "$missing" "crosses without a reason"
}

# Every command and every option of --help is offered.
completes() {
	local wanted got command

	# shellcheck disable=SC1091 # of the package
	. /usr/share/bash-completion/completions/minerwatch
	COMP_WORDS=(minerwatch "") COMP_CWORD=1
	_minerwatch
	wanted=$(minerwatch --help | sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' | sort | xargs)
	got=$(printf '%s\n' "${COMPREPLY[@]}" | grep -v '^--' | sort | xargs)
	equal "$wanted" "$got" "commands" || return
	for command in $wanted; do
		COMP_WORDS=(minerwatch "$command" --) COMP_CWORD=2
		_minerwatch
		equal "$(minerwatch "$command" --help | grep -oE '^  --[a-z-]+' | tr -d ' ' | sort | xargs)" \
			"$(printf '%s\n' "${COMPREPLY[@]}" | sort | xargs)" "options of $command" || return
	done
	COMP_WORDS=(minerwatch run --fail-on c) COMP_CWORD=3
	_minerwatch
	equal critical "${COMPREPLY[*]}" "what --fail-on takes" || return
	COMP_WORDS=(minerwatch run '-a/b[\' --) COMP_CWORD=3
	_minerwatch 2>"$work/completion-errors"
	equal "" "$(cat "$work/completion-errors")" "what it says on the terminal behind no option" || return
	[ "${#COMPREPLY[@]}" -gt 0 ]
}

manual_shown() {
	man minerwatch >"$work/manual" 2>"$work/man.errors" && [ ! -s "$work/man.errors" ] &&
		grep -q '^SYNOPSIS' "$work/manual" || { cat "$work/man.errors" >&2; false; }
}

alerted() {
	grep -q '"action":"opened"' /var/log/minerwatch/alerts.json
}

ended_well() {
	equal "success 0" "$(ask Result) $(ask ExecMainStatus)" "Result and status" && return
	tail -n 5 "$work/unit.log" >&2
	return 1
}

rotated() {
	logrotate --force --state "$work/logrotate" /etc/logrotate.d/minerwatch >&2
}

# dpkg_asks WANTED OPTION...: what its scripts ask of systemd, which no host's manager hears here
dpkg_asks() {
	local wanted=$1

	shift
	mkdir -p "$work/instead"
	printf '#!/bin/sh\necho "$@" >>%s\n' "$work/asked" >"$work/instead/deb-systemd-invoke"
	chmod 755 "$work/instead/deb-systemd-invoke"
	: >"$work/asked"
	PATH=$work/instead:$PATH dpkg "$@" >>"$work/dpkg.log" || return
	equal "$wanted minerwatch.service" "$(cat "$work/asked")" "what is asked of systemd"
}

something_pinned() {
	[ -n "$(ls -A /sys/fs/bpf/minerwatch)" ] || { echo "nothing is pinned" >&2; false; }
}

nothing_pinned() {
	equal "" "$(ls -A /sys/fs/bpf/minerwatch 2>/dev/null)" "what is pinned"
}

deb=$(ls "$build"/minerwatch_*.deb)
if ! world_make 2>"$work/why"; then
	skip "package" "this host has no overlay file system to install into: $(tail -n 1 "$work/why")"
	finish
fi
check "dpkg installs it, to be started" dpkg_asks start -i "$deb"
check "the unit is well-formed" systemd-analyze verify --man=no /lib/systemd/system/$unit
check "systemd-analyze security: at most 2.8" exposure /lib/systemd/system/$unit
check "each cross is explained in the unit" explained /lib/systemd/system/$unit
check "its configuration is right" minerwatch check-config --config /etc/minerwatch/minerwatch.yaml
check "completion offers all commands and options" completes
check "man finds the manual" equal /usr/share/man/man8/minerwatch.8.gz "$(man -w minerwatch)" "its place"
check "and shows it" manual_shown

# A user's manager has other places for these directories, and runs nothing outside of a unit's file
# systems ("+"), as the making of the pins' directory must.
mkdir -p -m 0700 /sys/fs/bpf/minerwatch
mkdir -p /run/minerwatch /var/lib/minerwatch /var/log/minerwatch "$XDG_CONFIG_HOME/systemd/user/$unit.d"
chmod 0700 /run/minerwatch /var/lib/minerwatch
cat >"$XDG_CONFIG_HOME/systemd/user/$unit.d/test.conf" <<-END
	[Service]
	ExecStartPre=
	ReadWritePaths=/run/minerwatch /var/lib/minerwatch /var/log/minerwatch
	StandardError=file:$work/unit.log
END
cp /lib/systemd/system/$unit "$XDG_CONFIG_HOME/systemd/user/"
check "systemd runs" manager_start || finish
check "the service becomes ready" systemctl --user start $unit
if ! check "it is active" until_true 20 "the service" is_active; then
	systemctl --user --no-pager status "$unit"
	cat "$work/unit.log" # what it said
	manager_stop
	dpkg -P minerwatch >>"$work/dpkg.log" 2>&1
	finish
fi
main=$(ask MainPID)
check "status: ready" minerwatch status --ready --status /run/minerwatch/status.sock
check "the launcher keeps what its helpers need" equal "$(printf '%016x' $((1 << 19 | 1 << 2)))" \
	"$(sed -n 's/^CapPrm:\t//p' "/proc/$main/status")" CapPrm
check "stub pool" pool_start
standin SECONDS=120 POOL="127.0.0.1:$pool_port" -- worker -o "stratum+tcp://127.0.0.1:$pool_port" -u "$WALLET"
check "a miner is alerted" until_true 10 "an alert" alerted
kill -KILL "$main"
check "killed, it is restarted" until_true 20 "another process" restarted "$main"
check "logrotate rotates" rotated
check "the service stops" systemctl --user stop $unit
check "and ended well" ended_well
check "what it pinned stays" something_pinned
check "dpkg upgrades it, to be restarted" dpkg_asks restart -i "$deb"
check "and what it pinned stays" something_pinned
check "dpkg removes it, once stopped" dpkg_asks stop -r minerwatch
check "nothing stays in the kernel" nothing_pinned
check "dpkg purges it" dpkg -P minerwatch >>"$work/dpkg.log"
check "nothing stays on disk" test ! -e /etc/minerwatch -a ! -e /var/lib/minerwatch -a ! -e /var/log/minerwatch
manager_stop
finish
