#!/usr/bin/env python3
"""Opens connections to a server, four for each device, hears its greeting on each, says Watch and nothing more. For `Scripts/benchmark`.

  idle.py PORT COUNT    on standard input a line for each device: label, certificate and key, the latter two DER in base 64; then an empty line

Says how many are connected, and holds them until standard input ends. Standard library only."""
import base64, resource, socket, ssl, sys, tempfile, textwrap

# A frame that is a Watch (field 28 of Frame, without fields of its own).
WATCH = bytes([0, 0, 0, 3, 0xE2, 0x01, 0])


def pem(kind, text):
    return f"-----BEGIN {kind}-----\n" + "\n".join(textwrap.wrap(text, 64)) + f"\n-----END {kind}-----\n"


def connect(port, label, context):
    line = context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=30), server_hostname=label)
    head = line.recv(4)
    length = int.from_bytes(head, "big")
    while length > 0:
        got = line.recv(length)
        if not got:
            raise OSError("the server ended the connection before it had greeted")
        length -= len(got)
    line.sendall(WATCH)
    return line


def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    lines = []
    for row in iter(sys.stdin.readline, "\n"):
        if not row:
            break
        label, certificate, key = row.split()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(pem("CERTIFICATE", certificate) + pem("PRIVATE KEY", key))
            file.flush()
            context.load_cert_chain(file.name)
        while len(lines) < count:
            lines.append(connect(port, label, context))
            if len(lines) % 4 == 0:
                break
    print(f"{len(lines)} connected", flush=True)
    sys.stdin.read()


main()
