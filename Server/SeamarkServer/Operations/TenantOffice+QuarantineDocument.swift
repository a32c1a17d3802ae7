internal import SeamarkJournal
public import SeamarkModel

extension TenantOffice.Quarantined {
    /// The change as JSON, without its values.
    public var summary: JSONValue { .object(members) }

    /// The change as JSON with the values of its edits. Sensitive ones are `{"sensitive": true}` unless `sensitive`.
    public func document(sensitive: Bool) -> JSONValue {
        .object(members + [JSONMember("edits", .array(change.edits.map { EditDocument.json($0, sensitive: sensitive) }))])
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
