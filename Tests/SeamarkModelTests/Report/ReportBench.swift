import SeamarkJournal
import SeamarkModel

/// Reports of the sample engagements, as a lead imported them.
enum ReportBench {
    static let provenance = ReportProvenance(
        software: "seamark-test 0", checkpoint: ReportProvenance.Checkpoint(epoch: "0123456789abcdef", scopes: [
            ReportProvenance.Checkpoint.Scope(scope: Bench.scope, name: "HALDEN-2026", position: 3, logHash: "aa11", digest: "bb22")
        ]))

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
