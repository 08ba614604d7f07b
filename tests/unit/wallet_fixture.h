/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wallets nobody holds the keys of: both are the texts "minerwatch test wallet: no key 1" and
 * "... 2" behind each coin's prefix, with the right checksum (made by tests/tools/test_wallets.py).
 */
#ifndef MINERWATCH_WALLET_FIXTURE_H
#define MINERWATCH_WALLET_FIXTURE_H

/* One key less its last digit, twice: what the addresses below have in common. */
#define WALLET_KEYS "LU7X3Dvdcom6Rxv9DdicMX6RdFeAQVBcT9GWSZX4DqQULU7X3Dvdcom6Rxv9DdicMX6RdFeAQVBcT"

#define WALLET "45mb8Vfvz7S" WALLET_KEYS "6hZabxz"
#define WALLET_OTHER_CHECKSUM "45mb8Vfvz7S" WALLET_KEYS "6hZabxy"
#define WALLET_SUBADDRESS "86bjTsKmaXr" WALLET_KEYS "6jtyeXf"
#define WALLET_INTEGRATED "4FUG9JVRbNx" WALLET_KEYS "9SFMth6Phce6HZMSUr"
#define WALLET_TESTNET "9wK8ckLCGUY" WALLET_KEYS "6hLf6FQ"
#define WALLET_STAGENET "55ydDLatdiY" WALLET_KEYS "6iM9LEW"

#endif
