#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Honest programs that talk as miners do, or where miners talk, raise no alert: all at once, in one run,
# in a network namespace where every port is free.
. "$(dirname "$0")/lib.sh"
. "$live/network.sh"
. "$live/postgres.sh"
need_root

seconds=20
running=()
names=() ports=() # where each connects to: the trace must show that the sensor saw it

# begin NAME PORT COMMAND...: a client, in the background, that ends by itself; in a session of its own,
# because what happens in one session is weighed together
begin() {
	local name=$1

	names+=("$name")
	ports+=("$2")
	shift 2
	"${within[@]}" setsid timeout --signal=KILL $((seconds + 20)) "$@" \
		>/dev/null 2>"$work/client-${#running[@]}" </dev/null &
	running+=($!)
	children+=($!)
}

has() {
	command -v "$2" >/dev/null && return
	skip "benign: $1" "this host has no $2"
	return 1
}

rpc() { # KIND PORT
	peer_start rpc_peer.py serve "$1" "$2" &&
		begin "$1" "$2" "$PYTHON" "$live/peers/rpc_peer.py" talk "$1" "$2" "$seconds"
}

https() {
	"${within[@]}" openssl s_server -quiet -www -accept 127.0.0.1:8443 -cert "$work/certificate.pem" \
		-key "$work/key.pem" -alpn http/1.1 >"$work/https" 2>&1 </dev/null &
	children+=($!)
	check "benign: HTTPS server listens" listens 8443 || return
	has curl curl && begin curl 8443 "$BASH" -c 'end=$((SECONDS + $1))
		while [ $SECONDS -lt $end ]; do
			curl --silent --fail --insecure https://127.0.0.1:8443/ || exit
			sleep 0.5
		done' curl "$seconds"
	has node node && begin node 8443 node "$live/benign/https.js" 8443 "$seconds"
}

redis() {
	has Redis redis-server || return
	"${within[@]}" redis-server --port 6379 --bind 127.0.0.1 --save '' --dir "$work" >"$work/redis" 2>&1 &
	children+=($!)
	check "benign: Redis listens" listens 6379 || return
	begin Redis 6379 redis-cli -p 6379 -r $((seconds * 2)) -i 0.5 incr jobs
}

postgresql() {
	postgres_start "benign: PostgreSQL" listen_addresses=127.0.0.1 || return
	begin PostgreSQL 5432 pgbench -h 127.0.0.1 -U bench -T "$seconds" postgres
}

web() {
	"${within[@]}" "$PYTHON" -u -m http.server --bind 127.0.0.1 --directory "$live/benign" 3333 \
		>"$work/web" 2>&1 &
	children+=($!)
	check "benign: web server listens" listens 3333 || return
	begin "web server on 3333" 3333 "$PYTHON" -c 'import sys, time, urllib.request
for _ in range(int(sys.argv[1]) * 2):
    urllib.request.urlopen("http://127.0.0.1:3333/stratum.c", timeout=10).read()
    time.sleep(0.5)' "$seconds"
}

# Whoever asks it for a page is given work, as a pool gives it: that makes no miner of the client.
hostile() {
	"${within[@]}" "$PYTHON" -c 'import socketserver
JOB = (b"{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":{\"id\":\"a\",\"job\":{\"blob\":\"1010c0\",\"job_id\":\"7\","
       b"\"target\":\"b88d0600\",\"algo\":\"rx/0\"},\"status\":\"OK\"}}\n")
class Answer(socketserver.BaseRequestHandler):
    def handle(self):
        if self.request.recv(1000):
            self.request.sendall(JOB)
socketserver.ThreadingTCPServer(("127.0.0.1", 8081), Answer).serve_forever()' >"$work/hostile" 2>&1 &
	children+=($!)
	check "benign: hostile server listens" listens 8081 || return
	begin "probe of a hostile server" 8081 "$PYTHON" -c 'import http.client, sys, time
for i in range(int(sys.argv[1]) * 2):
    probe = http.client.HTTPConnection("127.0.0.1", 8081, timeout=10)
    probe.request(("GET", "HEAD", "PUT", "POST")[i % 4], "/healthz", body=b"x" if i % 4 > 1 else None)
    try:
        probe.getresponse()
        sys.exit("it answered as web servers do")
    except http.client.BadStatusLine:
        probe.close()
    time.sleep(0.5)' "$seconds"
}

# Waits for a server that does not say when it is ready.
listens() {
	local i

	for ((i = 0; i < 100; i++)); do
		"${within[@]}" "$BASH" -c "exec 3<>/dev/tcp/127.0.0.1/$1" 2>/dev/null && return
		sleep 0.1
	done
	echo "nobody listens at $1" >&2
	return 1
}

seen_to_port() {
	[ "$(expect count "$records" type=connect "destination_port=$1")" -gt 0 ] && return
	echo "no connect record has it" >&2
	return 1
}

no_alerts() {
	[ ! -s "$alerts" ] || { jq -r .summary "$alerts" | paste -s -d '|' >&2; false; }
}

check "benign: a network of our own" network_make || finish
within=("${namespace[@]}")
check "benign: a certificate" certificate_make || finish
sensor_start wire_benign || finish
rpc language-server 8765
rpc electrum 50001
rpc chat 5222
rpc bitcoind 8332
rpc ethereum 8545
rpc selenium 4444
https
redis
postgresql
web
hostile
for i in "${!running[@]}"; do
	wait "${running[i]}" || not_ok "benign: ${names[i]}" \
		"exit code $?: $(tail -n 1 "$work/client-$i")"
done
postgres_stop
sensor_stop_and_replay || finish
for i in "${!names[@]}"; do
	check "benign: seen: ${names[i]}" seen_to_port "${ports[i]}"
done
check "benign: no alert" no_alerts
finish
