#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Wallets made by an independent implementation are read as they should be.
cd "$(dirname "$0")/../.." || exit 1
exec python3 tests/tools/test_wallets.py "${BUILD:-build}/wallet-read"
