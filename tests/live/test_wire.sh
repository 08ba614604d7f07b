#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What miners say on the wire is read: each dialect, port, kind of address and way of sending; careless
# lines; names in TLS, DNS and proxies' requests. All of it in a network namespace, in one run.
. "$(dirname "$0")/lib.sh"
. "$live/network.sh"
need_root

# Each value of each column meets each value of every other one at least once (covering checks it).
rows='bitcoin 443 v4 send
bitcoin 3333 mapped uring
bitcoin 3333 private fastopen
bitcoin 54321 private write
bitcoin 54321 v6 sendmsg
cryptonote 443 mapped write
cryptonote 443 v4 fastopen
cryptonote 443 v4 sendmsg
cryptonote 3333 v6 send
cryptonote 54321 private uring
daemon 443 v6 uring
daemon 3333 mapped sendmsg
daemon 3333 v6 fastopen
daemon 54321 private send
daemon 54321 v4 write
ethereum 443 private sendmsg
ethereum 3333 v4 uring
ethereum 3333 v6 write
ethereum 54321 mapped fastopen
ethereum 54321 mapped send'
shapes='shuffled spaced newline split blanks truncated'
declare -A host_of=([v4]=127.0.0.1 [v6]='[::1]' [mapped]='[::ffff:127.0.0.1]' [private]=$private)
declare -A told_as=([v4]=127.0.0.1 [v6]='[::1]' [mapped]=127.0.0.1 [private]=$private)
listed=pool.supportxmr.com asked=xmr.2miners.com
unlisted=supportxmr.com.example # ends with no listed name
tls=8443

covering() {
	"$PYTHON" - "$rows" <<-'PY'
		import itertools, sys
		rows = [row.split() for row in sys.argv[1].splitlines()]
		for one, other in itertools.combinations(range(4), 2):
		    met = {(row[one], row[other]) for row in rows}
		    wanted = set(itertools.product({r[one] for r in rows}, {r[other] for r in rows}))
		    if met != wanted:
		        sys.exit(f"no row has {sorted(wanted - met)}")
	PY
}

# talk NAME DIALECT PORT ADDRESS WAY [CONTROL...]: a talker that is awaited later
talkers=()
talk() {
	local name=$1 dialect=$2 port=$3 address=$4 way=$5

	shift 5
	standin SECONDS=120 THREADS=0 NETNS=1 DIALECT="$dialect" SEND="$way" \
		POOL="${host_of[$address]}:$port" USER="${wallet_of[$dialect]}" AGENT=talker/1.2 \
		WORKER=rig7 "$@" -- a || return
	talkers+=("$name" "$standin" "${wallet_of[$dialect]}" "${told_as[$address]}:$port")
}

# Names the wallet and the pool, whichever of its alerts does.
await_talkers() {
	local i name pid

	for ((i = 0; i < ${#talkers[@]}; i += 4)); do
		name=${talkers[i]} pid=${talkers[i + 1]}
		await "$name: wallet and pool" 10 "process.pid=$pid" \
			findings.detector=stratum_handshake "indicators.wallet=${talkers[i + 2]}" \
			"indicators.pool~$(pattern "${talkers[i + 3]}")" || continue
		owe "$name" 1000 "$pid"
	done
	talkers=()
}

case_matrix() {
	local dialect port address way

	check "wire: the rows cover each pair" covering
	while read -r dialect port address way; do
		talk "wire: $dialect, port $port, $address, $way" "$dialect" "$port" "$address" "$way"
	done <<<"$rows"
	await_talkers
	await "wire: agent and worker" 10 "indicators.wallet=$WALLET" indicators.agent=talker/1.2 \
		indicators.worker=rig7
}

# Found or not is what the README says: the table is this test's expectation.
case_shapes() {
	local shape wanted

	declare -gA shape_pid=()
	for shape in $shapes; do
		talk "line $shape" cryptonote 54321 v4 write LINE="$shape" KEEPALIVE=600 || continue
		shape_pid[$shape]=$standin
	done
	talkers=()
	for shape in $shapes; do
		wanted=()
		case $(readme_says "\`$shape\`") in
		found) wanted=("indicators.wallet=$WALLET") ;;
		"by the answer") ;;
		*) continue ;;
		esac
		await "line $shape: found" 10 "process.pid=${shape_pid[$shape]}" \
			findings.detector=stratum_handshake "${wanted[@]}" || continue
		owe "line $shape" 1500 "${shape_pid[$shape]}"
	done
}

