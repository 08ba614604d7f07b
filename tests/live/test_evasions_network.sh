#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each way round a network sensor is caught, or is not caught just as the README's table says: the rows
# N1 to N14. Those that need a minute run beside the others.
. "$(dirname "$0")/lib.sh"
. "$live/network.sh"
need_root

generate=$build/generate
words=findings.detector=stratum_handshake
arithmetic=findings.detector=randomx_rounding
link_local='[fe80::1%1]' # loopback is interface 1 of every namespace
preloaded=$work/thread.so

# says ROW TEXT: the README's table and this test agree about the row
says() {
	check "$1 stands in the README as: $2" equal "$2" "$(readme_says "$1")" "README"
}

# words_caught ROW NAME CONTROL...: a talker is named by what it says; sets found
words_caught() {
	local name="$1 $2"

	shift 2
	standin SECONDS=150 THREADS=0 KEEPALIVE=5 USER="$WALLET" "$@" -- a || return
	await "$name" 60 "process.pid=$standin" "$words" "indicators.wallet=$WALLET"
}

# A library with a thread of the sums, for programs of other kinds.
build_preloaded() {
	gcc -shared -fPIC -O2 -iquote "$live/../../tools/standin" -o "$preloaded" \
		"$live/preload/thread.c" "$live/../../tools/standin/standin_arithmetic.c" \
		"$live/../../tools/standin/standin_round.c" 2>"$work/why"
}

# What needs time: flows that are watched for a minute, sockets armed by the pass over suspects.
start_slow() {
	peer_start tls_peer.py talk 127.0.0.1 443 150 busy=1 && nameless=$peer
	peer_start tls_peer.py talk 127.0.0.1 443 150 busy=1 name=www.example && named=$peer
	if build_preloaded; then
		preload=$preloaded
		peer_start tls_peer.py talk 127.0.0.1 443 150 && n7=$peer
		peer_start udp_peer.py 150 && n11=$peer
		preload=
	fi
	n7_until=$((SECONDS + 115))
	standin SECONDS=150 ROUNDING=1 DUTY=20 -- a && n14=$standin
	standin SECONDS=150 THREADS=0 DIAL="127.0.0.1:$dialled" KEEPALIVE=600 -- stub
	standin SECONDS=150 ROUNDING=1 DUTY=20 KEEPALIVE=5 POOL="127.0.0.1:$dialled" \
		SOCKET=accepted USER="$WALLET" -- a && n6=$standin
}

case_n1() {
	says N1 caught
	if [ "$(cat /proc/sys/kernel/io_uring_disabled 2>/dev/null || echo 0)" != 0 ]; then
		skip "N1 io_uring" "this host has no io_uring: it is switched off"
		return
	fi
	words_caught N1 "io_uring connect and send" SEND=uring POOL="127.0.0.1:$pool_port"
	words_caught N1 "io_uring with a kernel thread (SQPOLL)" SEND=sqpoll POOL="127.0.0.1:$pool_port"
}

case_n2() {
	says N2 caught
	words_caught N2 "Fast Open" SEND=fastopen POOL="127.0.0.1:$pool_port"
	within=("${namespace[@]}")
	words_caught N2 "Fast Open, data in the first packet" SEND=fastopen POOL=127.0.0.1:3333
	within=()
}

# The trace tells later. The many come last: a cgroup's connects are reported up to a budget.
start_n3() {
	"$generate" sockaddr 1 absent >"$work/absent" 2>"$work/why" ||
		not_ok "N3 sockaddr on an absent page" "$(tail -n 1 "$work/why")"
	"${namespace[@]}" "$generate" sockaddr 20000 flip "$work/truth" >"$work/flip" 2>"$work/why" ||
		not_ok "N3 sockaddr flipped" "$(tail -n 1 "$work/why")"
}

