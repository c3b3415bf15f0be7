"""One MQTT 3.1.1 connection that records when packets pass and how large they are. It precedes measuring_client.py.

It uses no library, since none gives the time at which the kernel received a message (SO_TIMESTAMPNS, socket(7)).
Times are nanoseconds of CLOCK_MONOTONIC (clock_gettime(2)); counters come from TCP_INFO (tcp(7), linux/tcp.h).
"""

import socket
import struct
import sys
import time

TYPES = [
    "", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP",
    "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT",
]
CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, DISCONNECT = 2, 3, 4, 5, 6, 7, 9, 14
BOUND_S = 20
IP_HEADER, IP6_HEADER, TCP_HEADER, TIME_STAMPS = 20, 40, 20, 12
# asm-generic/socket.h; Python has no names for them. qemu's user emulation knows only the second, in microseconds
SO_TIMESTAMPNS, SO_TIMESTAMP = 35, 29
NANOSECONDS = {SO_TIMESTAMPNS: 1, SO_TIMESTAMP: 1000}
STAMP = struct.Struct("@ll")

def text(value):
    data = value.encode()
    return struct.pack("!H", len(data)) + data


def packet(first, body):
    length, rest = b"", len(body)
    while True:
        rest, digit = divmod(rest, 128) if rest >= 128 else (0, rest)
        length += bytes([digit | (0x80 if rest else 0)])
        if not rest:
            return bytes([first]) + length + body


def both_clocks():
    """The monotonic clock and the clock of the kernel's time stamps, read at nearly the same moment."""
    for _ in range(5):
        before, stamping, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
        if after - before < 10_000:
            break
    return (before + after) // 2, stamping


def arrival(ancillary):
    """When the kernel received the data; now where it gives no time stamp."""
    at, stamping = both_clocks()
    for _, kind, data in ancillary:
        if kind in NANOSECONDS and len(data) == STAMP.size:
            seconds, rest = STAMP.unpack(data)
            waited = stamping - (seconds * 10**9 + rest * NANOSECONDS[kind])
            # outside these limits the clock was set meanwhile
            return at - waited if 0 <= waited < 10**9 else at
    return at


