import SeamarkJournal

extension EngagementReport {
    /// What a client's viewer may read of a frozen report: its figures, and of what was captured what says nothing of single people.
    ///
    /// Points to check, conflicts and omissions that concern what somebody said or who was asked are left out, and so are the handles of what stands
    /// behind a figure; the gate says in our own words what stands in its way. The figures are the same.
    ///
    /// Of a report as the engagement stands it is nil: that is nobody's frozen word.
    public var forViewers: EngagementReport? {
        guard provenance.frozen?.snapshot != nil else { return nil }
        var report = self
        report.provenance.frozen?.isForViewers = true
        report.provenance.frozen?.author = nil
        report.conflicts = conflicts.filter { conflict in !Self.ofPeople.contains { $0.label == conflict.type } }.map { conflict in
            var conflict = conflict
            for place in conflict.sayings.indices { conflict.sayings[place].author = "a member of the team" }
            return conflict
        }
        report.findings = findings.filter { finding in !Self.ofPeople.contains { $0.number == finding.type } }
        report.leftOut = leftOut.filter { left in !Self.ofPeople.contains { $0.number == left.type } }
        (report.withdrawnQuotes, report.withdrawnAnswers, report.redactions) = (0, 0, 0)
        report.told = told.reduce(into: [:]) { told, figure in
            var said = figure.value
            (said.interviews, said.observations, said.samples, said.evidence) = ([], [], [], [])
            // Only of domains it is known that enough people answered.
            if figure.key.kind == .domain { told[figure.key] = said }
        }
        for place in report.lines.indices { report.lines[place].line.evidence = [] }
        report.pieces = []
        report.gate = gate.inOwnWords
        return report
    }

    /// Records of what somebody said, or of who was asked.
    static let ofPeople: [RecordType] = [
        Catalogue.person, Catalogue.interview, Catalogue.answer, Catalogue.observation, Catalogue.quote, Catalogue.interviewReview, Catalogue.scoreReview, Catalogue.formAnswer,
        Catalogue.quickCheck, Catalogue.finding, Catalogue.evidence,
    ]

    /// What names somebody among records, and may stand in no report for viewers: handles of people and of what they said, and names of more than one
    /// word. Nothing in our own words holds one; a title that somebody typed may.
    ///
    /// - Parameter members: names of the team's members.
    public static func namesOfPeople(in views: [RecordView], members: [String]) -> (handles: Set<String>, names: Set<String>) {
        var handles: Set<String> = [], names: Set<String> = []
        for view in views {
            guard let type = view.type, named.contains(where: { $0 === type }) else { continue }
            // "Q1" is the first quarter wherever people write it, and no handle that a device gives.
            if let handle = view.handle?.lowercased(), !quarters.contains(handle) { handles.insert(handle) }
            if type === Catalogue.person, let name = view.text("name") { names.insert(name.lowercased()) }
        }
        names.formUnion(members.map { $0.lowercased() })
        return (handles, names.filter { $0.split(separator: " ").count > 1 })
    }

    private static let quarters: Set<String> = ["q1", "q2", "q3", "q4"]

    private static let named: [RecordType] = [Catalogue.person, Catalogue.interview, Catalogue.observation, Catalogue.quote]

    /// The handles among `names.handles` that stand in `text` as words of their own, in order, and how many of the names do.
    public static func people(in text: String, of names: (handles: Set<String>, names: Set<String>)) -> (handles: [String], names: Int) {
        let text = text.lowercased()
        var found: Set<String> = []
        for word in text.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }) where names.handles.contains(String(word)) {
            found.insert(String(word).uppercased())
        }
        let bytes = Array(text.utf8)
        return (found.sorted(by: HandleOrder.precedes), names.names.count { holds(bytes, $0) })
    }

    /// Where among records that are not about people somebody is named, each as a record and a field: "SN-A001 name".
    public static func places(of names: (handles: Set<String>, names: Set<String>), in views: [RecordView]) -> [String] {
        var seen: Set<String> = [], places: [String] = []
        for view in views where !ofPeople.contains(where: { $0 === view.type }) {
            for field in view.type?.fields ?? [] where field.number >= 10 {
                guard case .value(let value) = view.shown(field) else { continue }
                let found = people(in: texts(value).joined(separator: "\n"), of: names)
                let place = "\(view.handle ?? view.id.description) \(field.key)"
                if !found.handles.isEmpty || found.names > 0, seen.insert(place).inserted { places.append(place) }
            }
        }
        return places
    }

    private static func texts(_ value: Value) -> [String] {
        switch value {
        case .text(let text): [text]
        case .list(let values): values.flatMap(texts)
        case .group(let members): members.flatMap { texts($0.value) }
        case .absent, .bool, .int, .double, .id, .bytes, .unknown: []
        }
    }

    private static func holds(_ text: [UInt8], _ name: String) -> Bool {
        let name = Array(name.utf8)
        guard let first = name.first, name.count <= text.count else { return false }
        for start in 0...(text.count - name.count) where text[start] == first {
            if text[start..<(start + name.count)].elementsEqual(name) { return true }
        }
        return false
    }
}

extension ReportGate {
    private init(_ conditions: [Condition]) { self.conditions = conditions }

    /// The same verdict, where what was found about consent and records is not told record by record.
    var inOwnWords: ReportGate {
        ReportGate(conditions.map { condition in
            var condition = condition
            if condition.outcome != .met, [.consent, .records].contains(condition.kind) { condition.words = [ReportText.sentence(condition.obstacle.prefix(1).uppercased() + condition.obstacle.dropFirst())] }
            return condition
        })
    }
}
