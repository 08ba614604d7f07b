# SPDX-License-Identifier: Apache-2.0
# What the tests of the wire share: a network namespace, peers, wallets, alerts in time, the README's
# tables.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # its variables are for those who source it; lib.sh came before

# Nobody holds their keys: both are SHA-256 of "minerwatch test wallet: no key", the first 20 bytes.
WALLET_BITCOIN=1EGhUi8GKbpUzFt9YRgy1qyf63MPSVjvkY
WALLET_ETHEREUM=0x9191a9ea72c9a1b43c6c36dd3d2a60f42bfe5303
declare -A wallet_of=([cryptonote]=$WALLET [daemon]=$WALLET [bitcoin]=$WALLET_BITCOIN
	[ethereum]=$WALLET_ETHEREUM)
private=10.77.0.1
readme=$live/../../README.md
export PYTHONDONTWRITEBYTECODE=1

# Sets namespace to what runs a program in a network of our own. It is gone with its first process.
# Data in the first packet is allowed there, with no cookie asked for (1 + 2 + 4 + 0x200 + 0x400).
network_make() {
	local holder

	unshare --net sh -c "ip link set lo up && ip address add $private/24 dev lo &&
		ip address add fe80::1/64 dev lo nodad &&
		{ echo 1543 >/proc/sys/net/ipv4/tcp_fastopen || :; } &&
		echo ready && exec sleep 900" >"$work/network" 2>&1 &
	holder=$!
	children+=("$holder")
	expect line "$work/network" "$holder" 20 ready || return
	namespace=(nsenter --target "$holder" --net)
}

# peer_start PROGRAM ARGUMENT...: a program of peers/, in a session of its own, until it says ready;
# sets peer. $preload: a library it loads.
preload=
peer_start() {
	local output=$work/peer-${#children[@]}

	LD_PRELOAD=$preload "${within[@]}" setsid "$PYTHON" "$live/peers/$1" "${@:2}" \
		>"$output" 2>&1 &
	peer=$!
	children+=("$peer")
	expect line "$output" "$peer" 20 ready 2>"$work/why" && return
	not_ok "peer $*" "$(tail -n 1 "$work/why")"
	return 1
}

# A certificate of our own, for the peers that speak TLS.
certificate_make() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/certificate.pem" \
		-days 1 -subj /CN=localhost 2>"$work/why"
}

# await NAME GUARD_S CONDITION...: sets found to the alert
await() {
	local name=$1

	shift
	check "$name" expect alert "$alerts" "$@" >"$work/found" && found=$(cat "$work/found")
}

# The trace is read when the run is over: what has to be checked of it waits in a list.
delays=()
owe() { # NAME LIMIT_MS PID: the alert found, behind the process' first connect
	delays+=("$1" "$2" "$3" "$found")
}

pay() {
	local i

	for ((i = 0; i < ${#delays[@]}; i += 4)); do
		check "${delays[i]}: within ${delays[i + 1]} ms of its connect" expect delay "$records" \
			"${delays[i + 3]}" "${delays[i + 1]}" type=connect "pid=${delays[i + 2]}" \
			>"$work/ms" && echo "# ${delays[i]}: $(cat "$work/ms") ms of event time"
	done
	delays=()
}

# The second cell of the README's row that begins with this word.
readme_says() {
	awk -F ' *[|] *' -v word="$1" '$2 == word { print $3; exit }' "$readme"
}

# pattern TEXT: for ~ conditions, the text as it stands
pattern() {
	sed 's/[^A-Za-z0-9:]/[&]/g' <<<"$1"
}

# no_alert NAME PID
no_alert() {
	check "$1" equal 0 "$(expect count "$alerts" "process.pid=$2")" alerts
}
