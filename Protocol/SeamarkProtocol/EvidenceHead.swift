public import SeamarkJournal

/// What a file of evidence says first: whose log it holds, by whose keys it is to be judged, and where the log stood.
public struct EvidenceHead: Hashable, Sendable {
    public let tenant: Identifier
    /// The scope whose log this is.
    public let scope: Identifier
    /// The tenant's shared scope, whose log says which device signs with which key.
    public let shared: Identifier
    /// False where the file holds a leaf hash in place of every sensitive value.
    public let hasValues: Bool
    /// The tenant authority's certificate (DER). Believed only where its hash is the one that the reader knows.
    public let authority: [UInt8]
    /// The server's key of the checkpoint's epoch; then those of earlier epochs that sealed blocks, if any.
    public let serverKeys: [Message.ServerKey]
    public let checkpoint: Checkpoint

    public static let longestAuthority = 16 * 1024
    public static let longestEndorsement = 72
    public static let mostServerKeys = 17

    public init(
        tenant: Identifier, scope: Identifier, shared: Identifier, hasValues: Bool, authority: [UInt8], serverKeys: [Message.ServerKey], checkpoint: Checkpoint
    ) {
        self.tenant = tenant
        self.scope = scope
        self.shared = shared
        self.hasValues = hasValues
        self.authority = authority
        self.serverKeys = serverKeys
        self.checkpoint = checkpoint
    }

    /// Where a scope stood by the checkpoint; nil where it says nothing of it.
    func word(on scope: Identifier) -> Checkpoint.Scope? { checkpoint.scopes.first { $0.scope == scope } }

    package var bytes: [UInt8] {
        var writer = ByteWriter()
        for id in [tenant, scope, shared] { writer.identifier(id) }
        writer.byte(hasValues ? 1 : 0)
        writer.blob(authority)
        writer.count(serverKeys.count)
        for key in serverKeys {
            writer.fixed64(key.epoch)
            writer.identifier(key.device)
            writer.raw(key.key)
            writer.blob(key.signature)
        }
        writer.fixed64(checkpoint.epoch)
        writer.count(checkpoint.scopes.count)
        for scope in checkpoint.scopes {
            writer.identifier(scope.scope)
            writer.varint(scope.place.position)
            writer.hash(scope.place.hash)
            writer.raw(scope.digest.bytes)
        }
        writer.signed(checkpoint.time)
        writer.raw(checkpoint.signature)
        return writer.bytes
    }

    package static func read(_ bytes: [UInt8]) throws(DecodeError) -> EvidenceHead {
        var reader = ByteReader(bytes)
        let (tenant, scope, shared) = (try reader.identifier(), try reader.identifier(), try reader.identifier())
        let mark = try reader.byte()
        guard mark <= 1, scope != shared else { throw DecodeError(.outOfBounds, reading: "what the evidence is of") }
        let authority = try reader.blob(atMost: longestAuthority)
        var keys: [Message.ServerKey] = []
        for _ in 0..<(try reader.count(each: 57, atMost: mostServerKeys)) {
            keys.append(
                Message.ServerKey(
                    epoch: try reader.fixed64(), device: try reader.identifier(), key: try reader.raw(32), signature: try reader.blob(atMost: longestEndorsement)))
        }
        guard !keys.isEmpty else { throw DecodeError(.outOfBounds, reading: "count of server keys") }
        let epoch = try reader.fixed64()
        var scopes: [Checkpoint.Scope] = []
        for _ in 0..<(try reader.count(each: 65)) {
            let id = try reader.identifier()
            guard scopes.last.map({ $0.scope < id }) ?? true else { throw DecodeError(.wrongOrder, reading: "scopes of a checkpoint") }
            let place = LogPlace(position: try reader.varint(), hash: try reader.hash())
            scopes.append(Checkpoint.Scope(scope: id, place: place, digest: ScopeDigest(high: try reader.fixed64(), low: try reader.fixed64())))
        }
        let checkpoint = Checkpoint(epoch: epoch, scopes: scopes, time: try reader.signed(), signature: try reader.raw(64))
        try reader.finish()
        return EvidenceHead(
            tenant: tenant, scope: scope, shared: shared, hasValues: mark == 1, authority: authority, serverKeys: keys, checkpoint: checkpoint)
    }
}
