#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The Kubernetes manifests are what a strict server accepts and what the binary demands.
set -eu
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^#define MINERWATCH_VERSION "\(.*\)"$/\1/p' src/version.h)
exec /usr/bin/python3 tests/deploy/check_manifests.py tools/deploy/kubernetes \
	"${BUILD:-build}/minerwatch" tools/deploy/Containerfile "$version"
