"""Section 3, "Redaction": which values a change lets go of, and blocks without values that are barred."""

from dataclasses import replace

from .change import Open, Sensitive, Withheld

RECORD_TYPE = 60
VALUES_CODE = 2 * 12
LEAF_MEMBER = 3


def redacted(change):
    """The leaves of the values that the change redacts, once a log applies it."""
    leaves = set()
    for edit in change.edits:
        if edit.type == RECORD_TYPE and edit.code == VALUES_CODE and isinstance(edit.content, Open) and edit.content.value[0] == "list":
            for element in edit.content.value[1]:
                leaf = dict(element[1]).get(LEAF_MEMBER, ("absent",)) if element[0] == "group" else ("absent",)
                if leaf[0] == "bytes" and len(leaf[1]) == 32:
                    leaves.add(leaf[1])
    return leaves


def without(block, barred):
    """The same block with leaf hashes in place of barred values; the block itself where it holds none."""
    if not barred:
        return block

    def bare(edit):
        gone = isinstance(edit.content, Sensitive) and edit.content.leaf in barred
        return replace(edit, content=Withheld(edit.content.leaf)) if gone else edit

    changes = tuple(replace(change, edits=tuple(map(bare, change.edits))) for change in block.changes)
    return block if changes == block.changes else replace(block, changes=changes)
