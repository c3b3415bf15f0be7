"""Stands in front of the programs here that use paho-mqtt.

The options, password included, are JSON on descriptor 3. Prints a line each: PAHO version, CLIENT pid, LOG text, and
REFUSED code. TERM only sets `state["stopping"]`. paho-mqtt 1.6 (Debian 12) and 2.1 (Debian 13) have different
constructors.
"""

import json
import os
import signal

import paho.mqtt
import paho.mqtt.client as mqtt

with os.fdopen(3) as pipe:
    options = json.load(pipe)

state = {"stopping": False}


def on_term(*_):
    state["stopping"] = True


signal.signal(signal.SIGTERM, on_term)


def report(*words):
    print(*words, flush=True)


def new_client(on_accepted):
    """A client with the options, not yet connected; calls `on_accepted(client)` once the broker has accepted it."""
    if hasattr(mqtt, "CallbackAPIVersion"):
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=options["clientId"])
    else:
        client = mqtt.Client(client_id=options["clientId"])

    def on_connect(client, _userdata, _flags, code, *_):
        if code == 0:
            on_accepted(client)
        else:
            report("REFUSED", code)
            client.disconnect()

    client.on_connect = on_connect
    client.on_log = lambda _client, _userdata, _level, text: report("LOG", text)
    client.username_pw_set(options["user"], options["password"])
    if "will" in options:
        client.will_set(options["will"]["topic"], options["will"]["payload"], options["will"]["qos"])
    return client


def connect(client):
    report("PAHO", paho.mqtt.__version__)
    report("CLIENT", os.getpid())
    client.connect(options["address"], options["port"], options.get("keepAlive", 60))
