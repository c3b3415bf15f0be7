"""Two MQTT 3.1.1 connections of a host, a subscriber and a publisher, that measure when packets pass and how large they are.

Commands arrive as messages on the topic: `<nonce> <verb> <arguments>`. Results leave as lines of JSON on standard output.
Options, with the passwords, are JSON on descriptor 3. measuring_connection.py comes first in the program text.
"""

import json
import os
import select

# longer than the 40 ms that Linux delays an acknowledgement; RFC 1122 4.2.3.2 allows 500 ms
QUIET_S = 0.1
# limits of the wait for that silence, on a busy topic, and for the broker's acknowledgements, on a slow network
SETTLED_S, ACKNOWLEDGED_S = 1, 5
# between two measured messages, so that each has acknowledgements of its own
APART_S = 0.06

with os.fdopen(3) as pipe:
    options = json.load(pipe)
nonce = options["nonce"].encode()


def emit(kind, **facts):
    print(json.dumps({"kind": kind, **facts}, separators=(",", ":")), flush=True)


emit("clock", bootId=open("/proc/sys/kernel/random/boot_id").read().strip())
subscriber = Connection(options["subscriber"], options)
publisher = Connection(options["publisher"], options)
both = {subscriber.socket: subscriber, publisher.socket: publisher}


def answer(connection, kind):
    """Waits for the first answer of this type and returns its body."""
    end = time.monotonic() + BOUND_S
    while time.monotonic() < end:
        for index, (seen, body) in enumerate(connection.answers):
            if seen == kind:
                del connection.answers[index]
                return body
        pump(0.1)
    sys.exit(f"no {TYPES[kind]} within {BOUND_S} s")


messages = []


def pump(seconds):
    """Reads the packets of the next readable connection; returns False where none comes in time."""
    ready, _, _ = select.select(list(both), [], [], max(0, seconds))
    for readable in ready:
        connection = both[readable]
        for kind, flags, body, at in connection.read():
            if kind == PUBLISH and connection is subscriber:
                skip = 2 + struct.unpack_from("!H", body)[0] + (2 if flags & 6 else 0)
                messages.append((body[skip:], at, time.monotonic_ns()))
    return bool(ready)


def settle():
    """Waits for silence, so that late acknowledgements have passed; gives up on a topic that others keep busy."""
    end = time.monotonic() + SETTLED_S
    while pump(QUIET_S) and time.monotonic() < end:
        pass


def begin(connection, payload):
    settle()
    messages.clear()
    connection.amounts.clear()
    connection.exchanges.clear()
    connection.measured = payload
    return connection.counters()


def final_counters(connection, before):
    """The counters once the broker has acknowledged everything, on a slow network after the last packet."""
    size = sum(size for _, size in connection.amounts.values())
    end = time.monotonic() + ACKNOWLEDGED_S
    while True:
        after = connection.counters()
        is_complete = after is None or before is None or after["bytes"] - before["bytes"] >= size
        if is_complete or time.monotonic() >= end:
            return after
        pump(0.05)


def hop(role, connection, before, foreign):
    settle()
    after = final_counters(connection, before)
    if connection is subscriber:
        foreign += sum(payload != connection.measured for payload, *_ in messages)
    connection.measured = None
    types = {name: {"packets": packets, "bytes": size} for name, (packets, size) in connection.amounts.items()}
    facts = {"role": role, "types": types, "foreign": foreign}
    if before is not None and after is not None:
        sent, received = after["sent"] - before["sent"], after["received"] - before["received"]
        payload = after["bytes"] - before["bytes"]
        size = payload + (sent + received) * after["header"]
        facts["ip"] = {"bytes": size, "streamBytes": payload, "segmentsSent": sent, "segmentsReceived": received}
    emit("hop", **facts)


def ended(count, qos):
    """Whether the subscriber has completed `count` deliveries, their last acknowledgements sent."""
    last = TYPES[(PUBLISH, PUBACK, PUBCOMP)[qos]]
    return subscriber.amounts.get(last, (0, 0))[0] >= count


def measure_arrivals(count, size, qos):
    """Measures `count` deliveries to the subscriber; their payload is one byte, repeated."""
    wanted, foreign = b"x" * size, 0
    before = begin(subscriber, wanted)
    emit("begun")
    end = time.monotonic() + BOUND_S
    while not ended(count, qos) and time.monotonic() < end:
        pump(0.5)
        foreign += sum(payload != wanted for payload, *_ in messages)
        messages.clear()
    hop("subscriber", subscriber, before, foreign)


def measure_publishing(count, size, qos):
    """Publishes and measures `count` messages one after the other, each with its whole exchange."""
    before = begin(publisher, b"x" * size)
    for _ in range(count):
        publisher.publish(b"x" * size, qos)
        if qos:
            answer(publisher, PUBACK if qos == 1 else PUBCOMP)
        apart = time.monotonic() + APART_S
        while time.monotonic() < apart:
            pump(apart - time.monotonic())
    hop("publisher", publisher, before, 0)


arrivals = []


def execute(verb, arguments, at, read):
    """Executes a command that arrived at `at` and was read at `read`."""
    if verb == "ping":
        # a reading of this clock: the kernel's time stamp would need a second clock
        sent = f"{options['nonce']} pong {arguments} {read} {time.monotonic_ns()}"
        publisher.publish(sent.encode(), 0)
    elif verb == "m":
        arrivals.append([int(arguments.split()[0]), at])
    elif verb == "flush":
        emit("arrivals", at=arrivals)
        arrivals.clear()
    elif verb == "trace":
        subscriber.trace = []
        emit("begun")
    elif verb == "packets":
        # the exchange may not be complete yet
        settle()
        emit("packets", packets=subscriber.trace)
        subscriber.trace = None
    elif verb == "arrive":
        measure_arrivals(**json.loads(arguments))
    elif verb == "publish":
        measure_publishing(**json.loads(arguments))


for connection in (subscriber, publisher):
    code = answer(connection, CONNACK)[1]
    if code != 0:
        sys.exit(f"the broker refused with code {code}")
subscriber.send(0x82, struct.pack("!H", 1) + text(options["topic"]) + b"\x02")
emit("subscribed", qos=answer(subscriber, SUBACK)[2])
# a signal ends the program
while True:
    pump(1)
    for connection in (subscriber, publisher):
        connection.ping_if_idle()
    received, messages[:] = messages[:], []
    for payload, at, read in received:
        if payload.startswith(nonce + b" "):
            verb, _, arguments = payload[len(nonce) + 1 :].decode().partition(" ")
            execute(verb, arguments, at, read)
