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

    static func report(_ views: [RecordView]) throws -> EngagementReport {
        try EngagementReport(views: views, primitives: CheapPrimitives(), provenance: provenance) { _ in nil }
    }

    static let halden = Result { try report(try bench("halden").views) }
    static let northlink = Result { try report(try bench("northlink").views) }

    static func outcome(_ kind: ReportGate.Condition.Kind, _ report: EngagementReport) -> ReportGate.Outcome? {
        report.gate.conditions.first { $0.kind == kind }?.outcome
    }
}
