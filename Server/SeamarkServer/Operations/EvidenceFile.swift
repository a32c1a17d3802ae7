internal import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel
public import SeamarkProtocol
internal import SeamarkStore

/// A file of evidence, verified from its first byte to its last; and a report held against the log in it.
public struct EvidenceFile: Sendable {
    public let finding: EvidenceFinding?
    public let verification: EvidenceVerification
    /// Nil where no report was given, or the evidence does not hold.
    public let report: ReportClaim.Verdict?

    /// - Parameter authority: the hash of the tenant authority's certificate, as the reader knows it.
    public init(verifying path: String, authority: Hash256, report claim: ReportClaim? = nil) throws {
        try self.init(verifying: path, .system(authority: authority), report: claim)
    }

    public init(verifying path: String, _ trust: EvidenceVerification.Trust, report claim: ReportClaim? = nil) throws {
        // Which log it is stands in the file; the claim says at which place of it.
        var verification = EvidenceVerification(trust) { scope in claim?.word(on: scope)?.place.position }
        do {
            try FileParts.read(path) { piece in
                verification.append(piece)
                return verification.finding == nil
            }
        } catch { throw PrivateFile.failure(error.code, doing: "reading the evidence") }
        finding = verification.finish()
        self.verification = verification
        report = finding != nil ? nil : claim.flatMap { verification.judge($0) }
    }
}

extension EvidenceVerification {
    /// Holds a report against the log that was read; nil where no log was.
    func judge(_ claim: ReportClaim) -> ReportClaim.Verdict? {
        guard let head else { return nil }
        let trust = trust
        return claim.judged(on: head.scope, of: head.tenant, primitives: trust.primitives, isEndorsed: { trust.isEndorsed($0, $1, head.authority) }, found: watched)
    }
}

extension ReportClaim {
    /// Reads a report's JSON file.
    public init(reading path: String) throws {
        let doing = "reading the report"
        var bytes: [UInt8] = []
        do {
            try FileParts.read(path) { piece in
                bytes += piece
                return bytes.count <= Self.longest
            }
        } catch { throw PrivateFile.failure(error.code, doing: doing) }
        do throws(Unreadable) { try self.init(reading: bytes) } catch {
            switch error {
            case .notAReport: throw OperationFailure(.badInput, doing: doing, wrong: "it is no report of Seamark in JSON", remedy: "name the report.json that seamark-server report wrote")
            case .frozen(let when):
                throw OperationFailure(.badInput, doing: doing, wrong: "it is a report as of \(when), which names no checkpoint", remedy: "make it again with seamark-server report ENGAGEMENT --as-of \(when), and compare the bytes")
            case .noCheckpoint: throw OperationFailure(.badInput, doing: doing, wrong: "it names no signed checkpoint", remedy: "make the report anew with seamark-server report")
            }
        }
    }
}
