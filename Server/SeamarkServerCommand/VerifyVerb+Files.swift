internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkProtocol
internal import SeamarkServer

// Evidence and reports, which come as files.
extension VerifyVerb {
    func runOnFiles() throws {
        let claim = try report.map { try ReportClaim(reading: $0) }
        guard let evidence else { return try say(nil, claim.map { try office().judge($0, on: nil) }) }
        let file: EvidenceFile
        if let authority {
            guard let hash = Hexadecimal.bytes(of: authority.lowercased()).flatMap({ Hash256(bytes: $0) }) else {
                throw OperationFailure(.badInput, doing: "reading --authority", wrong: "a fingerprint has 64 hexadecimal digits", remedy: "copy it whole from where evidence export printed it")
            }
            file = try EvidenceFile(verifying: evidence, authority: hash, report: claim)
        } else {
            file = try EvidenceFile(verifying: evidence, office().evidenceTrust, report: claim)
        }
        try say(file, file.report)
    }

    private func office() throws -> TenantOffice {
        var one = TenantOption()
        one.data = data
        one.tenant = tenant
        return try one.open()
    }

    private func say(_ file: EvidenceFile?, _ verdict: ReportClaim.Verdict?) throws {
        if json {
            var members: [JSONMember] = []
            if let file { members.append(JSONMember("evidence", Self.document(file))) }
            if let verdict { members.append(JSONMember("report", .object([JSONMember("holds", .bool(verdict.isGood)), JSONMember("finding", .string(verdict.description))]))) }
            Output.json(.object(members), .fileVerification)
        } else {
            if let file, file.finding == nil { print("evidence: \(Self.words(file))") }
            if let verdict, verdict.isGood { print("report: \(verdict)") }
        }
        if let finding = file?.finding {
            throw OperationFailure(
                .badInput, doing: "verifying the evidence", wrong: "\(finding) (\(finding.fault.rawValue), item \(finding.item))",
                remedy: "ask for the file anew, and do not rely on this one")
        }
        if let verdict, !verdict.isGood {
            throw OperationFailure(.badInput, doing: "verifying the report", wrong: verdict.description, remedy: "do not rely on it; have it made anew")
        }
    }

    private static func words(_ file: EvidenceFile) -> String {
        let (summary, place) = (file.verification.summary, file.verification.place)
        func counted(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }
        return "everything holds: \(counted(summary.entries, "entry", "entries")) by \(counted(summary.authors.count, "device", "devices")), "
            + "\(counted(summary.changes, "change", "changes")), \(counted(file.verification.records, "record", "records")), up to position \(place.position), log hash \(place.hash)"
            + (file.verification.head?.hasValues == false ? "; sensitive values are left out" : "")
    }

    private static func document(_ file: EvidenceFile) -> JSONValue {
        let (summary, head) = (file.verification.summary, file.verification.head)
        return .object([
            JSONMember("holds", .bool(file.finding == nil)), JSONMember("fault", file.finding.map { .string($0.fault.rawValue) } ?? .null),
            JSONMember("item", file.finding.map { .integer(Int64($0.item)) } ?? .null), JSONMember("finding", file.finding.map { .string($0.description) } ?? .null),
            JSONMember("tenant", head.map { .string($0.tenant.description) } ?? .null), JSONMember("scope", head.map { .string($0.scope.description) } ?? .null),
            JSONMember("entries", .integer(Int64(summary.entries))), JSONMember("blocks", .integer(Int64(summary.blocks))),
            JSONMember("changes", .integer(Int64(summary.changes))), JSONMember("releases", .integer(Int64(summary.releases))),
            JSONMember("refused", .integer(Int64(summary.refused))), JSONMember("values", .integer(Int64(summary.values))),
            JSONMember("withheld", .integer(Int64(summary.withheld))), JSONMember("records", .integer(Int64(file.verification.records))),
            JSONMember("position", .integer(Int64(clamping: file.verification.place.position))), JSONMember("logHash", .string(file.verification.place.hash.description)),
        ])
    }
}
