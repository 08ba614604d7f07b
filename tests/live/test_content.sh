#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What stands in files and memory: digests of a feed, patterns, files that are large, gone or hang
# (row S5).
# Every program is a copy of a harmless one with something behind its end, which no loader looks at.
source "$(dirname "$0")/lib.sh"
need_root

rules=$work/rules
mkdir "$rules" "$work/hang"
chmod 755 "$rules"
bytes=$work/patterns.bin
loader=$(sed -n 's/.*interpreter: \([^]]*\)].*/\1/p' <(readelf -lW /bin/sleep))
sleeper=$(readlink -f /bin/sleep)
shell=$(readlink -f /bin/dash)

# The published patterns as they stand in a miner.
decode_patterns() {
	"$PYTHON" - "$live/../../src/rules/patterns.list" >"$bytes" <<'EOF'
import re, sys
for line in open(sys.argv[1]):
    fields = line.split("|")[0].split()
    if len(fields) != 3 or line.startswith("#"):
        continue
    text = fields[2]
    if text.startswith("hex:"):
        pattern = bytes.fromhex(text[4:])
    else:
        pattern = re.sub(rb"\\(\\|x..)", lambda m: b"\\" if m[1] == b"\\" else bytes.fromhex(
            m[1][1:].decode()), text.encode())
    sys.stdout.buffer.write(pattern + b"\n")
EOF
}

# copy NAME FROM [FILE]: a program in a directory of ours, FILE behind its end
copy() {
	cp "$2" "$work/$1" && cat "${3:-/dev/null}" >>"$work/$1"
	chmod 755 "$work/$1"
}

# start NAME PROGRAM [ARGUMENT...]: in a session of its own, so that each is an incident of its own
declare -A pids
start() {
	local name=$1

	shift
	setsid "$@" </dev/null >/dev/null 2>&1 &
	pids[$name]=$!
	children+=($!)
}

feed() { # PROGRAM: its digest is listed
	sha256sum "$work/$1" | cut -d' ' -f1 >>"$rules/digests.add.list"
}

# A program in memory: the examined thing is what it maps, so an interpreter will do.
cat >"$work/hold.py" <<'EOF'
"""hold.py code|data|memfd SECONDS FILE: keeps FILE's bytes as executable memory, as data; or runs from a memfd."""
import mmap, os, sys, time
kind, seconds, path = sys.argv[1], float(sys.argv[2]), sys.argv[3]
data = open(path, "rb").read()
if kind == "memfd":
    fd = os.memfd_create("app", 0)
    os.write(fd, data)
    os.execve(fd, ["app", sys.argv[2]], {})
