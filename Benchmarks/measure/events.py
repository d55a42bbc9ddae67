# SPDX-License-Identifier: Apache-2.0
"""A second listener on a lab's event stream: when did the lab say that a job finished? Knows nothing of Muster."""
import base64
import json
import os
import socket
import struct
import threading
import time
import urllib.parse

from .fleet import Failure


class Listener(threading.Thread):
    """Notes when each job's Finished event came, by this machine's clock."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.finished = {}
        parts = urllib.parse.urlparse(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            self.rest += self._receive()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise Failure(f"{url} is no event stream: {head[:80]!r}")
        self.socket.settimeout(None)
        self.start()

    def _receive(self):
        data = self.socket.recv(65_536)
        if not data:
            raise ConnectionError("the event stream has ended")
        return data

    def _take(self, count):
        while len(self.rest) < count:
            self.rest += self._receive()
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def _frame(self):
        """A whole frame from the server: (opcode, payload)."""
        first, second = self._take(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self._take(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._take(8))
        return first & 0x0F, self._take(length)

    def run(self):
        try:
            while True:
                opcode, payload = self._frame()
                if opcode == 9:
                    self.socket.sendall(bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
                elif opcode == 1:
                    self._note(json.loads(payload))
        except (OSError, ConnectionError):
            pass  # closed, by us or by the lab

    def _note(self, event):
        if event[0].endswith(".testjob"):
            data = json.loads(event[4])
            if data.get("state") == "Finished":
                self.finished.setdefault(int(data["job"]), time.time())

    def close(self):
        self.socket.close()
