#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The Debian package's unit, configuration and scripts fit each other and what the binary demands.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
exec /usr/bin/python3 tests/deploy/check_host.py "$build"/minerwatch_*.deb "$build/minerwatch"
