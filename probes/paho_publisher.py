"""Publishes with paho-mqtt once a second, as long as it runs, and prints what happens: PAHO version, CLIENT pid, LOG text, DISCONNECTED.

The wish, password included, is JSON on descriptor 3: with `text`, to which the number of the message is added. TERM has it send DISCONNECT and end.
paho-mqtt 1.6 (Debian 12) and 2.1 (Debian 13) differ in how a client is made.
"""

import json
import os
import signal
import sys
import time

import paho.mqtt
import paho.mqtt.client as mqtt

with os.fdopen(3) as pipe:
    wish = json.load(pipe)

state = {"asked": False, "next": None, "count": 0}


def on_term(*_):
    state["asked"] = True


signal.signal(signal.SIGTERM, on_term)


def tell(*words):
    print(*words, flush=True)


def on_connect(client, _userdata, _flags, code, *_):
    if code == 0:
        state["next"] = time.monotonic()
    else:
        tell("REFUSED", code)
        client.disconnect()


if hasattr(mqtt, "CallbackAPIVersion"):
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=wish["clientId"])
else:
    client = mqtt.Client(client_id=wish["clientId"])
client.on_connect = on_connect
client.on_log = lambda _client, _userdata, _level, text: tell("LOG", text)
client.username_pw_set(wish["user"], wish["password"])
tell("PAHO", paho.mqtt.__version__)
tell("CLIENT", os.getpid())
client.connect(wish["address"], wish["port"], wish["keepAlive"])
while client.loop(0.1) == 0:
    if state["asked"]:
        client.disconnect()
    elif state["next"] is not None and time.monotonic() >= state["next"]:
        client.publish(wish["topic"], f"{wish['text']} {state['count']}", wish["qos"])
        state["count"] += 1
        state["next"] += 1
if not state["asked"]:
    sys.exit("the connection was lost")
tell("DISCONNECTED")
