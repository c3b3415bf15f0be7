"""Publishes with paho-mqtt once a second until TERM, then sends DISCONNECT and prints DISCONNECTED.

Each message is the option `text` and a number. paho_client.py comes first in the program text.
"""

import sys
import time

state.update({"next": None, "count": 0})


def on_accepted(_client):
    state["next"] = time.monotonic()


client = new_client(on_accepted)
connect(client)
while client.loop(0.1) == 0:
    if state["asked"]:
        client.disconnect()
    elif state["next"] is not None and time.monotonic() >= state["next"]:
        client.publish(options["topic"], f"{options['text']} {state['count']}", options["qos"])
        state["count"] += 1
        state["next"] += 1
if not state["asked"]:
    sys.exit("the connection was lost")
emit("DISCONNECTED")
