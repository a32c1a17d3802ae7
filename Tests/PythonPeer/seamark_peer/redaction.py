"""Section 3, "Redaction": which values a change lets go of, and blocks without values that are barred."""

from dataclasses import replace

from .change import Open, Sensitive, Withheld
from .encoding import sha256, text

RECORD_TYPE = 60
VALUES_CODE = 2 * 12
CHANGE_MEMBER, INDEX_MEMBER, LEAF_MEMBER = 1, 2, 3
EVIDENCE_TYPE, HASH_CODE = 28, 2 * 12


def redacted(change):
    """The leaves of the values that the change redacts, once a log applies it."""
    return {leaf for _, leaf in named(change)}


def named(change):
    """What the change redacts: ((change, index) of the edit, or None where the element names none, and the leaf)."""
    others = {edit.record for edit in change.edits if edit.type != RECORD_TYPE}
    for edit in change.edits:
        if edit.record not in others and edit.code == VALUES_CODE and isinstance(edit.content, Open) and edit.content.value[0] == "list":
            for element in edit.content.value[1]:
                members = dict(element[1]) if element[0] == "group" else {}
                of, index, leaf = (members.get(member, ("absent",)) for member in (CHANGE_MEMBER, INDEX_MEMBER, LEAF_MEMBER))
                if leaf[0] == "bytes" and len(leaf[1]) == 32:
                    yield (of[1], index[1]) if (of[0], index[0]) == ("bytes", "int") else None, leaf[1]


def leaf_of_bytes(record, hash_):
    """What is barred when the bytes that a row of evidence names are to go."""
    return sha256(text("seamark-attachment-redaction-1") + record + hash_)


def kind(edit, leaf):
    """What a redaction with this leaf takes of the edit that it names: its "value", the "bytes" that it names, or "nothing"."""
    if edit is None:
        return "nothing"
    if not isinstance(edit.content, Open):
        return "value" if edit.content.leaf == leaf else "nothing"
    is_hash = edit.type == EVIDENCE_TYPE and edit.code == HASH_CODE and edit.content.value[0] == "bytes"
    return "bytes" if is_hash and leaf_of_bytes(edit.record, edit.content.value[1]) == leaf else "nothing"


def without(block, barred):
    """The same block with leaf hashes in place of barred values; the block itself where it holds none."""
    if not barred:
        return block

    def bare(edit):
        gone = isinstance(edit.content, Sensitive) and edit.content.leaf in barred
        return replace(edit, content=Withheld(edit.content.leaf)) if gone else edit

    changes = tuple(replace(change, edits=tuple(map(bare, change.edits))) for change in block.changes)
    return block if changes == block.changes else replace(block, changes=changes)