# Once everything has had its time: what the README says is not found was not, nor its wallet.
shapes_not_found() {
	local shape says name

	for shape in $shapes; do
		says=$(readme_says "\`$shape\`") name="line $shape: $says, as the README says"
		case $says in
		found) ;;
		"by the answer")
			check "$name" equal 0 "$(expect count "$alerts" "process.pid=${shape_pid[$shape]}" \
				"indicators.wallet=$WALLET")" "alerts with the wallet"
			;;
		"not found") no_alert "$name" "${shape_pid[$shape]}" ;;
		*) not_ok "line $shape" "the README says '$says'" ;;
		esac
		echo "# line $shape: $says"
	done
}

# The wallet in the tunnel, the pool in the request to the proxy.
case_proxies() {
	local kind

	for kind in connect socks5; do
		standin SECONDS=120 THREADS=0 POOL="$listed:3333" VIA="$kind:127.0.0.1:54321" \
			USER="$WALLET" -- a || continue
		await "through $kind: wallet and pool" 10 "process.pid=$standin" \
			findings.detector=pool_name "indicators.pool~$(pattern "$listed")" || continue
		owe "through $kind" 1000 "$standin"
		await "through $kind: wallet" 10 "process.pid=$standin" "indicators.wallet=$WALLET"
	done
}

# await_name NAME DETECTOR POOL ARGUMENT...: of tls_peer.py talk
await_name() {
	local name=$1 detector=$2 pool=$3

	shift 3
	peer_start tls_peer.py talk 127.0.0.1 "$tls" 30 "$@" || return
	await "$name" 10 "process.pid=$peer" "findings.detector=$detector" \
		"indicators.pool~$(pattern "$pool")"
}

case_names() {
	await_name "TLS: a listed name" pool_name "$listed" name="$listed"
	await_name "TLS: XMRig's donation host" donate_host donate.ssl.xmrig.com \
		name=donate.ssl.xmrig.com
	await_name "DNS: a listed name" pool_name "$listed" ask="udp:127.0.0.1:$listed"
	await_name "DNS: a listed name, from a socket never connected" pool_name "$asked" \
		ask="sendto:127.0.0.1:$asked"
	peer_start tls_peer.py talk 127.0.0.1 "$tls" 30 name="$unlisted" && unnamed=$peer
	peer_start tls_peer.py talk 127.0.0.1 "$tls" 30 ask="unasked:127.0.0.7:$listed" && forged=$peer
}

check "wire: a network of our own" network_make || finish
check "wire: a certificate" certificate_make || finish
within=("${namespace[@]}")
serve=
for port in 3333 443 54321; do
	serve+="${serve:+,}127.0.0.1:$port,[::1]:$port,$private:$port"
done
standin SERVE="$serve" NETNS=1 THREADS=0 SECONDS=300 KEEPALIVE=600 -- stub || finish
peer_start tls_peer.py serve 0.0.0.0 "$tls" "$work/certificate.pem" "$work/key.pem" || finish
peer_start dns_peer.py 127.0.0.1 "$listed=127.0.0.5" "$asked=127.0.0.6" || finish

sensor_start wire || finish
case_matrix
case_shapes
case_proxies
case_names
sensor_stop_and_replay || finish
pay
shapes_not_found
no_alert "TLS: an unlisted name" "$unnamed"
no_alert "DNS: an answer nobody asked for" "$forged"
finish