class Connection:
    """One client: its socket, the packets that passed, and how many bytes each type took."""

    def __init__(self, login, options):
        self.topic = options["topic"]
        self.keep_alive = options["keepAlive"]
        self.own = options["nonce"].encode() + b" m "
        self.socket = socket.create_connection((login["address"], login["port"]), BOUND_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        except OSError:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
        # from measuring_tls.py, which comes first where the listener has TLS
        self.tls = Tls(self.socket, login["address"], login["tls"]) if "tls" in login else None
        self.unread = b""
        # the payload of the messages to measure, with their exchanges; None measures nothing
        self.measured = None
        self.amounts = {}
        self.exchanges = set()
        self.trace = None
        self.last_id = 0
        self.answers = []
        # a clean session with a user name, and a password where the user has one
        flags = b"\xc2" if "password" in login else b"\x82"
        body = text("MQTT") + b"\x04" + flags + struct.pack("!H", options["keepAlive"]) + text(login["clientId"])
        password = text(login["password"]) if "password" in login else b""
        self.send(0x10, body + text(login["user"]) + password)

    def record(self, direction, kind, flags, body, size, at):
        if self.is_measured(kind, flags, body):
            amount = self.amounts.setdefault(TYPES[kind], [0, 0])
            amount[0] += 1
            amount[1] += size
        if self.trace is None:
            return
        seen = {"direction": direction, "type": TYPES[kind], "bytes": size, "atNs": at}
        if kind == PUBLISH:
            skip = 2 + struct.unpack_from("!H", body)[0]
            qos = flags >> 1 & 3
            seen.update(qos=qos, dup=bool(flags & 8), retain=bool(flags & 1))
            if qos:
                seen["packetId"] = struct.unpack_from("!H", body, skip)[0]
            seen["isOwn"] = body[skip + (2 if qos else 0) :].startswith(self.own)
        elif PUBACK <= kind <= PUBCOMP:
            seen["packetId"] = struct.unpack_from("!H", body)[0]
        self.trace.append(seen)

    def is_measured(self, kind, flags, body):
        """Whether a packet belongs to a measured message: other clients publish on the topic too."""
        if self.measured is None or not PUBLISH <= kind <= PUBCOMP:
            return False
        if kind != PUBLISH:
            return body[:2] in self.exchanges
        skip = 2 + struct.unpack_from("!H", body)[0]
        is_own = body[skip + (2 if flags & 6 else 0) :] == self.measured
        if flags & 6:
            (self.exchanges.add if is_own else self.exchanges.discard)(body[skip : skip + 2])
        return is_own

    def send(self, first, body):
        data = packet(first, body)
        at = time.monotonic_ns()
        (self.tls or self.socket).sendall(data)
        self.last_sent = time.monotonic()
        self.record("sent", first >> 4, first & 15, body, len(data), at)

    def ping_if_idle(self):
        """Pings when the client has sent nothing for half of the keep alive."""
        if time.monotonic() - self.last_sent > self.keep_alive / 2:
            self.send(0xC0, b"")

    def publish(self, payload, qos):
        body = text(self.topic)
        if qos:
            self.last_id = self.last_id % 65535 + 1
            body += struct.pack("!H", self.last_id)
        self.send(0x30 | qos << 1, body + payload)

    def read(self):
        """Yields each complete packet as (type, flags, body, time), after acknowledging it."""
        data, ancillary, _, _ = self.socket.recvmsg(1 << 20, socket.CMSG_SPACE(STAMP.size))
        at = arrival(ancillary)
        if not data:
            sys.exit("the broker closed the connection")
        self.unread += self.tls.decrypt(data) if self.tls else data
        while True:
            complete = self.next_packet()
            if complete is None:
                return
            first, body, size = complete
            kind, flags = first >> 4, first & 15
            self.record("received", kind, flags, body, size, at)
            self.acknowledge(kind, flags, body)
            yield kind, flags, body, at

    def next_packet(self):
        length = shift = 0
        for index in range(1, 5):
            if index >= len(self.unread):
                return None
            digit = self.unread[index]
            length |= (digit & 127) << shift
            shift += 7
            if digit < 128:
                break
        end = index + 1 + length
        if len(self.unread) < end:
            return None
        first, body = self.unread[0], self.unread[index + 1 : end]
        self.unread = self.unread[end:]
        return first, body, end

    def acknowledge(self, kind, flags, body):
        if kind == PUBLISH and flags & 6:
            skip = 2 + struct.unpack_from("!H", body)[0]
            self.send(0x40 if flags & 2 else 0x50, body[skip : skip + 2])
        elif kind == PUBREC:
            self.send(0x62, body[:2])
        elif kind == PUBREL:
            self.send(0x70, body[:2])
        if kind in (CONNACK, SUBACK, PUBACK, PUBCOMP):
            self.answers.append((kind, body))

    def counters(self):
        """Bytes and segments of the connection so far, and the size of a segment's headers; None on an old kernel."""
        info = self.socket.getsockopt(socket.IPPROTO_TCP, 11, 256)
        # struct tcp_info: 8 bytes of flags, 24 fields of 32 bits, then 64 bits each for pacing rates, bytes_acked and
        # bytes_received, then segs_out and segs_in
        if len(info) < 144:
            return None
        acked, received = struct.unpack_from("=QQ", info, 120)
        segments_out, segments_in = struct.unpack_from("=II", info, 136)
        ip_header = IP6_HEADER if self.socket.family == socket.AF_INET6 else IP_HEADER
        header = ip_header + TCP_HEADER + (TIME_STAMPS if info[5] & 1 else 0)
        return {"bytes": acked + received, "sent": segments_out, "received": segments_in, "header": header}