# Of the connects the sensor reported, how many it saw go elsewhere than they went.
flips_are_true() {
	"$PYTHON" - "$records" "$work/truth" "$(expect get pid <"$work/flip")" <<-'PY'
		import json, sys
		truth = dict(line.split() for line in open(sys.argv[2]))
		both = len(set(truth.values())) == 2
		seen = wrong = 0
		for line in open(sys.argv[1]):
		    if '"connect"' not in line:
		        continue
		    record = json.loads(line)
		    if record["type"] == "connect" and str(record["pid"]) == sys.argv[3]:
		        seen += 1
		        address = record["destination"].removeprefix("::ffff:")
		        wrong += truth.get(address) != str(record["destination_port"])
		print(f"# N3 {len(truth)} flipped connects, {seen} reported, {wrong} wrongly")
		print(f"{wrong} of {seen} wrong, both ports used: {both}", file=sys.stderr)
		sys.exit(wrong != 0 or seen < 1000 or not both)
	PY
}

absent_is_true() {
	[ "$(expect count "$records" type=connect "pid=$(expect get pid <"$work/absent")" \
		destination=::ffff:127.0.0.1)" = 1 ] && return
	echo "not seen with its true address" >&2
	return 1
}

case_n3() {
	says N3 caught
	check "N3 sockaddr flipped: no wrong address" flips_are_true
	check "N3 sockaddr on an absent page: the true address" absent_is_true
}

case_n4() {
	local why

	says N4 caught
	why=$("$generate" connect 1 int80 2>/dev/null | expect get skipped)
	if [ -n "$why" ]; then
		skip "N4 ia32 gate" "this kernel cannot: $why"
		return
	fi
	words_caught N4 "ia32 gate" SEND=int80 POOL="127.0.0.1:$pool_port"
}

case_n5() {
	local socket

	says N5 caught
	for socket in passed taken inherited; do
		words_caught N5 "$socket socket: names who talks" SOCKET=$socket \
			POOL="127.0.0.1:$pool_port"
	done
}

# Its login was said before anybody suspected it: what is read is its next sign of life.
case_n6() {
	says N6 caught
	await "N6 the pool dials in" 60 "process.pid=$n6" "$words"
}

case_n7() {
	says N7 caught
	if [ ! -e "$preloaded" ]; then
		skip "N7 TLS to 443" "this host has no compiler, or no sources"
		return
	fi
	sleep $((n7_until > SECONDS ? n7_until - SECONDS : 0)) # an age to reach, not an event
	end "$n7"
	await "N7 TLS to 443, with rounding: the alert names both" 20 "process.pid=$n7" "$arithmetic" \
		findings.detector=quiet_tls_flow
}

# With other weights the same trace alerts: so the finding was made, and did not alert by itself.
quiet_was_found() {
	local weights=$live/../../src/rules/weights.conf pid name

	mkdir "$work/rules"
	if ! sed -E 's/^(weight +quiet_tls_flow +[^ ]+ +[^ ]+ +)[^ ]+/\10.900/' "$weights" \
		>"$work/rules/weights.conf" 2>"$work/why"; then
		skip "N7 quiet TLS without rounding" "this host has no sources"
		return
	fi
	"$build/minerwatch" replay --rules "$work/rules" "$trace" >"$work/heavy" 2>"$work/why"
	for pid in "$nameless" "$named"; do
		name="N7 quiet TLS without rounding, $([ "$pid" = "$named" ] && echo unlisted || echo no) name"
		no_alert "$name: no alert by itself" "$pid"
		check "$name: the finding" expect alert "$work/heavy" 0 "process.pid=$pid" \
			findings.detector=quiet_tls_flow >"$work/found"
	done
}

