"""Publishes with paho-mqtt once a second, as long as it runs, and prints what happens: what paho_client.py prints, and DISCONNECTED.

The wish has `text`, to which the number of the message is added. TERM has it send DISCONNECT and end. Run with paho_client.py in front.
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
        client.publish(wish["topic"], f"{wish['text']} {state['count']}", wish["qos"])
        state["count"] += 1
        state["next"] += 1
if not state["asked"]:
    sys.exit("the connection was lost")
tell("DISCONNECTED")
