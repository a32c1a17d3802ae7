"""A second implementation of the Seamark sync protocol, written from Protocol/SPEC.md and seamark.proto alone.

It exists to prove that the specification suffices and to check the first implementation. It is a test peer: its state is a
plain directory, unsealed, and it holds everything in memory.
"""
