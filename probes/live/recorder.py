"""Passes the bytes of one client program to its broker and back, and records them, until its input ends.

Options are JSON on descriptor 3: `address`, `port` and `tls` (paths) of the listener, and `child`: `words` with {port} for
the port to connect to, `input` for its descriptor 3, `source` for its descriptor 4, and `optionFile`, the name of a link to
descriptor 3 in its $XDG_CONFIG_HOME. Without `child`, the program is on another machine: it sends by `send` lines, and reads
what is reported. recorder-lines.ts defines what this program reads and prints. recorder_ends.py precedes it, and
measuring_tls.py where the listener has TLS. Descriptors 3 and 4 stay open, so that the child's can take their places.
"""

import errno
import json
import os
import select
import socket
import sys
import time

LAST_FIN_S = 1
MOST_WAITING = 1 << 20


class Relay:
    def __init__(self, options):
        self.options = options
        self.listener = socket.create_server(("127.0.0.1", 0)) if "child" in options else None
        self.child = self.client = self.broker = self.tls = self.deadline = None
        self.unread = self.early = b""

    def run(self):
        report("ready")
        while True:
            peers = [peer for peer in (self.client, self.broker) if peer is not None]
            readable = [0]
            readable += [self.listener] if self.listener is not None else []
            readable += [self.child.process.stderr] if self.child is not None and not self.child.is_over else []
            readable += [
                peer for peer in peers if not peer.has_ended and len(self.other(peer).waiting) < MOST_WAITING
            ]
            writable = [peer for peer in peers if peer.waiting]
            writable += [self.child.process.stdin] if self.child is not None and self.child.waiting else []
            wait = None if self.deadline is None else max(0, self.deadline - time.monotonic())
            ready, free, _ = select.select(readable, writable, [], wait)
            for peer in peers:
                if peer in free:
                    peer.flush()
            if self.child is not None and self.child.waiting:
                self.child.flush()
            for one in ready:
                self.take(one)
            if self.is_done():
                return

    def take(self, one):
        if one == 0:
            self.read_commands()
        elif one is self.listener:
            self.accept()
        elif one is self.client or one is self.broker:
            self.pass_on(one)
        else:
            self.child.read()

    def other(self, peer):
        return self.broker if peer is self.client else self.client

    def is_done(self):
        """The program and both directions are over, or one of them and a moment has passed."""
        program = self.child or self.client
        if program is None:
            return False
        if program.is_over and self.broker is None:
            code = self.child.process.returncode
            sys.exit(self.child.last_line or f"the client program ended with exit code {code} before it connected")
        is_closed = self.broker is not None and self.broker.has_ended and self.broker.is_ending
        if not (is_closed or program.is_over):
            return False
        if self.deadline is None:
            self.deadline = time.monotonic() + LAST_FIN_S
        return (is_closed and program.is_over) or time.monotonic() >= self.deadline

    def read_commands(self):
        data = os.read(0, CHUNK)
        if not data:
            self.end()
        *lines, self.unread = (self.unread + data).split(b"\n")
        for line in lines:
            command = json.loads(line)
            getattr(self, "do_" + command["do"])(command)

    def do_clock(self, command):
        report("clock", asked=command["asked"])

    def do_start(self, _):
        if "child" not in self.options:
            self.connect(Distant(self.do_fin))
            return
        child = self.options["child"]
        port = str(self.listener.getsockname()[1])
        texts = {3: child["input"], **({4: child["source"]} if "source" in child else {})}
        words = [word.replace("{port}", port) for word in child["words"]]
        try:
            self.child = Child(words, texts, child.get("optionFile"))
        except FileNotFoundError:
            sys.exit(f"{words[0]} is not installed")

    def do_fin(self, _=None):
        if self.broker is not None and not self.broker.is_ending:
            report("end", by="client", how="FIN")
            self.broker.end()

    def do_rst(self, _):
        if self.broker is not None:
            report("end", by="client", how="RST")
            self.broker.reset()
            self.end()

    def do_send(self, command):
        data = bytes.fromhex(command["hex"])
        if self.broker is None:
            self.early += data
        elif not self.broker.is_ending:
            self.send(data)

    def do_close(self, _):
        if self.broker is None:
            self.end()
        self.client.end()

    def do_program(self, command):
        self.child.write(command["line"] + "\n")

    def do_stop(self, command):
        self.child.stop(command["how"])

    def accept(self):
        self.child.forget_options()
        client, _ = self.listener.accept()
        self.listener.close()
        self.listener = None
        self.connect(Peer(client))

    def connect(self, client):
        """Connects to the broker once the program has connected."""
        report("connecting")
        connected = socket.create_connection((self.options["address"], self.options["port"]), CONNECT_S)
        report("open", port=connected.getsockname()[1], pid=os.getpid())
        self.client, self.broker = client, Peer(connected)
        if "tls" in self.options:
            self.tls = Tls(self.broker, self.options["address"], self.options["tls"])
        if self.early:
            self.send(self.early)

    def send(self, data, at=None):
        report("bytes", at, direction="sent", hex=data.hex())
        (self.tls or self.broker).sendall(data)

    def pass_on(self, peer):
        by = "client" if peer is self.client else "broker"
        try:
            data = peer.socket.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            if isinstance(error, (ConnectionResetError, BrokenPipeError)):
                report("end", by=by, how="RST")
            else:
                report("failed", why=str(error), code=errno.errorcode.get(error.errno, ""))
            self.other(peer).reset()
            self.end()
        at = clock()
        if not data:
            peer.has_ended = True
            if not self.other(peer).is_ending:
                report("end", at, by=by, how="FIN")
                self.other(peer).end()
        elif peer is self.client:
            self.send(data, at)
        else:
            plain = self.tls.decrypt(data) if self.tls else data
            if plain:
                report("bytes", at, direction="received", hex=plain.hex())
                self.client.sendall(plain)

    def end(self):
        if self.child is not None:
            self.child.process.kill()
            self.child.forget_options()
        os._exit(0)


with os.fdopen(3, closefd=False) as pipe:
    relay = Relay(json.load(pipe))
try:
    relay.run()
except (SystemExit, OSError) as error:
    report("failed", why=str(error))
relay.end()
