"""Values, edits and changes as JSON, for the vectors and the command line. Ids, hashes and bytes are hexadecimal."""

from .change import Change, Edit, Open, Sensitive, Withheld
from .encoding import double


def value_to(item):
    kind = item[0]
    if kind == "absent":
        return {"absent": True}
    if kind == "double":
        return {"double": f"{item[1]:016x}"}
    if kind in ("bytes", "id"):
        return {kind: item[1].hex()}
    if kind == "list":
        return {"list": [value_to(each) for each in item[1]]}
    if kind == "group":
        return {"group": [{"number": number, "value": value_to(each)} for number, each in item[1]]}
    if kind == "unknown":
        return {"unknown": {"kind": item[1], "payload": item[2].hex()}}
    return {kind: item[1]}


def value_from(plain):
    [(kind, content)] = plain.items()
    if kind == "absent":
        return ("absent",)
    if kind == "double":
        return double(content) if isinstance(content, float) else ("double", int(content, 16))
    if kind in ("bytes", "id"):
        return (kind, bytes.fromhex(content.replace("-", "")))
    if kind == "list":
        return ("list", tuple(map(value_from, content)))
    if kind == "group":
        return ("group", tuple((each["number"], value_from(each["value"])) for each in content))
    if kind == "unknown":
        return ("unknown", content["kind"], bytes.fromhex(content["payload"]))
    if kind not in ("bool", "int", "text"):
        raise ValueError(f"no such kind of value: {kind}")
    return (kind, content)


def names_to(names):
    return [{"change": change.hex(), "index": index} for change, index in names]


def names_from(plain):
    return tuple(sorted((bytes.fromhex(each["change"]), each["index"]) for each in plain))


def edit_to(edit):
    plain = {"record": edit.record.hex(), "type": edit.type, "code": edit.code}
    if edit.element is not None:
        plain["element"] = value_to(edit.element)
    content = edit.content
    if isinstance(content, Open):
        plain["open"] = value_to(content.value)
    elif isinstance(content, Sensitive):
        plain["sensitive"] = {"salt": content.salt.hex(), "value": value_to(content.value)}
    else:
        plain["withheld"] = content.leaf.hex()
    plain["supersedes"] = names_to(edit.supersedes)
    plain["witnessed"] = names_to(edit.witnessed)
    return plain


def edit_from(plain):
    if "open" in plain:
        content = Open(value_from(plain["open"]))
    elif "sensitive" in plain:
        content = Sensitive(bytes.fromhex(plain["sensitive"]["salt"]), value_from(plain["sensitive"]["value"]))
    else:
        content = Withheld(bytes.fromhex(plain["withheld"]))
    element = value_from(plain["element"]) if "element" in plain else None
    named = (names_from(plain.get(key, [])) for key in ("supersedes", "witnessed"))
    return Edit(bytes.fromhex(plain["record"]), plain["type"], plain["code"], content, element, *named)


def change_to(change):
    return {
        "id": change.id.hex(),
        "scope": change.scope.hex(),
        "device": change.device.hex(),
        "stamp": change.stamp,
        "member": change.member.hex(),
        "schema": change.schema,
        "edits": [edit_to(edit) for edit in change.edits],
    }


def change_from(plain):
    scope, device, member = (bytes.fromhex(plain[key]) for key in ("scope", "device", "member"))
    return Change(scope, device, plain["stamp"], member, plain["schema"], tuple(map(edit_from, plain["edits"])))