if kind == "code":
    held = mmap.mmap(-1, 1 << 16, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS,
                     prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    held[:len(data)] = data
    del data
end = time.monotonic() + seconds
while time.monotonic() < end:
    pass
EOF

prepare() {
	decode_patterns || return
	copy listed "$sleeper" <(echo a) && feed listed
	copy unlinked "$sleeper" <(echo b) && feed unlinked
	copy large "$sleeper" <(echo c) && truncate -s 100M "$work/large" && feed large
	copy small "$sleeper" <(echo d) && feed small
	copy padded "$sleeper" <(echo e) && truncate -s 1G "$work/padded"
	copy renamed "$sleeper" "$bytes"
	copy frommemory "$sleeper" "$bytes"
	copy byloader "$shell" "$bytes"
	copy preloaded.so "$(ldd /bin/sleep | sed -n 's/.*=> \(.*libc\.so[^ ]*\).*/\1/p')" "$bytes"
	copy plainshell "$shell" <(echo f)
	"$PYTHON" "$live/hang_fs.py" "$work/hang" "$sleeper" 2>"$work/hang.log" &
	hang=$!
	children+=("$hang")
	expect line "$work/hang.log" "$hang" 20 ready
}

# Of executables that are looked at when they start.
run_started() {
	local guard=$((SECONDS + 20))

	start listed "$work/listed" 60
	start unlinked "$work/unlinked" 60
	# Without a pause: it has to be gone when it is looked at.
	while [ "$(readlink "/proc/${pids[unlinked]}/exe")" != "$work/unlinked" ] && [ $SECONDS -lt $guard ]; do :; done
	rm "$work/unlinked"
	start renamed "$work/renamed" 60
	start memfd "$PYTHON" "$work/hold.py" memfd 60 "$work/frommemory"
	start padded "$work/padded" 60
	# what takes a second and more to read, and what hangs: others are not held up
	start large "$work/large" 60
	start hang "$work/hang/app" 60
	standin THREADS=0 SECONDS=20 -- app -o stratum+tcp://127.0.0.1:9 --donate-level 1 --coin monero
	pids[standin]=$standin_first
}

# Of those that look harmless from outside: what they have mapped counts once they are busy.
run_busy() {
	local forever="while :; do :; done"

	start byloader nice "$loader" "$work/byloader" -c "$forever"
	start preloaded env LD_PRELOAD="$work/preloaded.so" nice "$work/plainshell" -c "$forever"
	start unpacked nice "$PYTHON" "$work/hold.py" code 60 "$bytes"
	start holds_text nice "$PYTHON" "$work/hold.py" data 60 "$bytes"
}

# A file with the patterns in it is handled by others.
run_handlers() {
	cat "$bytes" >/dev/null
	strings "$bytes" >/dev/null
	vim -es -c q "$bytes" </dev/null
	grep -c xmrig "$bytes" >/dev/null
	printf 'const char text[] = "%s";\n' \
		"$(tr -cd 'a-zA-Z \n:/.-' <"$bytes" | tr '\n' ' ')" >"$work/text.c"
	gcc -c "$work/text.c" -o "$work/text.o"
}

declare -A lines
declare -A row=([byloader]=P4 [unpacked]=P5 [preloaded]=P6) # of the README's table
alerted() { # NAME DETECTOR GUARD_S
	lines[$1]=$(expect alert "$alerts" "$3" "process.pid=${pids[$1]}" "findings.detector=$2")
}

in_time() { # NAME LIMIT_MS: event time from its exec to its alert
	local took

	took=$(expect delay "$records" "${lines[$1]}" "$2" type=exec "pid=${pids[$1]}") &&
		echo "# $1: $took ms"
}

# read_as NAME RESULT: of its own file
read_as() {
	local count

	count=$(expect count "$records" type=content object=1 "pid=${pids[$1]}" "result=$2")
	[ "$count" -ge 1 ] || { echo "no such record" >&2; return 1; }
}

given_up_counted() {
	"$PYTHON" - "$records" <<'EOF'
import json, sys
last = [json.loads(line) for line in open(sys.argv[1]) if '"counters"' in line][-1]
if last["dropped"][6] < 1:  # CLASS_EXAMINER
    sys.exit(f"dropped: {last['dropped']}")
EOF
}

# No faster than 64 MiB/s, less what may be saved up; how much slower is the machine's matter.
large_took() {
	"$PYTHON" - "$records" "${pids[large]}" <<'EOF'
import json, sys
mine = [r for r in map(json.loads, open(sys.argv[1])) if r.get("pid") == int(sys.argv[2])]
start = next(r["time_ns"] for r in mine if r["type"] == "exec" and r["name"] == "large")
end = next(r["time_ns"] for r in mine if r["type"] == "content" and r["file_size"] == 100 << 20)
print(f"# large: {(end - start) / 1e9:.2f} s")
if end - start < 1.0e9:
    sys.exit("the budget was not kept")
EOF
}

replays_alike_by_rules() {
	"$build/minerwatch" replay --rules "$rules" "$trace" >"$work/replayed" &&
		cmp "$work/replayed" "$alerts" >&2
}

check "content: programs made" prepare
sensor_start content --rules "$rules"
run_started
for name in listed unlinked renamed memfd large; do
	case $name in
	listed | unlinked | large) detector=known_digest ;;
	*) detector=miner_content ;;
	esac
	check "content: $name is alerted by $detector" alerted "$name" "$detector" 20
done
check "content: the stand-in is alerted meanwhile" alerted standin miner_option 5
run_busy
run_handlers
for name in byloader preloaded unpacked; do
	check "${row[$name]} $name is alerted by miner_content" alerted "$name" miner_content 40
done
# by now the file that hangs has been given up: what comes next is read again
start small "$work/small" 60
check "S5: what comes after one that hung is read" alerted small known_digest 20
sensor_stop
check "content: replays to the same bytes" replays_alike_by_rules

for name in listed unlinked renamed memfd small standin; do
	check "content: $name within 1 s of its exec" in_time "$name" 1000
done
check "content: 100 MiB no faster than allowed" large_took
check "P5 padded to 1 GiB: too big, not unlisted" read_as padded 2
check "S5: the file that hangs is given up" read_as hang 4
check "S5: and that is counted" given_up_counted
check "content: a busy program that holds the text in its data is no miner" equal 0 \
	"$(expect count "$alerts" "process.pid=${pids[holds_text]}" findings.detector=miner_content)" alerts
check "content: nobody who handles the text is alerted" equal 0 \
	"$(expect count "$alerts" action=opened 'process.exe~(cat|strings|vim[^/]*|grep|gcc[^/]*|cc1|as)$')" alerts
check "content: library and memory are named" equal "mapped mapped memory" \
	"$(for name in byloader preloaded unpacked; do
		echo "${lines[$name]}" | "$PYTHON" -c 'import json, sys
print(next(f["evidence"]["object"] for f in json.load(sys.stdin)["findings"]
           if f["detector"] == "miner_content"))'
	done | xargs)" objects
umount -l "$work/hang"
finish
