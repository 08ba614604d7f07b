#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs that are pinned die too (one of each kind; with MINERWATCH_LONG each), in a set of its own:
# detached from their cgroup, or unpinned and closed, or exchanged while nobody looks, so that their set
# seems whole. Noticed within 20 s; the next start trusts none of that set, and reads what the living
# programs saw meanwhile.
. "$(dirname "$0")/lib.sh"
need_root
. "$live/tamper.sh"

declare -A links_of

start_pinned() { # NAME-OF-SET [NAME-OF-RUN]
	start "${2:-$1}" --pin "$bpffs/$1" --record "$work/${2:-$1}.trace"
}

start_first() { # NAME
	start_pinned "$1"
}

number_of_links() { # NAME
	find "$bpffs/$1"/v* -name 'link-*' | wc -l
}

# A program that is not to see what it sees, and its link, take the place of the one that does.
exchange() { # NAME PROGRAM
	local set other=report_exit

	kill -KILL "${launcher_of[$1]}"
	expect gone "${launcher_of[$1]}" 20 || return
	set=$(echo "$bpffs/$1"/v*)
	rm "$set/program-$2" "$set/link-$2" &&
		bpftool prog pin pinned "$set/program-$other" "$set/program-$2" &&
		bpftool link pin pinned "$set/link-$other" "$set/link-$2"
}

# Unlike is_ready: a sensor that does not see its own exec does not become ready.
taken_over() { # NAME
	until_true 20 "its pid" [ -s "$work/$1.pid" ] || return
	launcher_of[$1]=$(cat "$work/$1.pid")
	children+=("${launcher_of[$1]}")
	expect line "$work/$1.log" "${launcher_of[$1]}" 50 \
		'minerwatch: going on with the kernel programs of an earlier run'
}

case_exchanged() { # NAME PROGRAM HOOK
	check "S3 $1: proven" until_true 15 "proof of $3" is_proven "$1" "$3" || return
	check "S3 $1: exchanged" exchange "$1" "$2" || return
	cut_at[$1]=$(now_ms)
	start_pinned "$1"
	check "S3 $1: looks whole, is taken over" taken_over "$1"
}

cut() { # NAME PROGRAM HOOK
	local why

	why=$(lacking "$@")
	links_of[$1]=$(number_of_links "$1")
	if [ -n "$why" ]; then
		skip "S3 $1" "$why"
		kill -TERM "${launcher_of[$1]}"
	elif [[ $1 = exchanged_* ]]; then
		case_exchanged "$@"
	else
		cut_link "$@" "$bpffs/$1"
	fi
}

start_next() { # NAME
	start_pinned "$1" "$1.next"
}

next_ready() { # NAME
	is_ready "$1.next"
}

case_next() { # NAME PROGRAM
	local next=$1.next

	check "S3 $1: the next one is whole" until_true 25 "its proofs" none_in_doubt "$next" || return
	check "S3 $1: with as many hooks" equal "${links_of[$1]}" "$(number_of_links "$1")" links
	check "S3 $1: all of them new" equal 0 "$(grep -c 'going on with' "$work/$next.log")" take-overs
	kill -TERM "${launcher_of[$next]}"
	check "S3 $1: the next one ended" expect gone "${launcher_of[$next]}" 50 || return
	[ "$2" = report_exec ] && return
	check "S3 $1: trace read" tracecat_read "$work/$next.trace" "$work/$next.records" || return
	check "S3 $1: what the others saw meanwhile is read" equal "$execs" \
		"$(expect count "$work/$next.records" type=exec "argv=between-$$")" execs
}

for_each() { # FUNCTION: with NAME PROGRAM HOOK
	local name program hook

	while read -r name program hook <&3; do
		"$1" "$name" "$program" "$hook"
	done 3<<<"$sets"
}

for_each_cut() { # FUNCTION
	local name program hook

	while read -r name program hook <&3; do
		[ -z "${cut_at[$name]:-}" ] || "$1" "$name" "$program" "$hook"
	done 3<<<"$sets"
}

if ! command -v bpftool >/dev/null; then
	skip "S3 with pins" "this host has no bpftool"
	finish
fi
bpffs_mount "S3 with pins" || finish
# One of each kind of link: of a cgroup, to a tracepoint, of an iterator.
[ -n "${MINERWATCH_LONG:-}" ] ||
	links=$(grep -wE 'report_connect_udp4|report_fork|report_tasks' <<<"$links")
sets=$(while read -r program hook; do
	echo "pinned_$program $program $hook"
done <<<"$links"
echo "exchanged_report_exec report_exec exec"
echo "exchanged_report_fork report_fork fork")
for_each start_first
for_each is_ready
for_each cut
for_each_cut case_noticed
for ((i = 0; i < execs; i++)); do
	/bin/true "between-$$"
done
for_each_cut start_next
for_each_cut next_ready
for_each_cut case_next
finish
