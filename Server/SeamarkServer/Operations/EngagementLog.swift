internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

/// One engagement's log in one moment of the store: what it says now, and what it said earlier.
struct EngagementLog {
    let scope: Identifier
    let snapshot: TenantSnapshot
    let directory: Directory
    private let primitives = SystemPrimitives()

    init(of scope: Identifier, _ snapshot: TenantSnapshot, _ directory: Directory) {
        self.scope = scope
        self.snapshot = snapshot
        self.directory = directory
    }

    var views: [RecordView] {
        get throws {
            var views: [RecordView] = []
            try snapshot.records(in: scope) { views.append(RecordView(id: $0, state: $1)) }
            return views
        }
    }

    /// A published edition of an instrument, by what engagements call it; nil where there is none.
    func instrument(_ named: String) -> Instrument? { try? Self.instruments(snapshot).first { $0.reference == named } }

    /// Every edition that is published to the tenant; the built-in one first.
    static func instruments(_ snapshot: TenantSnapshot) throws -> [Instrument] {
        var all = [Instrument.core9]
        guard let shared = try snapshot.scopes().first(where: { $0.kind == .shared }) else { return all }
        try snapshot.records(in: shared.id, ofType: Catalogue.instrument.number) { id, state in
            guard let document = RecordView(id: id, state: state).text("document"), let instrument = try? Instrument(document: document) else { return }
            if instrument.reference != Instrument.core9.reference { all.append(instrument) }
        }
        return all
    }

    // MARK: Earlier

    /// Reads the log once from its beginning.
    func moments(_ wanted: [LogMoments.Moment]) throws -> LogMoments {
        var moments = LogMoments(wanted)
        var state = ScopeState()
        var place = LogPlace.beginning
        var received: Int64 = 0
        try TenantOffice.forEachEntry(of: scope, snapshot) { stored in
            moments.look(at: place, received: received, state, next: stored.entry.received)
            let changes = stored.block.isEmpty ? [] : try Block.open(stored.block, sensitive: SensitivePart.decode(stored.sensitive, primitives), primitives).changes
            state.read(stored.entry, changes: changes)
            place = stored.place
            received = stored.entry.received
        }
        moments.look(at: place, received: received, state, next: nil)
        return moments
    }

    /// The records of an earlier time; of a snapshot only if they are what it says.
    func frozen(_ asOf: AsOf, now: Int64) throws -> (FrozenRecords, Snapshot?) {
        switch asOf {
        case .position(let position):
            guard position > 0 else { throw SnapshotError.beforeTheBeginning("position 0") }
            let moments = try moments([.position(position)])
            guard let found = moments[.position(position)] else { throw SnapshotError.afterTheEnd(position: position, end: moments.end.position) }
            return (FrozenRecords(found.state, at: found.place, day: max(0, found.received) / 86_400_000, primitives), nil)
        case .day(let day):
            let text = CalendarDate.text(days: day)
            let midnight = (day + 1) * 86_400_000
            guard midnight <= now else { throw SnapshotError.dayNotOver(text) }
            guard let found = try moments([.before(midnight)])[.before(midnight)] else { throw SnapshotError.beforeTheBeginning("the end of \(text)") }
            return (FrozenRecords(found.state, at: found.place, day: day, primitives), nil)
        case .snapshot(let name):
            let named = try snapshot(called: name)
            let found = try moments([.snapshot(named)])[.snapshot(named)]
            _ = try named.reading(found, primitives, instrument)
            return (try named.records(found, primitives), named)
        }
    }

    /// - Parameter name: handle, id, or what it is called.
    func snapshot(called name: String) throws -> Snapshot {
        let all = Snapshot.all(in: try views)
        let found = Snapshot.called(name, in: all)
        if found.count == 1 { return found[0] }
        if found.count > 1 { throw SnapshotError.ambiguous(name, found.map(\.handle)) }
        for other in directory.engagements where other.id != scope {
            if try !Snapshot.called(name, in: Snapshot.all(in: EngagementLog(of: other.id, snapshot, directory).views)).isEmpty {
                throw SnapshotError.ofAnotherEngagement(name, engagement: other.handle)
            }
        }
        throw SnapshotError.unknown(name, all.map(\.handle))
    }

    /// The last snapshot among some records, with what it froze.
    func earlier(in views: [RecordView], upTo position: UInt64) throws -> EngagementReport.Earlier? {
        guard let last = EngagementReport.Earlier.last(in: views, upTo: position) else { return nil }
        let found = try moments([.snapshot(last)])[.snapshot(last)]
        do throws(SnapshotError) { return .init(last, .success(try last.reading(found, primitives, instrument))) } catch { return .init(last, .failure(error)) }
    }

    /// What changed from one snapshot to another.
    func comparison(_ first: String, _ second: String) throws -> SnapshotComparison {
        let (before, after) = (try snapshot(called: first), try snapshot(called: second))
        let moments = try moments([.snapshot(before), .snapshot(after)])
        return try SnapshotComparison(
            before, before.reading(moments[.snapshot(before)], primitives, instrument), after, after.reading(moments[.snapshot(after)], primitives, instrument))
    }
}
