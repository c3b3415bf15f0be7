"""What the programs here that use paho-mqtt have in common: they are run with this in front.

The wish, password included, is JSON on descriptor 3. Prints a line each: PAHO version, CLIENT pid, LOG text, and REFUSED code where it is not let in.
TERM only sets `state["asked"]`. paho-mqtt 1.6 (Debian 12) and 2.1 (Debian 13) differ in how a client is made.
"""

import json
import os
import signal

import paho.mqtt
import paho.mqtt.client as mqtt

with os.fdopen(3) as pipe:
    wish = json.load(pipe)

state = {"asked": False}


def on_term(*_):
    state["asked"] = True


signal.signal(signal.SIGTERM, on_term)


def tell(*words):
    print(*words, flush=True)


def new_client(on_accepted):
    """A client as the wish has it, not yet connected; `on_accepted(client)` is called once the broker has let it in."""
    if hasattr(mqtt, "CallbackAPIVersion"):
        made = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=wish["clientId"])
    else:
        made = mqtt.Client(client_id=wish["clientId"])

    def on_connect(client, _userdata, _flags, code, *_):
        if code == 0:
            on_accepted(client)
        else:
            tell("REFUSED", code)
            client.disconnect()

    made.on_connect = on_connect
    made.on_log = lambda _client, _userdata, _level, text: tell("LOG", text)
    made.username_pw_set(wish["user"], wish["password"])
    if "will" in wish:
        made.will_set(wish["will"]["topic"], wish["will"]["payload"], wish["will"]["qos"])
    return made


def connect(client):
    tell("PAHO", paho.mqtt.__version__)
    tell("CLIENT", os.getpid())
    client.connect(wish["address"], wish["port"], wish.get("keepAlive", 60))
