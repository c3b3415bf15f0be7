"""Subscribes with paho-mqtt and prints what happens, a line each: PAHO version, SUBSCRIBED qos, MESSAGE qos payload-in-hexadecimal.

The wish, password included, is JSON on descriptor 3. paho-mqtt 1.6 (Debian 12) and 2.1 (Debian 13) differ in how a client is made.
"""

import json
import os

import paho.mqtt
import paho.mqtt.client as mqtt

with os.fdopen(3) as pipe:
    wish = json.load(pipe)


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


def on_message(_client, _userdata, message):
    tell("MESSAGE", message.qos, message.payload.hex())


if hasattr(mqtt, "CallbackAPIVersion"):
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=wish["clientId"])
else:
    client = mqtt.Client(client_id=wish["clientId"])
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_message = on_message
client.username_pw_set(wish["user"], wish["password"])
tell("PAHO", paho.mqtt.__version__)
client.connect(wish["address"], wish["port"])
client.loop_forever()
