import SeamarkJournal

extension RecordView {
    /// The record as a document: `id`, `type`, its fields by key in the catalogue's order, and, where there are any, `withheld`, `conflicts`
    /// (keys), `needsNewerVersion` (numbers) and `deletedButEdited`. What the server stores and `--json` prints.
    public func json(references: References) -> JSONValue {
        var members = [JSONMember("id", .string(id.description)), JSONMember("type", .string(type?.key ?? String(state.type)))]
        members.append(contentsOf: fieldMembers(references: references))
        var withheld: [JSONValue] = []
        for field in type?.fields ?? [] where !field.isSet && shown(field) == .withheld { withheld.append(.string(field.key)) }
        if !withheld.isEmpty { members.append(JSONMember("withheld", .array(withheld))) }
        members.append(contentsOf: remarks)
        return .object(members)
    }

    /// What else a reader must know of the record, where there is any.
    var remarks: [JSONMember] {
        var members: [JSONMember] = []
        let conflicts = conflicts
        if !conflicts.isEmpty { members.append(JSONMember("conflicts", .array(conflicts.map { .string($0.key) }))) }
        let unknown = unknownFields
        if !unknown.isEmpty { members.append(JSONMember("needsNewerVersion", .array(unknown.map { .integer(Int64($0)) }))) }
        if isDeletedButEdited { members.append(JSONMember("deletedButEdited", true)) }
        return members
    }

    /// The fields that show something, in the catalogue's order; sets that hold nothing are left out.
    func fieldMembers(references: References, except omitted: Set<UInt32> = []) -> [JSONMember] {
        var members: [JSONMember] = []
        for field in type?.fields ?? [] where !omitted.contains(field.number) {
            if field.isSet {
                let elements = elements(field).map { field.kind.json(of: $0, references: references) }
                guard !elements.isEmpty else { continue }
                // By what a reader sees, not by id: the same set is the same text in every tenant.
                members.append(JSONMember(field.key, .array(elements.sorted { HandleOrder.precedes($0.text ?? "", $1.text ?? "") })))
            } else if let value = value(of: field) {
                members.append(JSONMember(field.key, field.kind.json(of: value, references: references)))
            }
        }
        return members
    }
}
