import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

// `conflicts --list`: one line each, of every engagement; and whose conflicts are meant.
extension Conflicts {
    /// The members who said one of the values, or deleted or edited the record.
    static func people(_ conflict: ConflictDescription) -> [Identifier] {
        conflict.sides.map(\.member).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Did whom `--by` names say something in it? A name or its beginning, a handle, or `me`.
    func isMeant(_ conflict: ConflictDescription, _ finder: RecordFinder) -> Bool {
        by == nil || Self.people(conflict).contains { isMeant($0, finder) }
    }

    private func isMeant(_ member: Identifier, _ finder: RecordFinder) -> Bool {
        let asked = by?.lowercased() ?? ""
        if asked == "me" { return member == finder.member }
        let handle = finder.directory.first { $0.id == member }?.handle
        return finder.person(member).lowercased().hasPrefix(asked) || handle?.lowercased() == asked
    }

    /// "No conflicts" of somebody whom nobody knows would be taken for an answer.
    func requireSomebody(_ finder: RecordFinder) throws {
        // Headquarters writes the directory, and is no member of it.
        let everybody = finder.directory.filter { $0.type === Catalogue.member }.map(\.id) + Set(finder.directory.compactMap(\.author))
        guard let by, by.lowercased() != "me", !everybody.contains(where: { isMeant($0, finder) }) else { return }
        throw Explained(.notFound, "Nobody of this tenant is called '\(by)'. Say the beginning of a name, a handle, or me.")
    }

    func list(_ place: Workplace) throws {
        let state = try place.device.state
        let all = try place.engagements()
        let asked = try work.engagement.map { try place.engagement(called: $0) }
        var table = Table(["engagement", "record", "about", "between", "newest"])
        var documents: [JSONValue] = []
        var unknown: [RecordFinder.Failure] = []
        var isKnown = handle == nil
        for engagement in all where asked == nil || asked == engagement.id {
            guard let finder = RecordFinder(state, scope: engagement.id) else { continue }
            try requireSomebody(finder)
            var meant: Identifier?
            if let handle {
                do throws(RecordFinder.Failure) { meant = try finder.record(handle).id } catch {
                    if case .ambiguous = error { throw error }
                    unknown.append(error)
                    continue
                }
                isKnown = true
            }
            for conflict in finder.conflicts where isMeant(conflict, finder) && (meant == nil || conflict.record.id == meant) {
                let name = finder.name(of: conflict.record.id)
                let people = Self.people(conflict).map { finder.person($0) }
                let newest = conflict.sides.map(\.time).max() ?? 0
                table.add(
                    [engagement.handle, name, conflict.isDeletion ? "deleting it" : conflict.key, people.joined(separator: ", "), TimeText.local(newest)], styles: [1: .bold])
                documents.append(
                    .object([
                        JSONMember("id", .string(conflict.id.description)), JSONMember("engagement", .string(engagement.handle)),
                        JSONMember("record", .string(conflict.record.id.description)), JSONMember("name", .string(name)),
                        JSONMember("type", .string(conflict.record.type?.key ?? "")), JSONMember("field", .string(conflict.key)),
                        JSONMember("people", .array(people.map(JSONValue.string))), JSONMember("newest", .string(CalendarDate.text(milliseconds: newest))),
                        JSONMember("maySettle", .bool(maySettle(conflict, state.identity))),
                    ]))
            }
        }
        // A record of one engagement is none of the others. "No conflicts" of one that nobody knows would be taken for an answer.
        if !isKnown, let failure = unknown.first(where: \.namesSomething) ?? unknown.first { throw failure }
        if format.json { return Terminal.json(.array(documents), .conflictSummary) }
        if table.isEmpty { return Terminal.line("No conflicts.") }
        table.show()
        Terminal.line(.init("\(counted(documents.count, "conflict")). 'seamark conflicts HANDLE --engagement ENGAGEMENT' shows one side by side.", .dim))
    }
}

extension RecordFinder.Failure {
    /// Does it tell more than that there is nothing of this name?
    fileprivate var namesSomething: Bool {
        if case .notFound(_, types: _, near: let near) = self { !near.isEmpty } else { true }
    }
}
