import SeamarkJournal

extension EngagementFile {
    /// The document of an engagement, in canonical order: sections, then rows by handle as people count, then fields as in the
    /// catalogue. Deleted records are left out, conflicts say what is shown first, and a row whose required value is withheld from
    /// this reader is left out too.
    ///
    /// - Parameter directory: finds the handles of members.
    public static func document(_ records: [RecordView], directory: References) -> JSONValue {
        let present = records.filter { record in
            !record.isDeleted && (record.type?.fields.allSatisfy { !$0.isRequired || record.value(of: $0) != nil } ?? false)
        }
        let own = References(present)
        let references = References(identifier: own.identifier, handle: { own.handle($0) ?? directory.handle($0) })
        var members: [JSONMember] = [JSONMember("format", .string(format))]
        var least = oldestVersion
        if let engagement = present.first(where: { $0.type === Catalogue.engagement }) {
            members.append(JSONMember("engagement", .object(engagement.fieldMembers(references: references, except: [CommonField.createdAt, CommonField.mergeSaw]))))
        }
        for section in sections {
            var documents = sorted(present.filter { $0.type === section.type }, references).map { record in
                var members = self.members(of: record, references)
                if let inside = section.inside {
                    let nested = present.filter { $0.type === inside.type && $0.state.heads(of: .field(inside.parent)).last?.content.value == .id(record.id) }
                    if !nested.isEmpty {
                        members.append(JSONMember(inside.key, .array(sorted(nested, references).map { .object(self.members(of: $0, references, except: inside.parent)) })))
                    }
                }
                return JSONValue.object(members)
            }
            if section.type === Catalogue.contributor {
                documents.append(contentsOf: membersReferredTo(present, directory))
                documents.sort { HandleOrder.precedes($0["handle"]?.text ?? "", $1["handle"]?.text ?? "") }
            }
            if !documents.isEmpty {
                members.append(JSONMember(section.key, .array(documents)))
                least = max(least, section.since)
            }
        }
        members.insert(JSONMember("version", .integer(least)), at: 1)
        return .object(members)
    }

    private static func members(of record: RecordView, _ references: References, except parent: UInt32? = nil) -> [JSONMember] {
        // What was seen at a merge is said of heads that only this engagement has.
        var omitted: Set<UInt32> = [CommonField.createdAt, CommonField.mergeSaw]
        if let parent { omitted.insert(parent) }
        guard record.type === Catalogue.overlap else { return record.fieldMembers(references: references, except: omitted) }
        // An overlap is unordered: its lines stand as people count, not by id.
        let lines = [record.reference("first"), record.reference("second")].compactMap { $0 }.map { references.text($0) }
        return [JSONMember("lines", .array(lines.sorted(by: HandleOrder.precedes).map { .string($0) }))]
            + record.fieldMembers(references: references, except: omitted.union([10, 11]))
    }

    /// Members of the directory whom the records name: another tenant's reader takes them for contributors.
    private static func membersReferredTo(_ records: [RecordView], _ directory: References) -> [JSONValue] {
        var handles: Set<String> = []
        for record in records {
            for field in record.type?.fields ?? [] {
                for value in field.isSet ? record.elements(field) : [record.value(of: field) ?? .absent] {
                    for id in ids(in: value) { if let handle = directory.handle(id) { handles.insert(handle) } }
                }
            }
        }
        return handles.sorted().map { .object([JSONMember("handle", .string($0))]) }
    }

    private static func ids(in value: Value) -> [Identifier] {
        switch value {
        case .id(let id): [id]
        case .group(let members): members.flatMap { ids(in: $0.value) }
        case .list(let values): values.flatMap { ids(in: $0) }
        case .absent, .bool, .int, .double, .text, .bytes, .unknown: []
        }
    }

    // MARK: - Order

    /// Records of one type in the order in which people count.
    static func sorted(_ records: [RecordView], _ references: References) -> [RecordView] {
        records.map { (record: $0, key: sortKey($0, references)) }.sorted { precedes($0.key, $1.key) }.map(\.record)
    }

    /// What people order such rows by: the handle, or the parts that name the row.
    private static func sortKey(_ record: RecordView, _ references: References) -> [String] {
        if let handle = record.handle { return [handle] }
        func text(_ key: String) -> String { record.reference(key).map { references.text($0) } ?? record.text(key) ?? "" }
        switch record.state.type {
        case Catalogue.answer.number: return [text("interview"), text("question"), text("scorer")]
        case Catalogue.formAnswer.number: return [text("interview"), text("questionnaire"), text("question"), text("scorer")]
        case Catalogue.seamModeScore.number: return [String(record.integer("mode") ?? 0), text("scorer")]
        case Catalogue.initiativeTarget.number: return [text("line")]
        case Catalogue.gateResult.number: return [String(record.integer("criterion") ?? 0)]
        case Catalogue.overlap.number: return [text("first"), text("second")].sorted(by: HandleOrder.precedes)
        case _: return [record.id.description]
        }
    }

    private static func precedes(_ left: [String], _ right: [String]) -> Bool {
        for (a, b) in zip(left, right) where a != b { return HandleOrder.precedes(a, b) }
        return left.count < right.count
    }
}
