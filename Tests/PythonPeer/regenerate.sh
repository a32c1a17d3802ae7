#!/bin/sh
# Makes seamark_peer/seamark_pb2.py from Protocol/seamark.proto. Needs protoc (Debian: protobuf-compiler).
set -eu
cd "$(dirname "$0")"
protoc -I ../../Protocol --python_out=seamark_peer ../../Protocol/seamark.proto
