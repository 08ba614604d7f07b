#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs that compute hard, or come near RandomX's arithmetic, raise no alert: 20 s each, several
# at once.
. "$(dirname "$0")/lib.sh"
. "$live/postgres.sh"
need_root

seconds=20
seen=() # an argument of each: the trace must show that the sensor saw it
running=()

# begin NAME ARGUMENT COMMAND...: in the background, ended after its time; ARGUMENT is one of its own
begin() {
	local name=$1 argument=$2

	shift 2
	if ! command -v "$1" >/dev/null; then
		skip "benign: $name" "this host has no $1"
		return
	fi
	seen+=("$argument")
	timeout --signal=KILL $((seconds + 5)) "$@" >/dev/null 2>"$work/stderr-${#running[@]}" </dev/null &
	running+=($!)
	children+=($!)
}

# Again and again until its time is over: for programs that end by themselves.
again() {
	local name=$1 argument=$2

	shift 2
	command -v "$1" >/dev/null || { skip "benign: $name" "this host has no $1"; return; }
	begin "$name" "$argument" "$BASH" -c 'end=$((SECONDS + $1)); shift
		while [ $SECONDS -lt $end ]; do "$@" || exit; done' again "$seconds" "$@"
}

# Waits for those that run; what fails is no proof.
batch() {
	local pid code

	for pid in "${running[@]}"; do
		wait "$pid"
		code=$?
		# 137: ended after its time, as programs are that have no time of their own
		[ $code = 0 ] || [ $code = 137 ] || not_ok "benign: a program of this batch" \
			"exit code $code: $(cat "$work"/stderr-* | tail -n 1)"
	done
	running=()
	rm -f "$work"/stderr-*
}

pgbench_begin() {
	postgres_start "benign: pgbench" || return
	begin pgbench postgres setpriv --reuid=nobody --clear-groups \
		pgbench -h "$postgres_data" -U bench -c 4 -T $seconds postgres
}

seen_in_argv() {
	[ "$(expect count "$records" type=exec "argv=$1")" -gt 0 ] && return
	echo "no exec record has it" >&2
	return 1
}

gcc -O2 -ffast-math -o "$work/fast-math" "$live/benign/rounding.c" -lm || exit 1
gcc -O2 -frounding-math -o "$work/rounding" "$live/benign/rounding.c" -lm || exit 1
head -c 55296000 /dev/urandom >"$work/video" # 120 frames
sensor_start randomx_benign || finish

begin fesetround fesetround "$work/rounding" fesetround $seconds
begin fast-math fast-math "$work/fast-math" fast-math $seconds
begin "two modes" two-modes "$work/rounding" two-modes $seconds
begin "openssl speed" speed openssl speed -seconds $seconds -bytes 16384 -evp sha256
begin "node's JIT" js node "$live/benign/spin.js" js $seconds
begin WebAssembly wasm node "$live/benign/spin.js" wasm $seconds
batch

begin "Java's JIT" -Xms256m java -Xms256m -Xmx256m "$live/benign/Spin.java" $seconds
again "C++ compile" "$live/benign/compile.cc" g++ -O2 -c -o "$work/compile.o" "$live/benign/compile.cc"
again xz -9e xz -9e -k -f -c "$build/standin"
again zstd --ultra zstd --ultra -19 -q -f -c "$build/standin"
pgbench_begin
batch
postgres_stop

begin "stress-ng --cpu" --cpu-method stress-ng --cpu 2 --cpu-method all -t $seconds
begin "stress-ng --matrix" --matrix-method stress-ng --matrix 2 --matrix-method all -t $seconds
begin ffmpeg testsrc2=s=640x480 ffmpeg -nostdin -v error -t 100000 -f lavfi -i testsrc2=s=640x480 \
	-c:v mpeg4 -f null -
again x264 --input-res x264 --demuxer raw --input-res 640x480 --frames 120 -o /dev/null "$work/video"
if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
	begin numpy numpy.linalg /usr/bin/python3 -c "import numpy, time
end = time.time() + $seconds
while time.time() < end:
    numpy.linalg.svd(numpy.random.rand(300, 300))" numpy.linalg
else
	skip "benign: numpy" "this host has no python3-numpy"
fi
batch
sensor_stop_and_replay || finish

for argument in "${seen[@]}"; do
	check "benign: seen: $argument" seen_in_argv "$argument"
done
check "benign: no alert" equal 0 "$(expect count "$alerts")" "alerts ($(
	expect count "$alerts" findings.detector=randomx_rounding) by arithmetic)"
finish
