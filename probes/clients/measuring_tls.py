"""TLS above a socket that the program itself reads, since Python's TLS sockets hide the kernel's time stamps (ssl, recvmsg).

It precedes measuring_connection.py where the listener has TLS.
"""

import ssl
import sys


class Tls:
    """Encrypts and decrypts the bytes of one connected socket. Its files are paths of PEM files."""

    def __init__(self, connected, name, files):
        context = ssl.create_default_context(cafile=files["ca"])
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if "certificate" in files:
            context.load_cert_chain(files["certificate"]["chain"], files["certificate"]["key"])
        self.socket = connected
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.object = context.wrap_bio(self.incoming, self.outgoing, server_hostname=name)
        while not self.is_done():
            data = self.socket.recv(1 << 16)
            if not data:
                sys.exit("the broker closed the connection during the TLS handshake")
            self.incoming.write(data)

    def is_done(self):
        """Continues the handshake with what came in; returns whether it is complete."""
        try:
            self.object.do_handshake()
            return True
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError as error:
            sys.exit(f"TLS failed: {error}")
        finally:
            self.flush()

    def flush(self):
        data = self.outgoing.read()
        if data:
            self.socket.sendall(data)

    def sendall(self, data):
        while data:
            data = data[self.object.write(data) :]
        self.flush()

    def decrypt(self, data):
        """The bytes of MQTT in what the kernel received: none where a record is not complete, or TLS's own."""
        self.incoming.write(data)
        plain = b""
        try:
            while True:
                data = self.object.read(1 << 16)
                if not data:
                    # the broker has sent a close_notify
                    return plain
                plain += data
        except (ssl.SSLWantReadError, ssl.SSLZeroReturnError):
            return plain
        except ssl.SSLError as error:
            sys.exit(f"TLS failed: {error}")
        finally:
            self.flush()
