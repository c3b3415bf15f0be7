"""Two MQTT 3.1.1 connections of one lab host, a subscriber's and a publisher's, that measure when packets pass, their sizes,
and what the kernel counted for them. Takes orders in messages on the topic, `<nonce> <verb> <arguments in JSON>`, and
reports in lines of JSON on standard output.

The options, passwords included, are JSON on descriptor 3. Runs with measuring_connection.py in front.
"""

import json
import os
import select

# longer than Linux delays an acknowledgement on such a connection, 40 ms; RFC 1122 4.2.3.2 allows 500 ms
QUIET_S = 0.1
# longest wait for that silence on a busy topic, and for the other end's acknowledgements on a slow network
SETTLED_S, ACKNOWLEDGED_S = 1, 5
# between two measured messages: each is alone on the wire, with acknowledgements of its own
APART_S = 0.06

with os.fdopen(3) as pipe:
    options = json.load(pipe)
nonce = options["nonce"].encode()


def report(kind, **facts):
    print(json.dumps({"kind": kind, **facts}, separators=(",", ":")), flush=True)


report("clock", bootId=open("/proc/sys/kernel/random/boot_id").read().strip())
subscriber = Connection(options["subscriber"], options)
publisher = Connection(options["publisher"], options)
both = {subscriber.socket: subscriber, publisher.socket: publisher}


def answer(connection, kind):
    """The body of the first answer of this type."""
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
    """Reads until something came or the time is over; False where nothing came."""
    ready, _, _ = select.select(list(both), [], [], max(0, seconds))
    for readable in ready:
        connection = both[readable]
        for kind, flags, body, at in connection.read():
            if kind == PUBLISH and connection is subscriber:
                skip = 2 + struct.unpack_from("!H", body)[0] + (2 if flags & 6 else 0)
                messages.append((body[skip:], at, time.monotonic_ns()))
    return bool(ready)


def settle():
    """Waits until nothing comes for a while, so that late acknowledgements have passed; not for ever on a busy topic."""
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


def counted(connection, before):
    """The counters after the other end has acknowledged everything, which may be later than the last packet."""
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
    after = counted(connection, before)
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
    report("hop", **facts)


def ended(count, qos):
    """Whether the subscriber has sent the last acknowledgement of this many deliveries."""
    last = TYPES[(PUBLISH, PUBACK, PUBCOMP)[qos]]
    return subscriber.amounts.get(last, (0, 0))[0] >= count


def measure_arrivals(count, size, qos):
    """Measures the subscriber's hop of messages that repeat one byte."""
    wanted, foreign = b"x" * size, 0
    before = begin(subscriber, wanted)
    report("begun")
    end = time.monotonic() + BOUND_S
    while not ended(count, qos) and time.monotonic() < end:
        pump(0.5)
        foreign += sum(payload != wanted for payload, *_ in messages)
        messages.clear()
    hop("subscriber", subscriber, before, foreign)


def measure_publishing(count, size, qos):
    """Measures the publisher's hop of messages, each with its whole exchange before the next."""
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


def obey(verb, arguments, at, read):
    """Carries out an order that came at `at` and was read at `read`."""
    if verb == "ping":
        # by this clock alone; the kernel's stamp is by another
        sent = f"{options['nonce']} pong {arguments} {read} {time.monotonic_ns()}"
        publisher.publish(sent.encode(), 0)
    elif verb == "m":
        arrivals.append([int(arguments.split()[0]), at])
    elif verb == "flush":
        report("arrivals", at=arrivals)
        arrivals.clear()
    elif verb == "trace":
        subscriber.trace = []
        report("begun")
    elif verb == "packets":
        # the end of an exchange may be on its way
        settle()
        report("packets", packets=subscriber.trace)
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
report("subscribed", qos=answer(subscriber, SUBACK)[2])
# until a signal ends it
while True:
    pump(1)
    for connection in (subscriber, publisher):
        connection.ping_when_idle()
    orders, messages[:] = messages[:], []
    for payload, at, read in orders:
        if payload.startswith(nonce + b" "):
            verb, _, arguments = payload[len(nonce) + 1 :].decode().partition(" ")
            obey(verb, arguments, at, read)
