# SPDX-License-Identifier: Apache-2.0
# A PostgreSQL server of a test's own, as an ordinary user, with its socket in its own directory;
# where "${within[@]}" is.
# shellcheck shell=bash
# shellcheck disable=SC2154 # lib.sh came before

postgres_data=$work/postgres
postgres=

as_nobody() {
	(cd "$postgres_data" && "${within[@]}" setpriv --reuid=nobody --clear-groups "$@")
}

# postgres_start NAME [SETTING...]: a skip or a failure by that name where there is none
postgres_start() {
	local name=$1 programs setting options="-k $postgres_data"

	shift
	programs=$(find /usr/lib/postgresql -name initdb -printf '%h\n' 2>/dev/null | tail -n 1)
	if [ -z "$programs" ] || ! command -v pgbench >/dev/null; then
		skip "$name" "this host has no PostgreSQL"
		return 1
	fi
	for setting in "${@:-listen_addresses=}"; do
		options+=" -c $setting"
	done
	install -d -m 700 -o nobody "$postgres_data"
	as_nobody "$programs/initdb" -D "$postgres_data/data" -U bench >/dev/null 2>"$work/stderr" &&
		as_nobody "$programs/pg_ctl" -s -w -D "$postgres_data/data" -l "$postgres_data/log" \
			-o "$options" start >"$work/stderr" 2>&1 &&
		as_nobody pgbench -h "$postgres_data" -U bench -i -q postgres >/dev/null 2>"$work/stderr" || {
		not_ok "$name" "$(tail -n 1 "$work/stderr")"
		return 1
	}
	postgres=$programs/pg_ctl
}

postgres_stop() {
	[ -z "$postgres" ] || as_nobody "$postgres" -s -D "$postgres_data/data" -m immediate stop
}
