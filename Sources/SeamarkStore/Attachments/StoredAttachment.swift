public import SeamarkJournal

/// An attachment that a scope holds whole at the server.
public struct StoredAttachment: Hashable, Sendable {
    public let attachment: Attachment
    /// Milliseconds since 1970 by the server's clock.
    public let received: Int64
    /// Its bytes were erased here, and are taken for no other row's that was redacted.
    public var isErased = false
}

/// What attachments take.
public struct AttachmentTotals: Hashable, Sendable {
    public let count: Int
    public let bytes: Int
}

extension TenantSnapshot {
    /// Does the scope hold this attachment? Others' scopes say nothing here.
    public func attachment(_ hash: Hash256, in scope: Identifier) throws(StoreError) -> StoredAttachment? {
        guard let (key, _) = try scopeRow(scope) else { return nil }
        let doing: StaticString = "looking an attachment up"
        let row = try statement(.attachment, doing: doing)
        row.bind(key, at: 1)
        row.bind(hash, at: 2)
        defer { row.reset() }
        guard try row.step(doing: doing), let attachment = Attachment(hash: hash, size: row.int(0)) else { return nil }
        return StoredAttachment(attachment: attachment, received: row.int(1), isErased: row.int(2) != 0)
    }

    /// What a scope's attachments take, each counted in every scope that holds it.
    public func attachmentTotals(of scope: Identifier) throws(StoreError) -> AttachmentTotals {
        let (key, _) = try knownScope(scope, doing: "counting attachments")
        let row = try statement(.attachmentsOfScope, doing: "counting attachments")
        row.bind(key, at: 1)
        return try totals(row)
    }

    /// The same of all scopes together.
    public func attachmentTotals() throws(StoreError) -> AttachmentTotals {
        try totals(try statement(.attachmentTotals, doing: "counting attachments"))
    }

    /// Those whose bytes no scope holds any more, although they may still lie in the vault.
    public func erasedAttachments() throws(StoreError) -> [Attachment] {
        let doing: StaticString = "reading what was erased"
        let row = try statement(.erasedAttachments, doing: doing)
        defer { row.reset() }
        var all: [Attachment] = []
        while try row.step(doing: doing) {
            if let attachment = Attachment(hash: try row.hash(0, doing: doing), size: row.int(1)) { all.append(attachment) }
        }
        return all
    }

    /// Everything that is held, ascending: for `verify` and backups.
    public func attachments() throws(StoreError) -> [(scope: Identifier, stored: StoredAttachment)] {
        let doing: StaticString = "reading attachments"
        let row = try statement(.attachments, doing: doing)
        defer { row.reset() }
        var all: [(Identifier, StoredAttachment)] = []
        while try row.step(doing: doing) {
            guard let attachment = Attachment(hash: try row.hash(1, doing: doing), size: row.int(2)) else {
                throw StoreError(.damaged, doing: doing, detail: "not what was written; verify the store")
            }
            all.append((try row.identifier(0, doing: doing), StoredAttachment(attachment: attachment, received: row.int(3))))
        }
        return all
    }

    private func totals(_ row: PreparedStatement) throws(StoreError) -> AttachmentTotals {
        defer { row.reset() }
        guard try row.step(doing: "counting attachments") else { return AttachmentTotals(count: 0, bytes: 0) }
        return AttachmentTotals(count: Int(row.int(0)), bytes: Int(row.int(1)))
    }
}

extension TenantTransaction {
    /// The scope holds the attachment from here on: its bytes are durable and verified already. Where it held it and lost the
    /// bytes, or erased them, the new time counts: no backup has these. Receipts of what was erased stay known (`lacks`).
    public func addAttachment(_ attachment: Attachment, to scope: Identifier, received: Int64) throws(StoreError) {
        let doing: StaticString = "noting an attachment"
        let (key, _) = try knownScope(scope, doing: doing)
        let former = try statement(.keepFormerReceipt, doing: doing)
        former.bind(key, at: 1)
        former.bind(attachment.hash, at: 2)
        try former.run(doing: doing)
        let row = try statement(.addAttachment, doing: doing)
        row.bind(key, at: 1)
        row.bind(attachment.hash, at: 2)
        row.bind(Int64(attachment.size), at: 3)
        row.bind(received, at: 4)
        try row.run(doing: doing)
    }

    /// The scope holds its bytes no more. They go from the vault after this is durable (`TenantStore.takesErasedAttachments`).
    public func eraseAttachment(_ hash: Hash256, in scope: Identifier) throws(StoreError) {
        let doing: StaticString = "erasing an attachment"
        let (key, _) = try knownScope(scope, doing: doing)
        let row = try statement(.eraseAttachment, doing: doing)
        row.bind(key, at: 1)
        row.bind(hash, at: 2)
        try row.run(doing: doing)
        if alteredRows > 0 { erasesAttachments = true }
    }
}
