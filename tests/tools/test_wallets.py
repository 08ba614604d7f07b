#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random wallets made by an implementation of its own: each is proved, with one digit changed none is.

usage: test_wallets.py PROGRAM [SEED]     PROGRAM: tests/tools/wallet_read.c
"""
import hashlib
import random
import subprocess
import sys

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
EACH = 1000

ROTATIONS = [[0, 36, 3, 41, 18], [1, 44, 10, 45, 2], [62, 6, 43, 15, 61], [28, 55, 25, 21, 56],
             [27, 20, 39, 8, 14]]
CONSTANTS = [0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
             0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
             0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
             0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
             0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
             0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008]
MASK = (1 << 64) - 1


def rotate(lane, by):
    return (lane << by | lane >> (64 - by)) & MASK


def permute(a):
    """FIPS 202, section 3.3: lanes a[x][y]."""
    for constant in CONSTANTS:
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        d = [c[x - 1] ^ rotate(c[(x + 1) % 5], 1) for x in range(5)]
        b = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                b[y][(2 * x + 3 * y) % 5] = rotate(a[x][y] ^ d[x], ROTATIONS[x][y])
        for x in range(5):
            for y in range(5):
                a[x][y] = b[x][y] ^ (~b[(x + 1) % 5][y] & MASK & b[(x + 2) % 5][y])
        a[0][0] ^= constant


def keccak(data, rate=136, padding=0x01, size=32):
    data = bytearray(data) + bytes([padding])
    data += bytes(-len(data) % rate)
    data[-1] |= 0x80
    a = [[0] * 5 for _ in range(5)]
    for at in range(0, len(data), rate):
        for lane in range(rate // 8):
            part = data[at + 8 * lane:at + 8 * lane + 8]
            a[lane % 5][lane // 5] ^= int.from_bytes(part, "little")
        permute(a)
    lanes = b"".join(a[i % 5][i // 5].to_bytes(8, "little") for i in range(rate // 8))
    return lanes[:size]


def base58_number(number, digits):
    text = ""
    for _ in range(digits):
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return text


def cryptonote(rng, tag, keys):
    data = b""
    while tag >= 0x80:
        data += bytes([tag & 0x7F | 0x80])
        tag >>= 7
    data += bytes([tag]) + rng.randbytes(keys)
    data += keccak(data)[:4]
    lengths = [0, 2, 3, 5, 6, 7, 9, 10, 11]
    return "".join(base58_number(int.from_bytes(data[at:at + 8], "big"), lengths[len(data[at:at + 8])])
                   for at in range(0, len(data), 8))


def base58check(rng, version):
    data = bytes([version]) + rng.randbytes(20)
    data += hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4]
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def polymod(values):
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check


def bech32(rng, prefix, version, digits):
    values = [version] + [rng.randrange(32) for _ in range(digits)]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = polymod(expanded + values + [0] * 6) ^ (0x2BC830A3 if version else 1)
    values += [check >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(BECH32[value] for value in values)


KINDS = [
    ("monero", lambda rng: cryptonote(rng, 18, 64)),
    ("monero", lambda rng: cryptonote(rng, 42, 64)),
    ("monero", lambda rng: cryptonote(rng, 19, 72)),
    ("wownero", lambda rng: cryptonote(rng, 0x1032, 64)),
    ("sumo", lambda rng: cryptonote(rng, 0x2BB39A, 64)),
    ("arqma", lambda rng: cryptonote(rng, 0x116BC7, 72)),
    ("bitcoin", lambda rng: base58check(rng, 0)),
    ("bitcoin", lambda rng: base58check(rng, 5)),
    ("ravencoin", lambda rng: base58check(rng, 60)),
    ("bitcoin", lambda rng: bech32(rng, "bc", 0, 32)),
    ("bitcoin", lambda rng: bech32(rng, "bc", 1, 52)),
    ("litecoin", lambda rng: bech32(rng, "ltc", 0, 32)),
]
# A test network, and a tag with a payment id where it takes none: whole, but no wallet to mine for.
FOREIGN = [lambda rng: cryptonote(rng, 53, 64), lambda rng: cryptonote(rng, 18, 72),
           lambda rng: base58check(rng, 111), lambda rng: bech32(rng, "tb", 0, 32)]


def change(rng, text):
    alphabet = BECH32 if text.startswith(("bc1", "ltc1")) else BASE58
    at = rng.randrange(text.index("1") + 1 if alphabet is BECH32 else 0, len(text))
    other = rng.choice([c for c in alphabet if c != text[at]])
    return text[:at] + other + text[at + 1:]


def read(program, lines):
    done = subprocess.run([program], input="\n".join(lines) + "\n", text=True, check=True,
                          stdout=subprocess.PIPE)
    return done.stdout.splitlines()


def compare(name, program, lines, expected):
    got = read(program, lines)
    wrong = [(a, b, c) for a, b, c in zip(lines, got, expected) if b != c]
    if wrong or len(got) != len(expected):
        print(f"not ok {name}: {len(wrong)} of {len(lines)} differ, first {wrong[:1]}")
        return 1
    print(f"ok {name}: {len(lines)}")
    return 0


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    rng = random.Random(seed)
    print(f"# seed {seed}")
    # The sponge is the standard's; only the padding differs, so the library's SHA-3 vouches for it.
    if keccak(b"abc" * 99, padding=0x06) != hashlib.sha3_256(b"abc" * 99).digest():
        return "the sponge here is wrong"
    made = [(coin, make(rng)) for coin, make in KINDS for _ in range(EACH)]
    suffixes = ["", ".rig1", "+5000", "#x", "/w", ":x"]
    lines = [text + suffixes[i % len(suffixes)] for i, (_, text) in enumerate(made)]
    failed = compare("random wallets are proved", sys.argv[1], lines,
                     [f"{coin} proved {text}" for coin, text in made])
    lines = [change(rng, text) for _, text in made]
    failed += compare("one digit changed: none", sys.argv[1], lines, ["none"] * len(lines))
    lines = [text[:rng.randrange(len(text))] for _, text in made]
    failed += compare("cut off: none", sys.argv[1], lines, ["none"] * len(lines))
    lines = [make(rng) for make in FOREIGN for _ in range(EACH // 10)]
    failed += compare("of no coin: none", sys.argv[1], lines, ["none"] * len(lines))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
