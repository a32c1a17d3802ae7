"""Section 5, frames: four bytes of length, then a `Frame`. Fields of a wrong length are refused."""

import struct

from . import seamark_pb2 as messages

LONGEST_FRAME = 1_048_576


class ProtocolError(Exception):
    """The server said something that it may not say."""


class Problem(Exception):
    """The server's answer is a problem of section 8."""

    def __init__(self, problem):
        super().__init__(f"{problem.code}: {problem.text}")
        self.code = problem.code


def frame(**body):
    """A frame with one body, as bytes."""
    data = messages.Frame(**body).SerializeToString()
    if not 1 <= len(data) <= LONGEST_FRAME:
        raise ProtocolError("a frame would be too long")
    return struct.pack(">I", len(data)) + data


def send(connection, **body):
    connection.write(frame(**body))


def receive(connection, *expected):
    """The next frame's body, which must be of one of the expected names. Raises `Problem` for a problem."""
    head = connection.read(4)
    if not head:
        raise ProtocolError("the server closed before it answered")
    (length,) = struct.unpack(">I", head)
    if not 1 <= length <= LONGEST_FRAME:
        raise ProtocolError("a frame of a length that is not allowed")
    data = connection.read(length)
    if not data:
        raise ProtocolError("the server closed inside a frame")
    try:
        got = messages.Frame.FromString(data)
    except Exception as error:
        raise ProtocolError("a frame that cannot be read") from error
    name = got.WhichOneof("body")
    if name == "problem":
        raise Problem(got.problem)
    if name not in expected:
        raise ProtocolError(f"a frame of the kind {name} was not expected")
    return name, getattr(got, name)


def sized(data, length, what):
    """A field of fixed length."""
    if len(data) != length:
        raise ProtocolError(f"{what} has the wrong length")
    return data
