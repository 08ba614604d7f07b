#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Honest programs that speak JSON over TCP or HTTP, with words that miners use too.

usage: rpc_peer.py serve KIND PORT             says "ready"
       rpc_peer.py talk KIND PORT SECONDS      the client: its conversation, again and again
"""
import http.client
import http.server
import json
import socket
import socketserver
import sys
import time

PAUSE_S = 0.5
ADDRESS = "127.0.0.1"
HASH = "00" * 32
WORK = ["0x" + HASH] * 3  # hash of the header, seed, boundary


def call(method, params, **more):
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params, **more}


# What each kind of client says. A framed one has a Content-Length before each text, a line one a
# newline behind it, an HTTP one a request around it.
KINDS = {
    "language-server": ("framed", [
        call("initialize", {"processId": 1, "rootUri": "file:///src", "capabilities": {}}),
        call("textDocument/hover", {"textDocument": {"uri": "file:///src/job.c"},
                                    "position": {"line": 1, "character": 2}}),
        call("shutdown", None),
    ]),
    "electrum": ("lines", [
        call("server.version", ["electrum/4.5.5", ["1.4", "1.4"]]),
        call("blockchain.headers.subscribe", []),
        call("blockchain.scripthash.subscribe", [HASH]),
        call("mempool.get_fee_histogram", []),
        call("server.ping", []),
    ]),
    "chat": ("lines", [
        {"msg": "connect", "version": "1", "support": ["1"]},
        {"msg": "method", "method": "login", "id": "1",
         "params": [{"user": {"username": "ann"}, "password": {"digest": HASH}}]},
        call("login", {"login": "ann", "pass": "x"}),
        call("login", {"user": "ann", "password": "x", "remember": True}),
        call("submit", {"form": 3, "text": "a new job"}),
    ]),
    "bitcoind": ("http", [
        call("getblockchaininfo", []),
        call("getblocktemplate", [{"rules": ["segwit"]}]),
        call("getmininginfo", []),
        call("validateaddress", ["bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"]),
    ]),
    "ethereum": ("http", [
        call("eth_getWork", []),
        call("eth_blockNumber", []),
        call("eth_syncing", []),
        call("eth_mining", []),
        call("eth_getBalance", ["0x" + "00" * 20, "latest"]),
    ]),
    "selenium": ("http", [
        {"capabilities": {"alwaysMatch": {"browserName": "firefox"}}},
        {"url": "http://127.0.0.1/login"},
    ]),
}


def read_framed(stream):
    length = 0
    while (line := stream.readline()).strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return stream.read(length)


def pack(style, said):
    text = json.dumps(said, separators=(",", ":")).encode()
    if style == "framed":
        return b"Content-Length: %d\r\n\r\n%s" % (len(text), text)
    return text + b"\n"


class TextServer(socketserver.StreamRequestHandler):
    style = "lines"

    def handle(self):
        while True:
            text = read_framed(self.rfile) if self.style == "framed" else self.rfile.readline()
            if not text:
                return
            said = json.loads(text)
            self.wfile.write(pack(self.style, {"jsonrpc": "2.0", "id": said.get("id"), "result": {
                "status": "OK", "id": "1", "height": 1, "protocol": "1.4"}}))


class HttpServer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        result = {"height": 1, "previousblockhash": HASH, "target": HASH}
        if said.get("method") == "eth_getWork":
            result = WORK
        elif "method" not in said:
            result = {"job_id": "41", "blob": "aGVsbG8=", "state": "done"}
        text = json.dumps({"jsonrpc": "2.0", "id": said.get("id"), "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def serve(kind, port):
    TextServer.style = KINDS[kind][0]
    handler = HttpServer if TextServer.style == "http" else TextServer
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer((ADDRESS, int(port)), handler) as server:
        server.daemon_threads = True
        print("ready", flush=True)
        server.serve_forever()


def talk_http(port, said):
    connection = http.client.HTTPConnection(ADDRESS, int(port), timeout=10)
    for words in said:
        connection.request("POST", "/", json.dumps(words), {"Content-Type": "application/json"})
        connection.getresponse().read()
    connection.close()


def talk_text(port, style, said):
    with socket.create_connection((ADDRESS, int(port)), timeout=10) as server:
        for words in said:
            server.sendall(pack(style, words))
            server.recv(4096)


def talk(kind, port, seconds):
    style, said = KINDS[kind]
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        if style == "http":
            talk_http(port, said)
        else:
            talk_text(port, style, said)
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    {"serve": serve, "talk": talk}[sys.argv[1]](*sys.argv[2:])
