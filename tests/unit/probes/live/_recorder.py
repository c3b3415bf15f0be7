"""Runs one scenario with the classes of the recorder in the folder that its first argument names."""

import os
import sys

for name in ("recorder_ends.py", "recorder.py"):
    with open(f"{sys.argv[1]}/{name}") as source:
        exec(source.read().split("\nwith os.fdopen(3", 1)[0])


class Failing:
    """A peer whose connection fails by an error of the system."""

    def __init__(self, number):
        self.number = number
        self.socket = self

    def recv(self, _):
        raise OSError(self.number, os.strerror(self.number))

    def reset(self):
        pass


def fail(name):
    relay = Relay({})
    relay.client, relay.broker = Failing(0), Failing(getattr(errno, name))
    relay.pass_on(relay.broker)


def start_with_long_input():
    """Starts a program that reads an input longer than a pipe holds."""
    text = "0123456789" * 20_000
    child = Child(["sh", "-c", "wc -c <&3 >&2"], {3: text, 4: text}, None)
    while not child.is_over:
        child.read()


globals()[sys.argv[2]](*sys.argv[3:])
