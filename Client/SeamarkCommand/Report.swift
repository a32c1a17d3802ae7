import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A preview of the engagement's figures, from what this device holds.",
        discussion: """
            For example:
              seamark report
              seamark report --json

            The same calculation as headquarters', on your copy: only a report of the server is to be quoted.
            """)

    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let place = try Workplace(work, to: .read)
        let finder = try place.finder()
        let report = try EngagementReport(
            views: finder.all + finder.concealed, instrument: finder.instrument, primitives: place.device.primitives, provenance: ReportProvenance(software: SyncRun.software), memberName: finder.person)
        if format.json { return Terminal.json(ofFormat: report.document) }
        let result = report.result
        Terminal.line(.init(report.facts.title, .bold), .init("  preview from this device", .dim))
        if let fictitious = report.fictitious { Terminal.line(.init("  \(fictitious)", .dim)) }
        Terminal.line("")
        let currency = report.facts.currency
        func thousands(_ amount: Double) -> String { Self.grouped((amount / 1000).rounded()) }
        Terminal.line("Operating income at risk, thousand \(currency) a year:")
        var headline = Table(["", "P10", "P25", "P50", "P75", "P90", "mean"], rightAligned: [1, 2, 3, 4, 5, 6])
        let h = result.headline
        headline.add([""] + [h.p10, h.p25, h.p50, h.p75, h.p90, h.mean].map(thousands), styles: [3: .bold])
        headline.show()
        if let share = Self.share(result.relative) { Terminal.line("  \(share)") }
        Self.ranking("domain", report.domains.map { ($0.exposure, $0.name) }, fronts: result.frontRunningDomains, thousands)
        Self.ranking("seam", report.seams.map { ($0.exposure, $0.seam.name) }, fronts: result.frontRunningSeams, thousands)
        Terminal.line("")
        if report.gate.isBoardReady {
            Terminal.line(.init("Ready for the board.", .green))
        } else {
            Terminal.line(.init("Draft:", .yellow))
            for reason in report.gate.reasons { Terminal.line("  \(reason)") }
        }
        let unsent = finder.replica.unsentCount
        if unsent > 0 { Terminal.line(.init("\(counted(unsent, "change")) of yours in it are not yet sent.", .yellow)) }
    }

    private static func ranking(_ noun: String, _ rows: [(exposure: Exposure, name: String)], fronts: [String], _ thousands: (Double) -> String) {
        guard !rows.isEmpty else { return }
        Terminal.line("")
        var table = Table(["", noun, "name", "mean", "P10", "P90", "first in"], rightAligned: [0, 3, 4, 5, 6])
        for (exposure, name) in rows {
            let isFront = fronts.contains(exposure.key)
            table.add(
                [
                    exposure.rank.map(String.init) ?? "", exposure.key, name, thousands(exposure.net.mean), thousands(exposure.net.p10),
                    thousands(exposure.net.p90), "\(Int((exposure.firstShare * 100).rounded())) %",
                ], styles: isFront ? [1: .bold, 2: .bold] : [:])
        }
        table.show()
    }

    private static func share(_ relative: RelativeHeadline) -> String? {
        func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
        switch relative {
        case .ofPlannedOperatingIncome(let spread): return "\(percent(spread.p50)) of planned operating income (\(percent(spread.p10)) to \(percent(spread.p90)))"
        case .ofRevenue(let spread, _): return "\(percent(spread.p50)) of revenue (\(percent(spread.p10)) to \(percent(spread.p90)))"
        case .unavailable: return nil
        }
    }

    /// `3,053`.
    static func grouped(_ number: Double) -> String {
        guard abs(number) < 1e15 else { return "\(number)" }
        var digits = String(Int(number.magnitude))
        var out = ""
        while digits.count > 3 {
            out = "," + digits.suffix(3) + out
            digits.removeLast(3)
        }
        return (number < 0 ? "-" : "") + digits + out
    }
}
