internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkStore

extension Office {
    /// As the tenant's office verifies it; a store that cannot be opened is a finding too.
    public func verify(
        _ name: ShortName, attachments: Bool = true, recordsAtOnce: Int = TenantOffice.recordsAtOnce
    ) throws -> TenantOffice.Finding {
        do {
            return try tenant(name).verify(attachments: attachments, recordsAtOnce: recordsAtOnce)
        } catch let error as StoreError where error.isDamage { return TenantOffice.Finding(holds: false, sentence: error.description) }
    }
}

extension TenantOffice {
    /// What verifying a tenant's store came to.
    public struct Finding: Sendable {
        public let holds: Bool
        public let sentence: String
        /// What to do where it does not hold.
        public var remedy = "stop the server and restore the tenant from a backup"
    }

    /// Recomputes everything that follows from the logs. The server's own blocks are held against its key file; a device's against the
    /// key that it enrolled with, or that headquarters published of it.
    ///
    /// - Parameters:
    ///   - attachments: read every attachment's file through as well, and hold it against its hash.
    ///   - recordsAtOnce: what is held of one scope in memory at a time.
    public func verify(attachments: Bool = true, recordsAtOnce: Int = Self.recordsAtOnce) throws -> Finding {
        try Self.finding(on: store, keys, vault: attachments ? vault : nil, recordsAtOnce: recordsAtOnce)
    }

    /// Takes what people decided as it lies there, with a line in the audit log: for an administrator who has held it against that log. False where
    /// there is nothing to accept.
    public func acceptDecisions() throws -> Bool {
        try store.write { transaction in
            guard try !transaction.decisionsHold() else { return false }
            try transaction.acceptDecisions()
            try transaction.noteAct("decisions.accept", detail: "", at: clock.now())
            return true
        }
    }

    /// Records of one scope that verifying holds in memory at a time, unless told otherwise.
    public static let recordsAtOnce = 50_000

    /// - Parameter vault: the folder of the attachments' bytes; nil to leave them out.
    static func finding(on store: TenantStore, _ keys: TenantKeys, vault: String?, recordsAtOnce: Int = Self.recordsAtOnce) throws -> Finding {
        let verification = try store.read { snapshot in
            // What was given back to a store that was put back may be of a device that the directory alone knows there.
            let authors = AuthorKeys(snapshot, server: keys.signingKey.publicKey)
            return try snapshot.verify(recordsAtOnce: recordsAtOnce, earlierServerKeys: keys.earlier.map(\.key)) { try authors.key(of: $0) }
        }
        switch verification {
        case .holds(let entries, let changes, let records):
            let sentence = "everything holds: \(entries) entries, \(changes) changes, \(records) records"
            guard let vault else { return Finding(holds: true, sentence: sentence) }
            let (count, damaged) = try unreadableAttachments(on: store, AttachmentVault(at: vault, dataKey: keys.dataKey))
            if let (scope, stored) = damaged.first {
                let attachment = stored.attachment
                return Finding(
                    holds: false,
                    sentence: "scope \(scope): the file of an attachment of \(attachment.size) bytes (\(attachment.hash.description.prefix(12))…) is missing, or is not what was handed in")
            }
            return Finding(holds: true, sentence: count == 0 ? sentence : "\(sentence), \(count) attachment\(count == 1 ? "" : "s")")
        case .fails(let fault):
            var finding = Finding(holds: false, sentence: fault.description)
            if try !store.read({ try $0.decisionsHold() }) {
                finding.remedy = "hold them against 'seamark-server audit list', mend them with the usual verbs, and take them as they are then with "
                    + "'verify --accept-decisions --tenant NAME'; or \(finding.remedy)"
            }
            return finding
        }
    }

    /// Reads the file of each attachment once, a chunk at a time, whatever scopes hold it: how many there are, and which of them in which
    /// scopes are missing or not what was handed in.
    static func unreadableAttachments(
        on store: TenantStore, _ vault: AttachmentVault
    ) throws -> (count: Int, unreadable: [(scope: Identifier, stored: StoredAttachment)]) {
        var matches: [Hash256: Bool] = [:]
        var unreadable: [(Identifier, StoredAttachment)] = []
        for (scope, stored) in try store.read({ try $0.attachments() }) {
            let isWhole = try matches[stored.attachment.hash] ?? vault.matches(stored.attachment)
            matches[stored.attachment.hash] = isWhole
            if !isWhole { unreadable.append((scope, stored)) }
        }
        return (matches.count, unreadable)
    }
}
