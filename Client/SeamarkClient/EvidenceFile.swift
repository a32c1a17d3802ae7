import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel
public import SeamarkProtocol
public import SeamarkStore

/// A file of evidence, verified from its first byte to its last; and a report held against the log in it.
public struct EvidenceFile: Sendable {
    public let finding: EvidenceFinding?
    public let verification: EvidenceVerification
    /// Nil where no report was given, or the evidence does not hold.
    public let report: ReportClaim.Verdict?

    public init(verifying path: String, _ trust: EvidenceVerification.Trust, report claim: ReportClaim? = nil) throws(FileParts.Refused) {
        // Which log it is stands in the file; the claim says at which place of it.
        var verification = EvidenceVerification(trust) { scope in claim?.word(on: scope)?.place.position }
        try FileParts.read(path) { piece in
            verification.append(piece)
            return verification.finding == nil
        }
        finding = verification.finish()
        self.verification = verification
        guard finding == nil, let claim, let head = verification.head else {
            report = nil
            return
        }
        report = claim.judged(
            on: head.scope, of: head.tenant, primitives: trust.primitives, isEndorsed: { trust.isEndorsed($0, $1, head.authority) }, found: verification.watched)
    }
}

extension EvidenceVerification.Trust {
    /// For somebody who has no device of the tenant: believes the authority whose certificate has this hash.
    public static func system(authority: Hash256) -> Self {
        let tools = DeviceTools.system
        return Self(authority: authority, primitives: tools.primitives) { message, signature, der in (try? tools.endorsement(der))?(message, signature) ?? false }
    }
}
