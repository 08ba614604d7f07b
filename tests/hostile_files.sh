# SPDX-License-Identifier: Apache-2.0
# Files that nobody should have to read, for the tests of what reads files.
# shellcheck shell=bash

hostile_kinds='fifo directory outside owner group-writable huge-line nuls'

# hostile_make KIND FILE: in the place of FILE, whatever stood there
hostile_make() {
	rm -rf "$2"
	case $1 in
	fifo) mkfifo "$2" ;;
	directory) mkdir "$2" ;;
	outside) ln -s /etc/hostname "$2" ;; # its bytes would do no harm
	owner) : >"$2" && chown 65534 "$2" ;;
	group-writable) : >"$2" && chmod 664 "$2" ;;
	huge-line) printf x >"$2" && truncate -s 1G "$2" ;; # one line, though mostly a hole
	nuls) printf 'a\0b\n' >"$2" ;;
	esac
}

# What is said of it.
hostile_said() {
	case $1 in
	fifo | directory) echo "is not a regular file" ;;
	outside) echo "a link is absolute or leads out of the directory" ;;
	owner) echo "belongs neither to root nor" ;;
	group-writable) echo "can be written by its group or by others" ;;
	huge-line) echo "is too large" ;;
	nuls) echo ":1: " ;;
	esac
}
