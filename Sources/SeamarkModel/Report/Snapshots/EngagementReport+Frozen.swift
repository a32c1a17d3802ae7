public import SeamarkJournal

extension EngagementReport {
    /// The earlier snapshot that a report is compared with.
    public struct Earlier: Sendable {
        public var snapshot: Snapshot
        /// What it froze; or why nothing is compared.
        public var reading: Result<EngagementReading, SnapshotError>

        public init(_ snapshot: Snapshot, _ reading: Result<EngagementReading, SnapshotError>) {
            self.snapshot = snapshot
            self.reading = reading
        }

        /// The one to compare with: the furthest along the log, of those that stand among the records themselves. One that says a place which
        /// the log has not reached is no earlier one, unless there is no other.
        ///
        /// - Parameter position: the place that the report is of.
        public static func last(in views: [RecordView], upTo position: UInt64) -> Snapshot? {
            let all = Snapshot.all(in: views)
            return all.last { $0.place.position <= position } ?? all.last
        }
    }

    /// The report of what an engagement's log said earlier. The same log gives the same bytes, however often it is made.
    ///
    /// - Parameters:
    ///   - asOf: what somebody asked for; of a snapshot its handle is printed, whatever they called it.
    ///   - snapshot: nil where somebody asked for a place or a day.
    ///   - memberName: what never changes of a member: the handle.
    public init(
        frozen: FrozenRecords, of scope: Identifier, asOf: AsOf, snapshot: Snapshot?, software: String, primitives: any Primitives, earlier: Earlier?,
        instrument: (String) -> Instrument?, memberName: (Identifier) -> String?
    ) throws {
        let reading = try frozen.reading(instrument)
        try self.init(
            views: frozen.views, instrument: reading.instrument, former: { Instrument.builtIn($0) ?? instrument($0) }, primitives: primitives,
            provenance: ReportProvenance(
                software: software, madeAt: frozen.time,
                frozen: ReportProvenance.Frozen(
                    scope: scope, place: frozen.place, day: frozen.day, asOf: snapshot?.handle ?? asOf.words, snapshot: snapshot, author: snapshot?.author.flatMap(memberName))),
            earlier: earlier, memberName: memberName)
    }

    /// In a line, for page one and the end: what it is a report of, where that is not the engagement as it stands.
    var frozenLine: String? {
        guard let frozen = provenance.frozen else { return nil }
        let day = CalendarDate.text(days: frozen.day)
        return (frozen.snapshot.map { "Snapshot \($0.title), as of \(day)\(Self.frozenNote($0))" } ?? "As of \(day)") + ", position \(frozen.place.position) of the log"
    }

    /// Where ages are counted to another day than that of the data, both are said: a snapshot may be told any day.
    private static func frozenNote(_ snapshot: Snapshot) -> String {
        guard CalendarDate.milliseconds.contains(snapshot.frozenAt) else { return "" }
        let data = snapshot.frozenAt / 86_400_000
        return data == snapshot.day ? "" : " (its data were frozen on \(CalendarDate.text(days: data)))"
    }

    /// Rows of the method page.
    var frozenRows: [[String]] {
        guard let frozen = provenance.frozen else { return [] }
        var rows: [[String]] = []
        if let snapshot = frozen.snapshot {
            rows.append(["Snapshot", "\(snapshot.title), frozen at \(time(snapshot.frozenAt))" + (frozen.author.map { " by \(ReportText.clean($0))" } ?? "")])
        }
        rows.append(["Ages are counted to", CalendarDate.text(days: frozen.day)])
        rows.append(["Log of \(facts.handle)", "position \(frozen.place.position), log hash \(frozen.place.hash)"])
        rows.append([
            "To make it again", "seamark-server report \(facts.handle) --as-of \(frozen.asOf)\(frozen.isForViewers ? " --for-viewers" : ""): the same bytes, from the log",
        ])
        return rows
    }

    var frozenDocument: JSONValue {
        guard let frozen = provenance.frozen else { return .null }
        return .object([
            JSONMember("scope", .string(frozen.scope.description)), JSONMember("position", .integer(Int64(clamping: frozen.place.position))),
            JSONMember("logHash", .string(frozen.place.hash.description)), JSONMember("day", .string(CalendarDate.text(days: frozen.day))), JSONMember("asOf", .string(frozen.asOf)),
            JSONMember("snapshot", frozen.snapshot.map { snapshot in
                .object([
                    JSONMember("id", .string(snapshot.record.description)), JSONMember("handle", .string(snapshot.handle)), JSONMember("name", .string(snapshot.name)),
                    JSONMember("frozenAt", .string(time(snapshot.frozenAt))), JSONMember("frozenBy", optional(frozen.author.map { ReportText.clean($0) })),
                    JSONMember("digest", .string(snapshot.digest.description)), JSONMember("inputsHash", .string(snapshot.inputsHash.description)),
                ])
            } ?? .null),
        ])
    }

    /// Why there is no bridge, or what it is a bridge from.
    var bridgeSentence: String {
        guard let earlier else { return "There is no earlier snapshot to compare with: this is the baseline." }
        // What it was called may name somebody, and nobody can call it otherwise.
        let called = provenance.frozen?.isForViewers == true ? earlier.snapshot.handle : earlier.snapshot.title
        let what = "\(called), as of \(CalendarDate.text(days: earlier.snapshot.day))\(Self.frozenNote(earlier.snapshot))"
        return earlier.obstacle.map { "It is not compared with \(what): \($0)." } ?? "Compared with \(what)."
    }
}