case_n8() {
	says N8 caught
	words_caught N8 "a pool on loopback" POOL="127.0.0.1:$pool_port"
	words_caught N8 "through an HTTP proxy" VIA="connect:127.0.0.1:$pool_port" POOL=pool.example:3333
	words_caught N8 "through a SOCKS5 proxy" VIA="socks5:127.0.0.1:$pool_port" POOL=pool.example:3333
	within=("${namespace[@]}")
	words_caught N8 "a stratum proxy at a private address" NETNS=1 POOL="$private:3333"
	within=()
	await "N8 a stratum proxy at a private address: named so" 20 "process.pid=$standin" \
		findings.detector=stratum_proxy
}

case_n9() {
	says N9 caught
	words_caught N9 IPv6 POOL="[::1]:$pool_port"
	words_caught N9 "IPv4 in an IPv6 socket" POOL="[::ffff:127.0.0.1]:$pool_port"
	check "N9 ... the pool's address folded" grep -q -F "\"127.0.0.1:$pool_port" <<<"$found"
	within=("${namespace[@]}")
	words_caught N9 link-local NETNS=1 POOL="$link_local:3333"
	within=()
}

# The name is not seen; what is said is. Behind TLS nothing is left but how the flow behaves (N7).
case_n10() {
	says N10 "by its words or its arithmetic; the name is not"
	words_caught N10 "no name anywhere" POOL="127.0.0.1:$pool_port"
	within=("${namespace[@]}")
	peer_start tls_peer.py talk 127.0.0.1 443 60 ask=tcp:127.0.0.1:pool.supportxmr.com && n10=$peer
	within=()
}

case_n11() {
	says N11 "by its arithmetic"
	if [ ! -e "$preloaded" ]; then
		skip "N11 tunnel over UDP" "this host has no compiler, or no sources"
		return
	fi
	await "N11 tunnel over UDP: by its arithmetic" 30 "process.pid=$n11" "$arithmetic"
	end "$n11"
}

case_n12() {
	says N12 "by its arithmetic; its relay by its words"
	standin SECONDS=150 THREADS=0 RELAY="unix:$work/relay" POOL="127.0.0.1:$pool_port" -- a || return
	n12=$standin
	standin SECONDS=150 ROUNDING=1 DUTY=20 KEEPALIVE=5 POOL="unix:$work/relay" USER="$WALLET" \
		-- a || return
	await "N12 relay: by its words" 60 "process.pid=$n12" "$words" "indicators.wallet=$WALLET"
	await "N12 behind the relay: by its arithmetic" 60 "process.pid=$standin" "$arithmetic"
}

case_n13() {
	says N13 caught
	within=("${namespace[@]}")
	words_caught N13 "in a network namespace of its own" POOL=127.0.0.1:3333
	within=()
}

case_n14() {
	says N14 "by its arithmetic"
	await "N14 no network: by its arithmetic" 60 "process.pid=$n14" "$arithmetic"
}

check "evasions: a network of our own" network_make || finish
check "evasions: a certificate" certificate_make || finish
pool_port=$(expect free_port 3333 13333 14444) || finish
dialled=$(expect free_port 23333 23334 23335) || finish
standin SERVE="127.0.0.1:$pool_port,[::1]:$pool_port" THREADS=0 SECONDS=300 -- stub || finish
peer_start tls_peer.py serve 127.0.0.1 443 "$work/certificate.pem" "$work/key.pem" || finish
within=("${namespace[@]}")
standin SERVE="127.0.0.1:3333,$private:3333,$link_local:3333" NETNS=1 THREADS=0 SECONDS=300 -- stub ||
	finish
peer_start tls_peer.py serve 0.0.0.0 443 "$work/certificate.pem" "$work/key.pem" || finish
peer_start dns_peer.py 127.0.0.1 pool.supportxmr.com=127.0.0.5 || finish
within=()

sensor_start evasions || finish
start_slow
for row in 1 2 4 5 8 9 10 12 13 14 11 6 7; do
	found=
	case_n$row
done
start_n3
sensor_stop_and_replay || finish
case_n3
quiet_was_found
no_alert "N10 a name asked for over TCP, then TLS: not caught" "$n10"
finish
