internal import SeamarkJournal
public import SeamarkStore

extension TenantOffice {
    /// The administrative acts, oldest first.
    public func audit() throws -> [AuditEntry] { try store.read { try $0.audit() } }

    /// Recomputes the chain of acts.
    ///
    /// - Parameter hash: one noted earlier, in hexadecimal: an act of the chain must have it.
    public func verifyAudit(containing hash: String? = nil) throws -> Finding {
        let (acts, firstBroken) = try store.read { (try $0.audit(), try $0.firstBrokenAct()) }
        if let firstBroken { return Finding(holds: false, sentence: "the chain of acts does not hold from number \(firstBroken) on") }
        if let hash, !acts.contains(where: { $0.hash.description == hash.lowercased() }) {
            return Finding(holds: false, sentence: "the chain holds, but no act in it has the hash that was noted: acts were cut off, or it is another tenant's")
        }
        let last = acts.last.map { "; the last has the hash \($0.hash)" } ?? ""
        return Finding(holds: true, sentence: "the chain holds: \(acts.count) acts\(last)")
    }
}
