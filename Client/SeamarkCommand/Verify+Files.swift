import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

// Evidence and reports, which come as files.
extension Verify {
    func runOnFiles() throws {
        let claim = try report.map { path in
            let bytes = try InputFile.read(path, atMost: ReportClaim.longest)
            do throws(ReportClaim.Unreadable) { return try ReportClaim(reading: bytes) } catch { throw Self.explained(error) }
        }
        guard let evidence else {
            guard let claim else { return }
            return try say(nil, DeviceHistory(Workplace(work, to: .work).device, for: claim).judge(claim))
        }
        let trust: EvidenceVerification.Trust
        if let authority {
            guard let hash = Hexadecimal.bytes(of: authority.lowercased()).flatMap({ Hash256(bytes: $0) }) else {
                throw Explained(.usage, "A fingerprint has 64 hexadecimal digits. Copy it whole from where 'seamark-server evidence export' printed it.")
            }
            trust = .system(authority: hash)
        } else {
            trust = try DeviceHistory(Workplace(work, to: .work).device).trust
        }
        let file: EvidenceFile
        do throws(FileParts.Refused) { file = try EvidenceFile(verifying: evidence, trust, report: claim) } catch {
            throw InputFile.Failure(error.code, reading: evidence)
        }
        try say(file, file.report)
    }

    private static func explained(_ error: ReportClaim.Unreadable) -> Explained {
        switch error {
        case .notAReport: Explained(.refused, "This is no report of Seamark in JSON. Name the report.json that 'seamark-server report' wrote.")
        case .frozen(let when):
            Explained(.refused, "The report is one as of \(when), and names no checkpoint: 'seamark-server report ENGAGEMENT --as-of \(when)' makes the same bytes again. 'seamark snapshot show' checks a snapshot here.")
        case .noCheckpoint: Explained(.refused, "The report names no signed checkpoint: it is a preview, or of an earlier version. Ask headquarters to make it anew.")
        }
    }

    private func say(_ file: EvidenceFile?, _ verdict: ReportClaim.Verdict?) throws {
        if format.json {
            var members: [JSONMember] = []
            if let file { members.append(JSONMember("evidence", Self.document(file))) }
            if let verdict { members.append(JSONMember("report", .object([JSONMember("holds", .bool(verdict.isGood)), JSONMember("finding", .string(verdict.description))]))) }
            Terminal.json(.object(members), .fileVerification)
        } else {
            if let file, file.finding == nil {
                let (summary, place) = (file.verification.summary, file.verification.place)
                let what = [
                    counted(summary.entries, "entry", "entries"), counted(summary.blocks, "block"), counted(summary.changes, "change"), counted(file.verification.records, "record"),
                    "by \(counted(summary.authors.count, "device"))",
                ].joined(separator: ", ")
                Terminal.line(.init("The evidence holds: \(what).", .green))
                Terminal.line("Position \(place.position), log hash \(place.hash).")
                if file.verification.head?.hasValues == false { Terminal.line("Sensitive values are left out; their hashes stand in their place.") }
            }
            if let verdict, verdict.isGood { Terminal.line(.init("\(Self.sentence(verdict)).", .green)) }
        }
        if let finding = file?.finding {
            throw Explained(
                .refused, "The evidence does not hold, \(finding) (\(finding.fault.rawValue), item \(finding.item)).\nDo not rely on it; ask for the file anew, and tell headquarters.")
        }
        if let verdict, !verdict.isGood { throw Explained(.refused, "\(Self.sentence(verdict)).\nDo not rely on it, and tell headquarters.") }
    }

    private static func sentence(_ verdict: ReportClaim.Verdict) -> String { verdict.description.prefix(1).uppercased() + verdict.description.dropFirst() }

    private static func document(_ file: EvidenceFile) -> JSONValue {
        let (summary, head) = (file.verification.summary, file.verification.head)
        let counts: [(String, Int)] = [
            ("entries", summary.entries), ("blocks", summary.blocks), ("changes", summary.changes), ("releases", summary.releases), ("refused", summary.refused),
            ("values", summary.values), ("withheld", summary.withheld), ("records", file.verification.records),
        ]
        return .object(
            [
                JSONMember("holds", .bool(file.finding == nil)), JSONMember("fault", file.finding.map { .string($0.fault.rawValue) } ?? .null),
                JSONMember("item", file.finding.map { .integer(Int64($0.item)) } ?? .null), JSONMember("finding", file.finding.map { .string($0.description) } ?? .null),
                JSONMember("tenant", head.map { .string($0.tenant.description) } ?? .null), JSONMember("scope", head.map { .string($0.scope.description) } ?? .null),
            ] + counts.map { JSONMember($0.0, .integer(Int64($0.1))) }
                + [
                    JSONMember("position", .integer(Int64(clamping: file.verification.place.position))), JSONMember("logHash", .string(file.verification.place.hash.description)),
                ])
    }
}
