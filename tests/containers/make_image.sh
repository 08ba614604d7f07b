#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes a container image from static binaries: root tree, docker-archive and OCI layout, by tar
# alone.
# usage: make_image.sh OUT_DIR NAME:TAG BINARY...    each lands in /bin; the first runs by default
# gives: OUT_DIR/{name,command,rootfs/,docker.tar,oci.tar}, the same bytes for the same binaries

set -euo pipefail

if [ $# -lt 3 ]; then
	echo "usage: make_image.sh OUT_DIR NAME:TAG BINARY..." >&2
	exit 2
fi
# shellcheck source=tests/containers/json.sh
. "$(dirname "${BASH_SOURCE[0]}")/json.sh"

out=$1
name=$2
shift 2
created=1970-01-01T00:00:00Z
media=application/vnd.oci.image
case $(uname -m) in
x86_64) architecture=amd64 ;;
aarch64) architecture=arm64 ;;
*) architecture=$(uname -m) ;;
esac

pack() { # FILE DIR: a tar that does not tell when or by whom it was made
	tar --create --file "$1" --directory "$2" --sort=name --mtime=@0 --owner=0 --group=0 \
		--numeric-owner --format=ustar .
}

digest() {
	local sum
	sum=$(sha256sum "$1")
	printf '%s' "${sum%% *}"
}

size() {
	stat --format=%s "$1"
}

blob() { # FILE: move it among the blobs under its digest and print the digest
	local sum
	sum=$(digest "$1")
	mv "$1" "$work/oci/blobs/sha256/$sum"
	printf '%s' "$sum"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$out"
mkdir -p "$out/rootfs/bin" "$out/rootfs/tmp" "$work/docker" "$work/oci/blobs/sha256"
chmod 1777 "$out/rootfs/tmp"
install -m 755 "$@" "$out/rootfs/bin/"
printf '%s\n' "$name" >"$out/name"
printf "/bin/%s\n" "${1##*/}" >"$out/command"

pack "$work/layer.tar" "$out/rootfs"
layer=$(digest "$work/layer.tar")
# The name stands in the history because an image's id is the digest of its configuration: runtimes
# confuse the names of images with one id.
cat >"$work/config.json" <<END
{"architecture":"$architecture","os":"linux","created":"$created",
"config":{"Cmd":$(json_array "/bin/${1##*/}"),"Env":["PATH=/bin"],"WorkingDir":"/"},
"rootfs":{"type":"layers","diff_ids":["sha256:$layer"]},
"history":[{"created":"$created","created_by":$(json_string "make_image.sh $name")}]}
END
config=$(digest "$work/config.json")

cp "$work/layer.tar" "$work/docker/$layer.tar"
cp "$work/config.json" "$work/docker/$config.json"
printf '[{"Config":"%s.json","RepoTags":%s,"Layers":["%s.tar"]}]\n' \
	"$config" "$(json_array "$name")" "$layer" >"$work/docker/manifest.json"
pack "$out/docker.tar" "$work/docker"

cat >"$work/manifest.json" <<END
{"schemaVersion":2,"mediaType":"$media.manifest.v1+json",
"config":{"mediaType":"$media.config.v1+json","digest":"sha256:$config",
"size":$(size "$work/config.json")},
"layers":[{"mediaType":"$media.layer.v1.tar","digest":"sha256:$layer",
"size":$(size "$work/layer.tar")}]}
END
manifest_size=$(size "$work/manifest.json")
blob "$work/layer.tar" >/dev/null
blob "$work/config.json" >/dev/null
manifest=$(blob "$work/manifest.json")
printf '{"imageLayoutVersion":"1.0.0"}\n' >"$work/oci/oci-layout"
cat >"$work/oci/index.json" <<END
{"schemaVersion":2,"manifests":[{"mediaType":"$media.manifest.v1+json",
"digest":"sha256:$manifest","size":$manifest_size,
"annotations":{"io.containerd.image.name":$(json_string "$name"),
"org.opencontainers.image.ref.name":$(json_string "${name##*:}")}}]}
END
pack "$out/oci.tar" "$work/oci"
