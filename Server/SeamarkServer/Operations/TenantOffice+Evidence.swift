internal import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel
public import SeamarkProtocol
internal import SeamarkStore

// An engagement's log as a file that a stranger can verify, and such files verified.
extension TenantOffice {
    /// What an export came to.
    public struct EvidenceExport: Sendable {
        public internal(set) var entries = 0
        public internal(set) var bytes = 0
        public let position: UInt64
        public let logHash: Hash256
        public let digest: ScopeDigest
        /// What whoever verifies it must know from elsewhere: SHA-256 of the tenant authority's certificate.
        public let authority: Hash256
    }

    /// Bytes of the log that are held at a time.
    private static let credit = 4 << 20

    /// Writes the engagement's whole log into a new file for its owner alone, with everything that it takes to verify it without us
    /// (SPEC section 4, "Evidence"). The audit log is told first.
    ///
    /// - Parameter values: false to put a leaf hash in the place of every sensitive value. Everything verifies all the same.
    public func exportEvidence(of engagement: String, values: Bool = true, to path: String) throws -> EvidenceExport {
        let now = clock.now()
        let scope = try store.read { try Directory($0).engagement(called: engagement) }
        try store.write { _ = try $0.noteAct("evidence.export", detail: "\(scope) \(values ? "values" : "hashes")", at: now) }
        return try store.read { snapshot in
            let standing = try TenantStanding(snapshot, keys, at: now)
            try requirePresentKey(doing: "exporting evidence")
            guard let word = standing.checkpoint.scopes.first(where: { $0.scope == scope }), let shared = try snapshot.scopes().first(where: { $0.kind == .shared })
            else { throw OperationFailure(.fault, doing: "exporting evidence", wrong: "the tenant has no shared scope", remedy: "run seamark-server verify") }
            var done = EvidenceExport(
                position: word.place.position, logHash: word.place.hash, digest: word.digest, authority: keys.authority.certificate.fingerprint)
            let primitives = SystemPrimitives()
            var writer = EvidenceWriter(primitives)
            let authors = try authors(of: scope, snapshot)
            try PrivateFile.create(path) { write in
                func put(_ bytes: [UInt8]) throws {
                    done.bytes += bytes.count
                    try write(bytes)
                }
                func evidence(_ stored: StoredEntry, of scope: Identifier, block: [UInt8]?, _ parts: [SensitivePart]) -> EvidenceEntry {
                    EvidenceEntry(
                        stored.entry, at: stored.place, of: scope, epoch: standing.serverKey.epoch, block: block, sensitive: parts, signer: keys.signingKey)
                }
                try put(
                    writer.begin(
                        EvidenceHead(
                            tenant: keys.tenant, scope: scope, shared: shared.id, hasValues: values, authority: keys.authority.certificate.der,
                            serverKeys: [standing.certifiedKey] + standing.earlierKeys, checkpoint: standing.checkpoint)))
                try Self.forEachEntry(of: shared.id, snapshot) { stored in
                    let parts = try Self.parts(stored, values: false, primitives)
                    let isNeeded = try Self.publishes(stored, parts, keysOf: authors, primitives)
                    try put(writer.shared(evidence(stored, of: shared.id, block: isNeeded ? stored.block : nil, isNeeded ? parts : [])))
                }
                try Self.forEachEntry(of: scope, snapshot) { stored in
                    let isBlock = if case .block = stored.entry.content { true } else { false }
                    let parts = try Self.parts(stored, values: values, primitives)
                    try put(writer.entry(evidence(stored, of: scope, block: isBlock ? stored.block : nil, parts)))
                    done.entries += 1
                }
                try put(writer.end(by: keys.signingKey))
            }
            return done
        }
    }

    static func forEachEntry(of scope: Identifier, _ snapshot: TenantSnapshot, _ body: (StoredEntry) throws -> Void) throws {
        var position: UInt64 = 0
        while true {
            let entries = try snapshot.entries(of: scope, after: position, credit: credit)
            guard let last = entries.last else { return }
            for entry in entries { try body(entry) }
            position = last.place.position
        }
    }

    /// The devices that sealed blocks of the scope.
    private func authors(of scope: Identifier, _ snapshot: TenantSnapshot) throws -> Set<Identifier> {
        var authors: Set<Identifier> = []
        try Self.forEachEntry(of: scope, snapshot) { stored in
            // A block says after its first four bytes who sealed it.
            if stored.block.count > 20, let device = Identifier(bytes: Array(stored.block[4..<20])) { authors.insert(device) }
        }
        return authors
    }

    private static func parts(_ stored: StoredEntry, values: Bool, _ primitives: SystemPrimitives) throws -> [SensitivePart] {
        let parts = try SensitivePart.decode(stored.sensitive, primitives)
        return values ? parts : parts.map { $0.withheld(primitives) }
    }

    private static func publishes(
        _ stored: StoredEntry, _ parts: [SensitivePart], keysOf authors: Set<Identifier>, _ primitives: SystemPrimitives
    ) throws -> Bool {
        guard !stored.block.isEmpty else { return false }
        return try Block.open(stored.block, sensitive: parts, primitives).changes.contains { $0.publishedKeys.contains { authors.contains($0.device) } }
    }

    // MARK: Verifying

    /// What this tenant's own evidence is verified by.
    public var evidenceTrust: EvidenceVerification.Trust { .system(authority: keys.authority.certificate.fingerprint) }

    /// Holds a report's JSON against the engagement's log as it lies in the store.
    public func judge(_ claim: ReportClaim, on engagement: String?) throws -> ReportClaim.Verdict {
        let keys = keys
        return try store.read { snapshot in
            let directory = try Directory(snapshot)
            let scope: Identifier
            if let engagement {
                scope = try directory.engagement(called: engagement)
            } else {
                // The checkpoint speaks of every scope; the report's own has a name in it.
                guard let named = directory.engagements.first(where: { claim.names.contains($0.id) }) else { return .ofAnotherEngagement }
                scope = named.id
            }
            var found: (place: LogPlace, state: ScopeState)?
            if let word = claim.word(on: scope), let known = try snapshot.scope(scope), word.place.position <= known.place.position {
                found = try Self.state(of: scope, at: word.place.position, snapshot)
            }
            return claim.judged(
                on: scope, of: keys.tenant, primitives: SystemPrimitives(), isEndorsed: { keys.authority.certificate.publicKey.verifies($1, of: $0) }, found: found)
        }
    }

    /// What a log adds up to at one of its places.
    private static func state(of scope: Identifier, at position: UInt64, _ snapshot: TenantSnapshot) throws -> (LogPlace, ScopeState) {
        let primitives = SystemPrimitives()
        var state = ScopeState()
        var place = LogPlace.beginning
        try forEachEntry(of: scope, snapshot) { stored in
            guard stored.place.position <= position else { return }
            let changes = stored.block.isEmpty ? [] : try Block.open(stored.block, sensitive: SensitivePart.decode(stored.sensitive, primitives), primitives).changes
            state.read(stored.entry, changes: changes)
            place = stored.place
        }
        return (place, state)
    }
}

extension EvidenceVerification.Trust {
    /// The real thing, which believes the authority with this fingerprint.
    static func system(authority: Hash256) -> Self {
        Self(authority: authority, primitives: SystemPrimitives()) { message, signature, der in
            (try? Certificate(der: der))?.publicKey.verifies(signature, of: message) ?? false
        }
    }
}
