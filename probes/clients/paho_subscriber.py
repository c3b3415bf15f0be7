"""Subscribes with paho-mqtt and prints what happens, a line each: what paho_client.py prints, SUBSCRIBED qos, MESSAGE qos payload-in-hexadecimal,
DISCONNECTED.

TERM has it unsubscribe, send DISCONNECT and end. The handler only sets a flag: nothing is sent from within a callback, and after UNSUBACK
no message of somebody else can come between, upon which a broker that writes to a closed socket would take the client for lost.
Run with paho_client.py in front.
"""

import sys

state.update({"unsubscribing": False, "unsubscribed": False, "disconnecting": False})


def on_accepted(client):
    client.subscribe(wish["topic"], wish["qos"])


def on_subscribe(_client, _userdata, _mid, granted, *_):
    first = granted[0]
    tell("SUBSCRIBED", getattr(first, "value", first))


def on_unsubscribe(*_):
    state["unsubscribed"] = True


def on_message(_client, _userdata, message):
    tell("MESSAGE", message.qos, message.payload.hex())


client = new_client(on_accepted)
client.on_subscribe = on_subscribe
client.on_message = on_message
client.on_unsubscribe = on_unsubscribe
connect(client)
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
