"""The common part of the paho-mqtt programs, which it precedes.

Options, with the password, are JSON on descriptor 3. It prints lines: PAHO version, CLIENT pid, LOG text, and REFUSED code
when the broker refuses the client. TERM only sets `state["asked"]`. It runs with paho-mqtt 1.6 (Debian 12) and 2.1 (Debian 13).
"""

import json
import os
import signal

import paho.mqtt
import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

with os.fdopen(3) as pipe:
    options = json.load(pipe)

is_version_5 = options.get("version", 4) == 5
state = {"asked": False}


def on_term(*_):
    state["asked"] = True


signal.signal(signal.SIGTERM, on_term)


def emit(*words):
    print(*words, flush=True)


def new_client(on_accepted):
    """A client with the options, not yet connected. It calls `on_accepted(client)` when the broker accepts it."""
    callbacks = [mqtt.CallbackAPIVersion.VERSION2] if hasattr(mqtt, "CallbackAPIVersion") else []
    # over MQTT 5 this is for connect()
    session = {"protocol": mqtt.MQTTv5} if is_version_5 else {"clean_session": options.get("clean", True)}
    made = mqtt.Client(*callbacks, client_id=options["clientId"], **session)

    def on_connect(client, _userdata, _flags, code, *_):
        if code == 0:
            on_accepted(client)
        else:
            emit("REFUSED", code)
            client.disconnect()

    made.on_connect = on_connect
    made.on_log = lambda _client, _userdata, _level, text: emit("LOG", text)
    made.username_pw_set(options["user"], options.get("password"))
    if "tls" in options:
        files = options["tls"]
        shown = files.get("certificate", {})
        made.tls_set(files["ca"], shown.get("chain"), shown.get("key"))
    if "will" in options:
        made.will_set(options["will"]["topic"], options["will"]["payload"], options["will"]["qos"])
    return made


def connect(client):
    emit("PAHO", paho.mqtt.__version__)
    emit("CLIENT", os.getpid())
    session = {}
    if is_version_5:
        session = {"clean_start": options["clean"], "properties": Properties(PacketTypes.CONNECT)}
        if not options["clean"]:
            session["properties"].SessionExpiryInterval = options["sessionExpiryInterval"]
    client.connect(options["address"], options["port"], options.get("keepAlive", 60), **session)
