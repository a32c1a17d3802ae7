internal import SeamarkJournal
public import SeamarkModel

extension TenantOffice.Quarantined {
    /// The change as JSON, without its values.
    public var summary: JSONValue { .object(members) }

    /// The change as JSON with the values of its edits. Sensitive ones are `{"sensitive": true}` unless `sensitive`.
    public func document(sensitive: Bool) -> JSONValue {
        .object(members + [JSONMember("edits", .array(change.edits.map { Self.json($0, sensitive: sensitive) }))])
    }

    private var members: [JSONMember] {
        [
            JSONMember("change", .string(change.id.description)), JSONMember("reason", .integer(Int64(refusal.rawValue))),
            JSONMember("why", .string(QuarantineReason.words(refusal))), JSONMember("member", .string(member)),
            JSONMember("memberId", .string(change.member.description)), JSONMember("device", .string(device)),
            JSONMember("deviceId", .string(change.stamp.device.description)), JSONMember("engagement", .string(engagement)),
            JSONMember("scope", .string(change.scope.description)),
            JSONMember(
                "records",
                .array(
                    records.map {
                        .object([
                            JSONMember("type", .string($0.type)), JSONMember("id", .string($0.id.description)),
                            JSONMember("handle", $0.handle.map { .string($0) } ?? .null),
                        ])
                    })),
            JSONMember("made", .integer(change.stamp.time)), JSONMember("received", .integer(received)),
            JSONMember("position", position.map { .integer(Int64(clamping: $0)) } ?? .null),
            JSONMember("comesInBySync", comesInBySync.map { .bool($0) } ?? .null), JSONMember("block", .string(block.description)),
        ]
    }

    private static func json(_ edit: Edit, sensitive: Bool) -> JSONValue {
        let type = Catalogue.type(edit.type)
        var members = [JSONMember("record", .string(edit.record.description)), JSONMember("type", .string(type?.key ?? String(edit.type)))]
        switch edit.target {
        case .life: members.append(JSONMember("deleted", .bool(edit.content.value == .bool(false))))
        case .field(let number):
            let field = type?.field(number)
            members.append(JSONMember("field", .string(field?.key ?? String(number))))
            switch edit.content {
            case .open(let value): members.append(JSONMember("value", json(value, field)))
            case .sensitive(let value):
                members.append(JSONMember("sensitive", true))
                if sensitive { members.append(JSONMember("value", json(value.value, field))) }
            case .withheld:
                members.append(JSONMember("sensitive", true))
                members.append(JSONMember("redacted", true))
            }
        case .element(let number, let element):
            let field = type?.field(number)
            members.append(JSONMember("field", .string(field?.key ?? String(number))))
            members.append(JSONMember("element", json(element, field)))
            members.append(JSONMember("present", .bool(edit.content.value == .bool(true))))
        }
        members.append(JSONMember("replaces", .array(edit.supersedes.map { .string("\($0.change)/\($0.index)") })))
        return .object(members)
    }

    /// The value by its field's kind; where this version does not know the field, its canonical bytes.
    private static func json(_ value: Value, _ field: FieldDefinition?) -> JSONValue {
        field?.kind.json(of: value, references: .none) ?? .object([JSONMember("newer", .string(Hexadecimal.text(of: value.encoded)))])
    }
}

extension TenantOffice {
    /// Writes part of the quarantine, values included, into a new JSON file for its owner alone. With `sensitive`, sensitive values too,
    /// which the audit log is told first.
    public func exportQuarantine(_ filter: QuarantineFilter = QuarantineFilter(), to path: String, sensitive: Bool) throws -> Int {
        let held = try quarantine(filter)
        if sensitive { try noteReadingSensitive(held.map(\.change.id)) }
        let document = JSONValue.object([
            JSONMember("format", "seamark-quarantine"), JSONMember("version", 1), JSONMember("tenant", .string(name.text)),
            JSONMember("made", .integer(clock.now())), JSONMember("changes", .array(held.map { $0.document(sensitive: sensitive) })),
        ])
        var bytes: [UInt8] = []
        JSONWriter.writePretty(document, to: &bytes)
        try PrivateFile.create(path, bytes)
        return held.count
    }
}
