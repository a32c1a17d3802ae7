import SeamarkJournal
import SeamarkModel

/// Reports of the sample engagements, as a lead imported them.
enum ReportBench {
    static let provenance = ReportProvenance(
        software: "seamark-test 0",
        checkpoint: ReportProvenance.SignedCheckpoint(
            checkpoint: Checkpoint(
                epoch: 0x0123_4567_89ab_cdef,
                scopes: [Checkpoint.Scope(scope: Bench.scope, place: LogPlace(position: 3, hash: .zero), digest: ScopeDigest(high: 1, low: 2))], time: 1_780_000_000_000,
                signature: [UInt8](repeating: 7, count: 64)),
            names: [.init(scope: Bench.scope, name: "HALDEN-2026")],
            serverKey: ServerKeyStatement(tenant: Bench.scope, epoch: 0x0123_4567_89ab_cdef, device: Bench.scope, key: [UInt8](repeating: 8, count: 32)), endorsement: [9], authority: .zero))

    static func bench(_ sample: String) throws -> Bench {
        var bench = Bench()
        try EngagementFileTests.load(try EngagementFileTests.sample(sample), into: &bench)
        return bench
    }

    /// A snapshot of the records as they are.
    static func snapshot(of bench: Bench, name: String = "First quarter", handle: String = "SN-A001", at position: UInt64 = 3, day: Int64 = 20_530) throws -> Snapshot {
        let place = LogPlace(position: position, hash: Hash256(words: (1, 2, 3, position)))
        let frozen = FrozenRecords(bench.state, at: place, day: day, bench.primitives)
        var editing = RecordEditing(record: Identifier(high: 62, low: position), type: Catalogue.snapshot, state: nil) { .zero }
        try editing.freeze(frozen, frozen.reading { _ in nil }, digest: bench.state.digest, name: name, handle: handle, at: 1_773_800_000_000, bench.primitives)
        var state = ScopeState()
        var bench = bench
        state.apply(bench.change(editing.edits, by: Bench.lea), received: nil)
        guard let snapshot = state.records.first.flatMap({ Snapshot(RecordView(id: $0.key, state: $0.value)) }) else { throw SnapshotError.unknown(name, []) }
        return snapshot
    }

    static func report(_ views: [RecordView]) throws -> EngagementReport {
        try EngagementReport(views: views, primitives: CheapPrimitives(), provenance: provenance) { _ in nil }
    }

    /// What headquarters decides on a sample: quotes for the report, one that only the team may know among them, and the order of the recommendations.
    static func decided(_ sample: String) throws -> Bench {
        var bench = try bench(sample)
        for quote in bench.views where quote.type === Catalogue.quote { try bench.write(quote.id, Catalogue.quote, [("approvedForReport", "yes")], by: Bench.headquarters) }
        for (rank, handle) in ["R3", "R1"].enumerated() {
            guard let advice = bench.views.first(where: { $0.type === Catalogue.recommendation && $0.handle == handle }) else { continue }
            try bench.write(advice.id, Catalogue.recommendation, [("rank", "\(rank + 1)")], by: Bench.headquarters)
        }
        return bench
    }

    static let halden = Result { try report(try decided("halden").views) }
    static let northlink = Result { try report(try decided("northlink").views) }

    static func outcome(_ kind: ReportGate.Condition.Kind, _ report: EngagementReport) -> ReportGate.Outcome? {
        report.gate.conditions.first { $0.kind == kind }?.outcome
    }
}
