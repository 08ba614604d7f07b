#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each of the ways to build the image gives what the Containerfile says, at most 3 MB, and leaves
# nothing behind.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
version=$(sed -n 's/^#define MINERWATCH_VERSION "\(.*\)"$/\1/p' src/version.h)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0
# What make-image makes in passing has to be gone afterwards.
export TMPDIR=$work/tmp
mkdir "$work/tmp" "$work/context"
cp "$build/minerwatch-static" LICENSE "$work/context/" || exit 1

check() { # NAME COMMAND...
	local name=$1

	shift
	if "$@" >"$work/log" 2>&1; then
		echo "ok $name"
	else
		sed 's/^/# /' "$work/log"
		echo "not ok $name"
		failed=1
	fi
}

built_right() { # BUILDER
	cp "$build/minerwatch-static" "$work/" && tools/make-image "$work" "$1" &&
		tests/deploy/check_image.py "$work/minerwatch-image.tar" tools/deploy/Containerfile \
			"$work/context" "$version"
}

small() {
	[ "$(stat --format=%s "$work/minerwatch-image.tar")" -le 3000000 ]
}

nothing_left() {
	ls -A "$work/tmp"
	[ -z "$(ls -A "$work/tmp")" ]
}

same_again() {
	mv "$work/minerwatch-image.tar" "$work/first.tar" && tools/make-image "$work" tar &&
		cmp "$work/first.tar" "$work/minerwatch-image.tar"
}

# One that has another file, or another entry point, has to be told from the right one.
wrong_noticed() {
	echo more >>"$work/context/LICENSE"
	! tests/deploy/check_image.py "$work/minerwatch-image.tar" tools/deploy/Containerfile \
		"$work/context" "$version" || return
	cp LICENSE "$work/context/"
	sed 's,^ENTRYPOINT.*,ENTRYPOINT ["/other"],' tools/deploy/Containerfile >"$work/Containerfile"
	! tests/deploy/check_image.py "$work/minerwatch-image.tar" "$work/Containerfile" \
		"$work/context" "$version"
}

too_large_refused() {
	rm -f "$work/minerwatch-image.tar"
	head -c 3000000 /dev/zero >>"$work/minerwatch-static"
	! tools/make-image "$work" tar && [ ! -e "$work/minerwatch-image.tar" ]
}

for builder in buildah podman tar; do
	if [ "$builder" != tar ] && ! command -v "$builder" >/dev/null; then
		echo "# no $builder here"
		continue
	fi
	check "$builder: as the Containerfile says" built_right "$builder"
	check "$builder: at most 3 MB" small
	check "$builder: nothing left behind" nothing_left
done
check "tar: the same bytes again" same_again
check "another file or entry point is noticed" wrong_noticed
check "an image of more than 3 MB is refused" too_large_refused
exit "$failed"
