"""Subscribes with paho-mqtt; prints SUBSCRIBED qos, MESSAGE qos payload-in-hexadecimal and DISCONNECTED.

On TERM it unsubscribes before it sends DISCONNECT: a broker that still delivered a message to the closing socket would
take the client for lost. The loop sends the packets, never a callback. paho_client.py comes first in the program text.
"""

import sys

state.update({"unsubscribing": False, "unsubscribed": False, "disconnecting": False})


def on_accepted(client):
    client.subscribe(options["topic"], options["qos"])


def on_subscribe(_client, _userdata, _mid, granted, *_):
    first = granted[0]
    emit("SUBSCRIBED", getattr(first, "value", first))


def on_unsubscribe(*_):
    state["unsubscribed"] = True


def on_message(_client, _userdata, message):
    emit("MESSAGE", message.qos, message.payload.hex())


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
        client.unsubscribe(options["topic"])
if not state["disconnecting"]:
    sys.exit("the connection was lost")
emit("DISCONNECTED")
