#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A pool and its client over TLS (OpenSSL): the hello is in clear, the talk is not.

usage: tls_peer.py serve ADDRESS PORT CERTIFICATE KEY     says "ready"
       tls_peer.py talk ADDRESS PORT SECONDS [name=SNI] [alpn=PROTOCOL] [busy=1]
                   [ask=udp|sendto|tcp|unasked:SERVER:NAME]       asks first; ADDRESS is then what it is told
"""
import json
import os
import socket
import ssl
import sys
import threading
import time

import dns_peer

EVERY_S = 10  # between signs of life


def line(**members):
    return (json.dumps(members, separators=(",", ":")) + "\n").encode()


def answer(client):
    job = {"blob": "00" * 76, "job_id": "1", "target": "ffff0000", "algo": "rx/0"}
    with client:
        for asked in client.makefile("rb"):
            known = json.loads(asked)["method"] == "login"
            result = {"id": "1", "job": job, "status": "OK"} if known else {"status": "KEEPALIVED"}
            client.sendall(line(id=1, jsonrpc="2.0", error=None, result=result))


def handshake(context, plain):
    try:
        answer(context.wrap_socket(plain, server_side=True))
    except OSError:  # a client that ended is no news
        plain.close()


def serve(address, port, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["http/1.1"])
    listener = socket.create_server((address, int(port)))
    print("ready", flush=True)
    while True:
        plain = listener.accept()[0]
        threading.Thread(target=handshake, args=(context, plain), daemon=True).start()


def be_busy():
    os.nice(19)  # of this thread: the tests beside us have deadlines
    total = 0
    while True:
        total += 1


def talk(address, port, seconds, *rows):
    options = dict(row.split("=", 1) for row in rows)
    end = time.monotonic() + float(seconds)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if "alpn" in options:
        context.set_alpn_protocols([options["alpn"]])
    if "ask" in options:
        address = dns_peer.ask(*options["ask"].split(":"))
    if "busy" in options:
        threading.Thread(target=be_busy, daemon=True).start()
    plain = socket.create_connection((address, int(port)))
    with context.wrap_socket(plain, server_hostname=options.get("name")) as pool:
        pool.sendall(line(id=1, jsonrpc="2.0", method="login",
                          params={"login": "nobody", "pass": "x", "agent": "peer/1", "algo": ["rx/0"]}))
        pool.recv(4096)
        print("ready", flush=True)
        while time.monotonic() < end:
            time.sleep(min(EVERY_S, max(0, end - time.monotonic())))
            pool.sendall(line(id=2, jsonrpc="2.0", method="keepalived", params={"id": "1"}))
            pool.recv(4096)


if __name__ == "__main__":
    {"serve": serve, "talk": talk}[sys.argv[1]](*sys.argv[2:])
