"""Two MQTT 3.1.1 connections of one lab host, a subscriber's and a publisher's, that measure: when packets pass, what they weigh, and what the
kernel counted for it. Told by messages on the topic itself, `<nonce> <verb> <arguments in JSON>`; tells by lines of JSON on standard output.

The wish, passwords included, is JSON on descriptor 3. Run with measuring_connection.py in front.
"""

import json
import os
import select

# longer than Linux delays an acknowledgement on such a connection, 40 ms; RFC 1122 4.2.3.2 allows 500 ms
QUIET_S = 0.1
# for that silence, where others keep the topic busy; and for the other end's acknowledgements, on a slow network
SETTLED_S, ACKNOWLEDGED_S = 1, 5
# between two messages that are weighed: each is alone on the wire, with acknowledgements of its own
APART_S = 0.06

with os.fdopen(3) as pipe:
    wish = json.load(pipe)
nonce = wish["nonce"].encode()


def tell(kind, **facts):
    print(json.dumps({"kind": kind, **facts}, separators=(",", ":")), flush=True)


tell("clock", bootId=open("/proc/sys/kernel/random/boot_id").read().strip())
subscriber = Connection(wish["subscriber"], wish)
publisher = Connection(wish["publisher"], wish)
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
    """Reads what comes within so many seconds, up to the first message; False where nothing came."""
    ready, _, _ = select.select(list(both), [], [], max(0, seconds))
    for readable in ready:
        connection = both[readable]
        for kind, flags, body, at in connection.read():
            if kind == PUBLISH and connection is subscriber:
                skip = 2 + struct.unpack_from("!H", body)[0] + (2 if flags & 6 else 0)
                messages.append((body[skip:], at, time.monotonic_ns()))
    return bool(ready)


def settle():
    """Until nothing has come for a while, or as long as others keep the topic busy: late acknowledgements have passed."""
    end = time.monotonic() + SETTLED_S
    while pump(QUIET_S) and time.monotonic() < end:
        pass


def begin(connection, payload):
    settle()
    messages.clear()
    connection.amounts.clear()
    connection.exchanges.clear()
    connection.weighed = payload
    return connection.counters()


def counted(connection, before):
    """The counters, once the other end has acknowledged all that was sent: on a slow network later than the last packet."""
    size = sum(size for _, size in connection.amounts.values())
    end = time.monotonic() + ACKNOWLEDGED_S
    while True:
        after = connection.counters()
        is_there = after is None or before is None or after["bytes"] - before["bytes"] >= size
        if is_there or time.monotonic() >= end:
            return after
        pump(0.05)


def hop(role, connection, before, foreign):
    settle()
    after = counted(connection, before)
    if connection is subscriber:
        foreign += sum(payload != connection.weighed for payload, *_ in messages)
    connection.weighed = None
    types = {name: {"packets": packets, "bytes": size} for name, (packets, size) in connection.amounts.items()}
    facts = {"role": role, "types": types, "foreign": foreign}
    if before is not None and after is not None:
        sent, received = after["sent"] - before["sent"], after["received"] - before["received"]
        payload = after["bytes"] - before["bytes"]
        size = payload + (sent + received) * after["header"]
        facts["ip"] = {"bytes": size, "streamBytes": payload, "segmentsSent": sent, "segmentsReceived": received}
    tell("hop", **facts)


def ended(count, qos):
    """Whether so many deliveries to the subscriber are over, their last acknowledgements sent."""
    last = TYPES[(PUBLISH, PUBACK, PUBCOMP)[qos]]
    return subscriber.amounts.get(last, (0, 0))[0] >= count


def weigh_arrivals(count, size, qos):
    """The subscriber's hop of so many messages, all of one byte repeated."""
    wanted, foreign = b"x" * size, 0
    before = begin(subscriber, wanted)
    tell("begun")
    end = time.monotonic() + BOUND_S
    while not ended(count, qos) and time.monotonic() < end:
        pump(0.5)
        foreign += sum(payload != wanted for payload, *_ in messages)
        messages.clear()
    hop("subscriber", subscriber, before, foreign)


def weigh_publishing(count, size, qos):
    """The publisher's hop of so many messages, one after the other, each with its whole exchange."""
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
    """Does what a message told that came at `at` and was read at `read`."""
    if verb == "ping":
        # this clock's own reading, which needs no second clock as the kernel's stamp does
        sent = f"{wish['nonce']} pong {arguments} {read} {time.monotonic_ns()}"
        publisher.publish(sent.encode(), 0)
    elif verb == "m":
        arrivals.append([int(arguments.split()[0]), at])
    elif verb == "flush":
        tell("arrivals", at=arrivals)
        arrivals.clear()
    elif verb == "trace":
        subscriber.trace = []
        tell("begun")
    elif verb == "packets":
        # the end of an exchange is on its way, where others don't keep the topic busy
        settle()
        tell("packets", packets=subscriber.trace)
        subscriber.trace = None
    elif verb == "arrive":
        weigh_arrivals(**json.loads(arguments))
    elif verb == "publish":
        weigh_publishing(**json.loads(arguments))


for connection in (subscriber, publisher):
    code = answer(connection, CONNACK)[1]
    if code != 0:
        sys.exit(f"the broker refused with code {code}")
subscriber.send(0x82, struct.pack("!H", 1) + text(wish["topic"]) + b"\x02")
tell("subscribed", qos=answer(subscriber, SUBACK)[2])
# until it is ended by a signal
while True:
    pump(1)
    for connection in (subscriber, publisher):
        connection.stay()
    told, messages[:] = messages[:], []
    for payload, at, read in told:
        if payload.startswith(nonce + b" "):
            verb, _, arguments = payload[len(nonce) + 1 :].decode().partition(" ")
            obey(verb, arguments, at, read)
