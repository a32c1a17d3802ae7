import SeamarkJournal
public import SeamarkModel

/// Makes what a person typed fit the catalogue's grammar (`Draft`), and fills in what goes without saying.
///
/// - A part of a group may stand alone where one group of the type has such a part: `score=3` for `response.score=3`.
/// - `low`, `likely` and `high` may be given one by one: `amount.likely=400k`; what is not given stays as it is.
/// - Points may be written with `:`, choices separated by `,`, and a time as `now`.
/// - An answer with a score is scored; a consent is recorded now and by this member; answers and mode scores are this member's.
public struct CaptureWords {
    public enum Failure: Error, Hashable, Sendable {
        /// `+=` or `-=` on a field that is no set.
        case notASet(String)
        /// Two of low, likely and high were given for a range that has no third yet.
        case missingPoint(key: String, point: String)
        /// A field that holds one value was given two.
        case givenTwice(String)
    }

    let type: RecordType
    /// Nil for a record that is being made.
    let record: RecordView?
    let references: References
    /// Milliseconds since 1970.
    let now: Int64
    /// The instrument that the engagement uses.
    let instrument: String

    private static let points = ["low", "likely", "high"]

    func expanded(_ assignments: [Assignment]) throws(Failure) -> [(key: String, text: String)] {
        let (assignments, priced) = inputs(assignments)
        var out = priced
        var given: Set<String> = []
        var ranges: [(key: String, kind: FieldKind, shown: Value?, given: [String?])] = []
        for assignment in assignments {
            let path = self.path(assignment.key.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
            guard let field = path.first.flatMap({ type.field(key: $0) }) else {
                out.append((assignment.key, assignment.text))
                continue
            }
            if field.isSet {
                let sign = assignment.sign == .add ? "+" : assignment.sign == .remove ? "-" : ""
                let text = assignment.text.split(separator: ",").map { sign + $0.drop { $0 == " " } }.joined(separator: ",")
                out.append((field.key, text))
                continue
            }
            guard assignment.sign == .set else { throw .notASet(field.key) }
            guard given.insert(path.joined(separator: ".")).inserted else { throw .givenTwice(assignment.key) }
            if let point = path.last.flatMap({ Self.points.firstIndex(of: $0) }), path.count > 1,
                let (kind, shown) = range(field, Array(path.dropLast()))
            {
                let key = path.dropLast().joined(separator: ".")
                let place = ranges.firstIndex { $0.key == key } ?? ranges.count
                if place == ranges.count { ranges.append((key, kind, shown, [nil, nil, nil])) }
                ranges[place].given[point] = assignment.text
                continue
            }
            out.append((path.joined(separator: "."), text(assignment.text, of: kind(field, path))))
        }
        for range in ranges {
            var texts: [String] = []
            for (index, point) in Self.points.enumerated() {
                if let text = range.given[index] {
                    texts.append(text)
                } else if let shown = range.shown?.member(UInt32(index) + 1) {
                    texts.append(range.kind.text(of: shown, references: references))
                } else {
                    throw .missingPoint(key: range.key, point: point)
                }
            }
            out.append((range.key, texts.joined(separator: "/")))
        }
        return out + unsaid(out.map(\.key))
    }

    /// What of it is stored in another form than it was typed in, and is worth saying back. Ranges have words of their own.
    func understood(_ assignments: [Assignment]) -> [RecordCapture.Understood] {
        assignments.compactMap { assignment in
            let path = path(assignment.key.split(separator: ".", omittingEmptySubsequences: false).map(String.init))
            guard let field = path.first.flatMap({ type.field(key: $0) }), !field.isSet, path.count <= 2 else { return nil }
            let label = path.count == 2 ? "\(field.label), \(path[1])" : field.label
            switch kind(field, path) {
            case .time:
                // What says that it is UTC is stored as it was typed.
                guard !["now", "-", ""].contains(assignment.text.lowercased()), assignment.text.last != "Z", assignment.text.last != "z", let time = CalendarDate.milliseconds(assignment.text) else { return nil }
                return .time(label: label, time, namesZone: CalendarDate.namesZone(assignment.text))
            case .money:
                guard assignment.text.last?.isLetter == true, let amount = Money.hundredths(assignment.text) else { return nil }
                return .money(label: label, amount)
            case _: return nil
            }
        }
    }

    // MARK: - Paths

    /// `score` becomes `response.score`, `amount.low` becomes `amount.range.low`.
    private func path(_ typed: [String]) -> [String] { Self.path(typed, of: type) }

    /// What stands at `key` in a record of `type`; nil where there is no such key.
    public static func kind(of key: String, in type: RecordType) -> FieldKind? {
        let path = path(key.split(separator: ".", omittingEmptySubsequences: false).map(String.init), of: type)
        guard let field = path.first.flatMap({ type.field(key: $0) }) else { return nil }
        guard path.count > 1 else { return field.kind }
        guard case .group(let group) = field.kind else { return nil }
        return group.member(key: path[1])?.kind
    }

    private static func path(_ typed: [String], of type: RecordType) -> [String] {
        var path = typed
        // It was a part of the response once, and is still called so.
        if type === Catalogue.answer, path == ["response", "reference"] { path = ["reference"] }
        guard let head = path.first else { return path }
        if type.field(key: head) == nil {
            let homes = type.fields.filter { field in
                if case .group(let group) = field.kind { group.member(key: head) != nil } else { false }
            }
            if homes.count == 1 { path.insert(homes[0].key, at: 0) }
        }
        if path.count == 2, points.contains(path[1]), let field = type.field(key: path[0]), case .group(let group) = field.kind {
            let ranges = group.members.filter { if case .threePoint = $0.kind { true } else { false } }
            if let range = group.member(key: "range") ?? (ranges.count == 1 ? ranges[0] : nil) { path.insert(range.key, at: 1) }
        }
        return path
    }

    /// The kind of the points of the range at `path`, and the range that is shown there.
    private func range(_ field: FieldDefinition, _ path: [String]) -> (FieldKind, Value?)? {
        let shown = record?.value(field.key)
        switch field.kind {
        case .threePoint(let kind) where path.count == 1: return (kind, shown)
        case .group(let group) where path.count == 2:
            guard let member = group.member(key: path[1]), case .threePoint(let kind) = member.kind else { return nil }
            return (kind, shown?.member(member.number))
        case _: return nil
        }
    }

    private func kind(_ field: FieldDefinition, _ path: [String]) -> FieldKind {
        guard path.count == 2, case .group(let group) = field.kind, let member = group.member(key: path[1]) else { return field.kind }
        return member.kind
    }

    private func text(_ text: String, of kind: FieldKind) -> String {
        switch kind {
        case .time where text.lowercased() == "now": return CalendarDate.text(milliseconds: now)
        case .date where text.lowercased() == "today": return String(CalendarDate.text(milliseconds: now).prefix(10))
        case .points: return String(text.map { $0 == ":" ? "=" : $0 })
        case .list(.choice(let choices), _):
            // It stands for a set: in the order of the list, each once.
            let words = text.split { $0 == "," || $0 == ";" || $0 == " " }.map(String.init)
            let numbers = words.map { word in choices.choices.first { $0.key.lowercased() == word.lowercased() }?.number }
            guard !numbers.contains(nil) else { return words.joined(separator: ";") }
            return Set(numbers.compactMap { $0 }).sorted().compactMap { choices.key($0) }.joined(separator: ";")
        case _: return text
        }
    }

    // MARK: - What goes without saying

    private func unsaid(_ keys: [String]) -> [(key: String, text: String)] {
        var out: [(key: String, text: String)] = []
        func add(_ key: String, _ text: String) { if !keys.contains(key) { out.append((key, text)) } }
        if keys.contains("consent.state") {
            add("consent.at", CalendarDate.text(milliseconds: now))
            add("consent.recordedBy", "me")
        }
        switch type.number {
        case Catalogue.answer.number:
            if keys.contains("response.score") { add("response.outcome", "scored") }
            // Whoever says an answer anew takes along what was captured in the open.
            if let former = record?.group("response")?.text("reference"), keys.contains(where: { $0 == "reference" || $0.hasPrefix("response.") }) {
                add("response.reference", "-")
                add("reference", former)
            }
            if record == nil { add("scorer", "me") }
        case Catalogue.seamModeScore.number, Catalogue.formAnswer.number:
            if record == nil { add("scorer", "me") }
        case Catalogue.interview.number where record == nil:
            add("instrument", instrument)
            add("lead", "me")
        case Catalogue.leakageLine.number:
            if record == nil, keys.contains(where: { $0.hasPrefix("amount.") }) { add("amount.kind", "runRate") }
        case _: break
        }
        return out
    }
}
