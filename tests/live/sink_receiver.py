#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What stands at the other end of a sink in a test: writes each whole line it gets to OUT.

usage: sink_receiver.py unix SOCKET OUT   also writes to OUT.delays how long, in us, after its
                                          alert's time each line came
       sink_receiver.py tcp PORT OUT      syslog, counted; what is no RFC 5424 goes to OUT.bad;
                                          SIGUSR1: goes, having read all; SIGUSR2: comes back
       sink_receiver.py datagrams SOCKET OUT   syslog, the alerts alone
       sink_receiver.py delays FILE FROM TO   99th percentile of these lines (from 0, TO not with)
"""

import json
import re
import select
import signal
import socket
import sys
import time

from expect import alert_ns

HEAD = re.compile(
    rb"<(2[678]|30)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (\S+) minerwatch (\d+) (alert|heartbeat) - "
)
LONGEST = 65536


def unix(path, out):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    with open(out, "ab", 0) as lines, open(out + ".delays", "w", 1, encoding="ascii") as delays:
        while True:
            peer, rest = listener.accept()[0], b""
            while data := peer.recv(LONGEST):
                now_ns = time.time_ns()
                *whole, rest = (rest + data).split(b"\n")
                for line in whole:
                    lines.write(line + b"\n")
                    delays.write(f"{(now_ns - alert_ns(json.loads(line))) // 1000}\n")


class Syslog:
    """One server, one connection at a time."""

    def __init__(self, port, out):
        self.port, self.peer, self.listener = int(port), None, None
        self.lines, self.bad = open(out, "ab", 0), open(out + ".bad", "ab", 0)
        self.rest = b""

    def come(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen()

    def go(self):
        self.listener.close()
        self.listener = None
        if self.peer:
            self.peer.shutdown(socket.SHUT_WR)
            while self.peer and self.read():
                pass

    def take(self, message):
        head = HEAD.match(message)
        text = message[head.end():] if head else b""
        alert = json.loads(text) if text else {}
        if not head or alert["time"][:26] != head[2].decode()[:26] or \
                alert["host"]["name"] != head[3].decode():
            self.bad.write(message + b"\n")
        else:
            self.lines.write(text + b"\n")

    def read(self):
        data = self.peer.recv(LONGEST)
        if not data:
            self.peer.close()
            self.peer, self.rest = None, b""
            return False
        self.rest += data
        while count := re.match(rb"(\d+) ", self.rest):
            end = count.end() + int(count[1])
            if len(self.rest) < end:
                break
            self.take(self.rest[count.end():end])
            self.rest = self.rest[end:]
        return True

    def serve(self):
        words = socket.socketpair()
        words[1].setblocking(False)
        signal.set_wakeup_fd(words[1].fileno())
        for number in (signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(number, lambda *_: None)
        self.come()
        while True:
            waiting = [s for s in (words[0], self.peer or self.listener) if s]
            ready = select.select(waiting, [], [])[0]
            if words[0] in ready:
                word = words[0].recv(1)[0]
                if word == signal.SIGUSR1 and self.listener:
                    self.go()
                elif word == signal.SIGUSR2 and not self.listener:
                    self.come()
            elif self.peer:
                self.read()
            elif self.listener:
                self.peer = self.listener.accept()[0]


def tcp(port, out):
    Syslog(port, out).serve()


def datagrams(path, out):
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.bind(path)
    with open(out, "ab", 0) as lines:
        while True:
            message = receiver.recv(LONGEST)
            if head := HEAD.match(message):
                lines.write(message[head.end():] + b"\n")


def delays(path, first, end):
    with open(path, encoding="ascii") as file:
        values = sorted(int(line) for line in file.readlines()[int(first):int(end)])
    print(values[len(values) * 99 // 100])


{"unix": unix, "tcp": tcp, "datagrams": datagrams, "delays": delays}[sys.argv[1]](*sys.argv[2:])
