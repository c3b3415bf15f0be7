"""Publishes with paho-mqtt once a second until TERM, upon which it sends DISCONNECT and ends. Runs with paho_client.py in front.

Prints the lines of paho_client.py, and DISCONNECTED. The option `text` begins each message; its number follows.
"""

import sys
import time

state.update({"next": None, "count": 0})


def on_accepted(_client):
    state["next"] = time.monotonic()


client = new_client(on_accepted)
connect(client)
while client.loop(0.1) == 0:
    if state["stopping"]:
        client.disconnect()
    elif state["next"] is not None and time.monotonic() >= state["next"]:
        client.publish(options["topic"], f"{options['text']} {state['count']}", options["qos"])
        state["count"] += 1
        state["next"] += 1
if not state["stopping"]:
    sys.exit("the connection was lost")
report("DISCONNECTED")
