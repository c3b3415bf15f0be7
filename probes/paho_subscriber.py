"""Subscribes with paho-mqtt and prints what happens, a line each: PAHO version, CLIENT pid, SUBSCRIBED qos, MESSAGE qos payload-in-hexadecimal,
LOG text, DISCONNECTED.

The wish, password included, is JSON on descriptor 3. paho-mqtt 1.6 (Debian 12) and 2.1 (Debian 13) differ in how a client is made.
TERM has it unsubscribe, send DISCONNECT and end. The handler only sets a flag: nothing is sent from within a callback, and after UNSUBACK
no message of somebody else can come between, upon which a broker that writes to a closed socket would take the client for lost.
"""

import json
import os
import signal
import sys

import paho.mqtt
import paho.mqtt.client as mqtt

with os.fdopen(3) as pipe:
    wish = json.load(pipe)


state = {"asked": False, "unsubscribing": False, "unsubscribed": False, "disconnecting": False}


def on_term(*_):
    state["asked"] = True


signal.signal(signal.SIGTERM, on_term)


def tell(*words):
    print(*words, flush=True)


def on_connect(client, _userdata, _flags, code, *_):
    if code == 0:
        client.subscribe(wish["topic"], wish["qos"])
    else:
        tell("REFUSED", code)
        client.disconnect()


def on_subscribe(_client, _userdata, _mid, granted, *_):
    first = granted[0]
    tell("SUBSCRIBED", getattr(first, "value", first))


def on_unsubscribe(*_):
    state["unsubscribed"] = True


def on_message(_client, _userdata, message):
    tell("MESSAGE", message.qos, message.payload.hex())


if hasattr(mqtt, "CallbackAPIVersion"):
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=wish["clientId"])
else:
    client = mqtt.Client(client_id=wish["clientId"])
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.on_unsubscribe = on_unsubscribe
client.on_log = lambda _client, _userdata, _level, text: tell("LOG", text)
client.username_pw_set(wish["user"], wish["password"])
if "will" in wish:
    client.will_set(wish["will"]["topic"], wish["will"]["payload"], wish["will"]["qos"])
tell("PAHO", paho.mqtt.__version__)
tell("CLIENT", os.getpid())
client.connect(wish["address"], wish["port"], wish.get("keepAlive", 60))
while client.loop(0.1) == 0:
    if state["unsubscribed"] and not state["disconnecting"]:
        state["disconnecting"] = True
        client.disconnect()
    elif state["asked"] and not state["unsubscribing"]:
        state["unsubscribing"] = True
        client.unsubscribe(wish["topic"])
if not state["disconnecting"]:
    sys.exit("the connection was lost")
tell("DISCONNECTED")
