"""The ends of a recorder: sockets, the client program, and a program on another machine. recorder.py comes next."""

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

CONNECT_S = 10
CHUNK = 1 << 16
PR_SET_PDEATHSIG = 1  # linux/prctl.h
RESET = struct.pack("ii", 1, 0)  # SO_LINGER without time: close(2) sends an RST (socket(7))

libc = ctypes.CDLL(None)


def clock():
    return time.monotonic() * 1000


def report(kind, at=None, **fields):
    line = json.dumps({"is": kind, "at": clock() if at is None else at, **fields})
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Peer:
    """One end: a connected socket, what waits to be sent, and whether a FIN is to follow that."""

    def __init__(self, connected):
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.setblocking(False)
        self.socket = connected
        self.waiting = bytearray()
        self.is_ending = False
        self.has_ended = False

    def fileno(self):
        return self.socket.fileno()

    def sendall(self, data):
        self.waiting += data
        self.flush()

    def flush(self):
        try:
            while self.waiting:
                sent = self.socket.send(self.waiting)
                del self.waiting[:sent]
            if self.is_ending:
                self.socket.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            pass
        except OSError:
            # reading tells why
            self.waiting.clear()

    def end(self):
        self.is_ending = True
        self.flush()

    def recv(self, size):
        """Waits for data; for the TLS handshake."""
        if not select.select([self], [], [], CONNECT_S)[0]:
            sys.exit("no answer in the TLS handshake")
        return self.socket.recv(size)

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.socket.close()


class Child:
    """The client program. It ends with this process, whatever ends that."""

    def __init__(self, words, texts, option_file):
        environment = dict(os.environ)
        self.folder = None
        if option_file is not None:
            self.folder = f"{os.environ.get('TMPDIR', '/tmp')}/mqtt-lab-{os.urandom(8).hex()}"
            os.mkdir(self.folder, 0o700)
            self.link = f"{self.folder}/{option_file}"
            os.symlink("/dev/fd/3", self.link)
            environment["XDG_CONFIG_HOME"] = self.folder
        pipes = {descriptor: os.pipe() for descriptor in texts}

        def prepare():
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            for descriptor, (source, _) in pipes.items():
                os.dup2(source, descriptor)

        try:
            self.process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment,
                preexec_fn=prepare,
                pass_fds=tuple(texts),
            )
        except OSError:
            self.forget_options()
            raise
        for descriptor, (source, target) in pipes.items():
            os.close(source)
            # a pipe holds 64 kB, or less, until the program reads
            threading.Thread(target=fill, args=(target, texts[descriptor]), daemon=True).start()
        os.set_blocking(self.process.stdin.fileno(), False)
        self.waiting = bytearray()
        self.is_ending = False
        self.is_over = False
        self.unread = b""
        self.last_line = None

    def forget_options(self):
        if self.folder is not None:
            os.unlink(self.link)
            os.rmdir(self.folder)
            self.folder = None

    def write(self, text):
        if self.is_ending:
            return
        self.waiting += text.encode()
        self.flush()

    def flush(self):
        if self.process.stdin.closed:
            return
        try:
            while self.waiting:
                del self.waiting[: os.write(self.process.stdin.fileno(), self.waiting)]
        except BlockingIOError:
            return
        except OSError:
            self.waiting.clear()
        if self.is_ending:
            self.process.stdin.close()

    def stop(self, how):
        if how == "TERM":
            self.process.terminate()
        self.is_ending = how == "EOF"
        self.flush()

    def read(self):
        data = os.read(self.process.stderr.fileno(), CHUNK)
        *lines, self.unread = (self.unread + data).split(b"\n")
        for line in lines if data else [self.unread]:
            if line:
                self.last_line = line[:500].decode(errors="replace")
                report("line", text=self.last_line)
        if not data:
            self.is_over = True
            self.process.wait()


class Distant:
    """Stands for a program on another machine, and for its connection. It reads what is reported."""

    waiting = b""
    is_ending = is_over = False
    has_ended = True  # there is no socket to read

    def __init__(self, fin):
        self.fin = fin

    def sendall(self, _):
        pass

    def reset(self):
        pass

    def end(self):
        self.is_over = True
        self.fin()


def fill(target, text):
    # the program may end before it has read all
    with contextlib.suppress(BrokenPipeError), os.fdopen(target, "w") as pipe:
        pipe.write(text)
