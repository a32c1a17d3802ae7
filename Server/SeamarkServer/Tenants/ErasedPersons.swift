internal import SeamarkJournal
internal import SeamarkStore

/// Who was erased, by engagement: what comes about them later is redacted as it comes (`ConsentRule`). The acts of the tenant's chained log say it.
enum ErasedPersons {
    private static let act = "person.erase"

    /// Ascending.
    static func all(in scope: Identifier, _ snapshot: TenantSnapshot) throws -> [Identifier] {
        let prefix = "\(scope) "
        return try snapshot.details(ofAct: act).compactMap { $0.hasPrefix(prefix) ? Identifier(String($0.dropFirst(prefix.count))) : nil }.sorted()
    }

    static func isErasure(_ entry: AuditEntry) -> Bool { entry.act == act }

    static func note(_ person: Identifier, in scope: Identifier, at now: Int64, _ transaction: TenantTransaction) throws {
        try transaction.noteAct(act, detail: "\(scope) \(person)", at: now)
        // The rule looks at what comes in from now on, whichever process takes it. In an engagement that is not here yet it reads the act when that is.
        if try transaction.scope(scope) != nil { try transaction.noteWithdrawn(person, in: scope) }
    }
}
