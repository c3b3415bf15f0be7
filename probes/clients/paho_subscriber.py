"""Subscribes with paho-mqtt. Prints the lines of paho_client.py, SUBSCRIBED qos, MESSAGE qos payload-in-hexadecimal, DISCONNECTED.

Upon TERM it unsubscribes, sends DISCONNECT and ends. The handler only sets a flag, so that no callback sends anything.
After the UNSUBACK no message can come any more: a broker that writes to a closed socket takes the client for lost.
Runs with paho_client.py in front.
"""

import sys

state.update({"unsubscribing": False, "unsubscribed": False, "disconnecting": False})


def on_accepted(client):
    client.subscribe(options["topic"], options["qos"])


def on_subscribe(_client, _userdata, _mid, granted, *_):
    first = granted[0]
    report("SUBSCRIBED", getattr(first, "value", first))


def on_unsubscribe(*_):
    state["unsubscribed"] = True


def on_message(_client, _userdata, message):
    report("MESSAGE", message.qos, message.payload.hex())


client = new_client(on_accepted)
client.on_subscribe = on_subscribe
client.on_message = on_message
client.on_unsubscribe = on_unsubscribe
connect(client)
while client.loop(0.1) == 0:
    if state["unsubscribed"] and not state["disconnecting"]:
        state["disconnecting"] = True
        client.disconnect()
    elif state["stopping"] and not state["unsubscribing"]:
        state["unsubscribing"] = True
        client.unsubscribe(options["topic"])
if not state["disconnecting"]:
    sys.exit("the connection was lost")
report("DISCONNECTED")
