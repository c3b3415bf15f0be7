"""A paho-mqtt client that does what its input says, a line of JSON each, until the connection or the input ends.

`{"do": "publish", "topic", "hex", "qos", "retain"}`, `{"do": "subscribe", "filter", "qos"}`, `{"do": "disconnect"}`.
The port is its argument. paho_client.py comes first in the program text.
"""

import select
import sys

CHUNK = 1 << 16
COMMANDS = {
    "publish": lambda the: client.publish(the["topic"], bytes.fromhex(the["hex"]), the["qos"], the["retain"]),
    "subscribe": lambda the: client.subscribe(the["filter"], the["qos"]),
    "disconnect": lambda _: client.disconnect(),
}


def on_accepted(_client):
    if "subscription" in options:
        COMMANDS["subscribe"](options["subscription"])


options["port"] = int(sys.argv[1])
client = new_client(on_accepted)
client.on_log = None
if "lastWill" in options:
    will = options["lastWill"]
    client.will_set(will["topic"], bytes.fromhex(will["hex"]), will["qos"], will["retain"])
connect(client)
unread = b""
while client.socket() is not None:
    connection = client.socket()
    ready, free, _ = select.select([connection, 0], [connection] if client.want_write() else [], [], 1)
    if connection in ready:
        client.loop_read()
    if connection in free:
        client.loop_write()
    if 0 in ready:
        data = os.read(0, CHUNK)
        if not data:
            sys.exit()
        *lines, unread = (unread + data).split(b"\n")
        for line in lines:
            command = json.loads(line)
            COMMANDS[command["do"]](command)
    client.loop_misc()
