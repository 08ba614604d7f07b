#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A name server that knows the names it is told, and the question a client puts to it.

usage: dns_peer.py ADDRESS NAME=IPV4...     serves port 53 over UDP and TCP; says "ready"
"""
import socket
import struct
import sys
import threading

TTL_S = 60


def pack_name(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


def question(name):
    """RFC 1035: one question, type A, class IN."""
    return struct.pack("!6H", 0x6D77, 0x0100, 1, 0, 0, 0) + pack_name(name) + struct.pack("!2H", 1, 1)


def answer(asked, names):
    """The answer to a datagram of one question; no record for a name it does not know."""
    at, parts = 12, []
    while asked[at]:
        parts.append(asked[at + 1 : at + 1 + asked[at]].decode())
        at += 1 + asked[at]
    address = names.get(".".join(parts))
    head = struct.pack("!2s5H", asked[:2], 0x8180, 1, bool(address), 0, 0)
    record = b""
    if address:
        record = struct.pack("!3HIH4s", 0xC00C, 1, 1, TTL_S, 4, socket.inet_aton(address))
    return head + asked[12 : at + 5] + record


def forged(receiver, address, name):
    """An answer that the receiver never asked for, from a name server's port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forger:
        forger.bind(("127.0.0.9", 53))
        receiver.bind(("127.0.0.1", 0))
        forger.sendto(answer(question(name), {name: address}), receiver.getsockname())
    return receiver.recv(512)


def ask(how, server, name):
    """The address of the name: over "udp" (connected), "sendto" (not connected) or "tcp"; "unasked":
    what nobody asked for says that it is the server's."""
    kind = socket.SOCK_STREAM if how == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as asking:
        asking.settimeout(10)
        if how == "unasked":
            return socket.inet_ntoa(forged(asking, server, name)[-4:])
        if how == "sendto":
            asking.sendto(question(name), (server, 53))
            return socket.inet_ntoa(asking.recvfrom(512)[0][-4:])
        asking.connect((server, 53))
        if how == "udp":
            asking.send(question(name))
            return socket.inet_ntoa(asking.recv(512)[-4:])
        asking.sendall(struct.pack("!H", len(question(name))) + question(name))
        return socket.inet_ntoa(asking.recv(514)[-4:])


def serve_tcp(listener, names):
    while True:
        client = listener.accept()[0]
        with client:
            asked = client.recv(514)[2:]  # one segment: our own client
            said = answer(asked, names)
            client.sendall(struct.pack("!H", len(said)) + said)


def main(address, *rows):
    names = dict(row.split("=") for row in rows)
    listener = socket.create_server((address, 53))
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind((address, 53))
    threading.Thread(target=serve_tcp, args=(listener, names), daemon=True).start()
    print("ready", flush=True)
    while True:
        asked, client = datagrams.recvfrom(512)
        datagrams.sendto(answer(asked, names), client)


if __name__ == "__main__":
    main(*sys.argv[1:])
