"""Connects to a broker over TCP and TLS in several ways at once, and prints how each attempt ended as a line of JSON.

Descriptor 3 has the attempts, as probes/tls/attempt.ts describes them, and the bound on each in seconds.
"""

import base64
import concurrent.futures
import json
import os
import socket
import ssl
import warnings

AT_ONCE = 8
VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
# x509_vfy.h of OpenSSL
FAULTS = {2: "issuer", 7: "issuer", 18: "issuer", 19: "issuer", 20: "issuer", 21: "issuer"}
FAULTS.update({62: "name", 64: "name", 9: "time", 10: "time"})


class Memory:
    """Files of texts that exist in memory alone: the ssl module reads keys from files."""

    def __init__(self):
        self.descriptors = []

    def path(self, pem):
        if "file" in pem:
            return pem["file"]
        descriptor = os.memfd_create("pem")
        self.descriptors.append(descriptor)
        os.write(descriptor, pem["text"].encode())
        return "/proc/self/fd/%d" % descriptor

    def close(self):
        for descriptor in self.descriptors:
            os.close(descriptor)


def context(tls, verifies=True):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    memory = Memory()
    try:
        if not verifies:
            made.check_hostname = False
            made.verify_mode = ssl.CERT_NONE
        elif "ca" in tls:
            made.load_verify_locations(memory.path(tls["ca"]))
        version = VERSIONS.get(tls.get("version"))
        made.minimum_version = version or ssl.TLSVersion.TLSv1_2
        if version is not None:
            made.maximum_version = version
            # versions below 1.2 need signatures that OpenSSL otherwise refuses
            made.set_ciphers("DEFAULT@SECLEVEL=0")
        if "certificate" in tls:
            pair = tls["certificate"]
            made.load_cert_chain(memory.path(pair["chain"]), memory.path(pair["key"]))
    finally:
        memory.close()
    return made


def end_of(error):
    if isinstance(error, ssl.SSLCertVerificationError):
        fault = FAULTS.get(error.verify_code, "other")
        return {"kind": "distrusted", "fault": fault, "text": error.verify_message}
    if isinstance(error, socket.timeout):
        return {"kind": "silent"}
    closed = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
    if isinstance(error, closed) or getattr(error, "reason", None) == "UNEXPECTED_EOF_WHILE_READING":
        return {"kind": "closed"}
    if getattr(error, "reason", None) and "_ALERT_" in error.reason:
        return {"kind": "alert", "text": error.reason}
    return {"kind": "failed", "text": str(error)}


def shown_certificate(attempt, bound):
    """The certificate that a client refused, in a second connection that sends nothing; None where the broker shows none."""
    try:
        with socket.create_connection((attempt["address"], attempt["port"]), bound) as tcp:
            with context(attempt["tls"], verifies=False).wrap_socket(tcp) as connection:
                return base64.b64encode(connection.getpeercert(True)).decode()
    except (OSError, ValueError):
        return None


def answer(connection, until):
    """What comes until these bytes, and whether they came; an error when the wait or the connection ends."""
    received = b""
    while until not in received:
        try:
            chunk = connection.recv(4096)
        except OSError as error:
            return received, end_of(error)
        if not chunk:
            return received, {"kind": "closed"}
        received += chunk
    return received, None


def converse(connection, steps, seen):
    for step in steps:
        try:
            connection.sendall(bytes.fromhex(step["send"]))
        except OSError as error:
            return end_of(error)
        received, end = answer(connection, bytes.fromhex(step["until"]))
        if received:
            seen["answers"].append(received.hex())
        if end is not None:
            return end
    return {"kind": "answered"}


def secured(tcp, tls, seen):
    """The connection over TLS, and None; or None, and how it ended."""
    try:
        connection = context(tls).wrap_socket(tcp, server_hostname=tls["name"])
    except OSError as error:
        return None, end_of(error)
    seen["version"] = connection.version()
    seen["certificate"] = base64.b64encode(connection.getpeercert(True)).decode()
    return connection, None


def attempt_once(attempt, bound):
    seen = {"isConnected": False, "answers": []}
    try:
        tcp = socket.create_connection((attempt["address"], attempt["port"]), bound)
    except OSError as error:
        return dict(seen, end={"kind": "unreachable", "text": str(error)})
    seen["isConnected"] = True
    with tcp:
        if "tls" not in attempt:
            return dict(seen, end=converse(tcp, attempt["steps"], seen))
        connection, end = secured(tcp, attempt["tls"], seen)
        if connection is not None:
            with connection:
                end = converse(connection, attempt["steps"], seen)
    if end["kind"] == "distrusted":
        certificate = shown_certificate(attempt, bound)
        seen.update({} if certificate is None else {"certificate": certificate})
    return dict(seen, end=end)


def guarded(attempt, bound):
    """An attempt that the client cannot make is an outcome too."""
    try:
        return attempt_once(attempt, bound)
    except Exception as error:  # pylint: disable=broad-except
        return {"isConnected": False, "answers": [], "end": {"kind": "failed", "text": str(error)}}


def main():
    # versions below 1.2 are deprecated, which is the point
    warnings.simplefilter("ignore")
    with open(3, encoding="utf8") as options:
        given = json.load(options)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for outcome in pool.map(lambda one: guarded(one, given["boundS"]), given["attempts"]):
            print(json.dumps(outcome), flush=True)


main()
