"""Stands in for the mosquitto client that its first argument names: it connects, and subscribes or publishes each line at QoS 0."""

import os
import select
import signal
import socket
import sys

name = os.path.basename(sys.argv[1])
words = sys.argv[2:]
option = {word: words[index + 1] for index, word in enumerate(words[:-1]) if word.startswith("-")}
with open(os.path.join(os.environ["XDG_CONFIG_HOME"], name)) as lines:
    login = dict(line.rstrip("\n").split(" ", 1) for line in lines)


def text(value):
    return len(value.encode()).to_bytes(2, "big") + value.encode()


def packet(first, body):
    return bytes([first, len(body)]) + body


def disconnect(*_):
    connection.sendall(packet(0xE0, b""))
    connection.close()
    sys.exit()


print("hello from " + name, file=sys.stderr, flush=True)
connection = socket.create_connection((option["-h"], int(option["-p"])))
header = text("MQTT") + b"\x04\xc2" + int(option["-k"]).to_bytes(2, "big")
connection.sendall(packet(0x10, header + text(option["-i"]) + text(login["-u"]) + text(login["-P"])))
connection.recv(4)
signal.signal(signal.SIGTERM, disconnect)
if "-l" not in words:
    connection.sendall(packet(0x82, b"\x00\x01" + text(option["-t"]) + bytes([int(option["-q"])])))
while True:
    ready = select.select([connection] + ([0] if "-l" in words else []), [], [])[0]
    if connection in ready and not connection.recv(1000):
        connection.close()
        # the real ones try to connect again, for ever
        signal.pause()
    if 0 in ready:
        line = sys.stdin.buffer.readline()
        if not line:
            disconnect()
        connection.sendall(packet(0x30, text(option["-t"]) + line[:-1]))
