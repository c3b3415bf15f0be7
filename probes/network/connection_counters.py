"""Prints the kernel's counters of this host's TCP connections to a port, the same as `ss -ti`; needs no root.

Options, in JSON on descriptor 3: `port`, `everyMs` from round to round, `boundSeconds` after which it ends. Each round
is a line `ROUND ms` by the monotonic clock and, for each connection that has changed since the last round,
`COUNTERS port ip-version options sent resent received segments-out segments-in`: the client's port, the IP version of
its segments, tcpi_options, bytes of payload, segments. Where the kernel has no counters: `UNAVAILABLE reason`.
Structures: sock_diag(7); inet_diag_req_v2 and inet_diag_msg in linux/inet_diag.h; tcp_info in linux/tcp.h.
"""

import json
import os
import socket
import struct
import sys
import time

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST_DUMP = 0x301
INET_DIAG_INFO = 2
ESTABLISHED = 1 << 1

with os.fdopen(3) as pipe:
    options = json.load(pipe)
port = options["port"]
kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)
kernel.settimeout(5)


def unavailable(reason):
    print("UNAVAILABLE", reason, flush=True)
    sys.exit()


def messages(family):
    """The kernel's answers about the established connections of a family to the port, without their headers."""
    wanted = struct.pack("=BBBxI", family, socket.IPPROTO_TCP, 1 << (INET_DIAG_INFO - 1), ESTABLISHED)
    wanted += struct.pack("!HH", 0, port) + bytes(44)
    kernel.send(struct.pack("=IHHII", 16 + len(wanted), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, 0, 0) + wanted)
    while True:
        answer = kernel.recv(1 << 17)
        while answer:
            length, kind = struct.unpack_from("=IH", answer)
            body, answer = answer[16:length], answer[(length + 3) & ~3 :]
            if kind in (NLMSG_DONE, NLMSG_ERROR):
                code = struct.unpack_from("=i", body)[0] if len(body) >= 4 else 0
                if code:
                    unavailable(f"sock_diag: {os.strerror(-code)}")
                return
            if kind == SOCK_DIAG_BY_FAMILY:
                yield body


def tcp_info(attributes):
    while len(attributes) >= 4:
        length, kind = struct.unpack_from("=HH", attributes)
        if kind == INET_DIAG_INFO:
            return attributes[4:length]
        attributes = attributes[(length + 3) & ~3 :]
    return b""


def counters(message):
    """The words of a line, from `struct inet_diag_msg` and the `struct tcp_info` after it."""
    (local,) = struct.unpack_from("!H", message, 4)
    is_mapped = message[8:20] == bytes(10) + b"\xff\xff"
    version = 6 if message[0] == socket.AF_INET6 and not is_mapped else 4
    info = tcp_info(message[72:])
    if len(info) < 216:
        unavailable("the kernel does not count sent bytes; Linux does since 4.19")
    received, segments_out, segments_in = struct.unpack_from("=QII", info, 128)
    sent, resent = struct.unpack_from("=QQ", info, 200)
    return local, version, info[5], sent, resent, received, segments_out, segments_in


def round_of(last):
    print("ROUND", f"{time.monotonic() * 1000:.1f}")
    now = {}
    for family in (socket.AF_INET, socket.AF_INET6):
        for message in messages(family):
            words = counters(message)
            now[words[0]] = words
            if last.get(words[0]) != words:
                print("COUNTERS", *words)
    sys.stdout.flush()
    return now


end = time.monotonic() + options["boundSeconds"]
last = {}
try:
    while time.monotonic() < end:
        last = round_of(last)
        time.sleep(options["everyMs"] / 1000)
except BrokenPipeError:
    # the reader is gone
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
except OSError as error:
    unavailable(error)
