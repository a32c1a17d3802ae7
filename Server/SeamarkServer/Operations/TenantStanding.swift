internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkStore

/// Where every log of a tenant stands, in the server's signed words: what reports print and evidence is judged by.
struct TenantStanding {
    let checkpoint: Checkpoint
    let serverKey: ServerKeyStatement
    /// The tenant authority's signature over `serverKey`.
    let endorsement: [UInt8]
    /// Those that this key took the place of, the newest first, as the wire has them.
    let earlierKeys: [Message.ServerKey]

    init(_ snapshot: TenantSnapshot, _ keys: TenantKeys, at now: Int64) throws {
        let identity = try snapshot.identity()
        let scopes = try snapshot.scopes().map { Checkpoint.Scope(scope: $0.id, place: $0.place, digest: $0.digest) }
        checkpoint = Checkpoint(epoch: identity.epoch, scopes: scopes, time: now, signer: keys.signingKey)
        serverKey = ServerKeyStatement(tenant: identity.id, epoch: identity.epoch, device: identity.author, key: keys.signingKey.publicKey)
        endorsement = keys.authority.key.sign(serverKey.message)
        earlierKeys = keys.earlier.reversed().map { earlier in
            let statement = ServerKeyStatement(tenant: identity.id, epoch: earlier.epoch, device: identity.author, key: earlier.key)
            return Message.ServerKey(epoch: earlier.epoch, device: identity.author, key: earlier.key, signature: keys.authority.key.sign(statement.message))
        }
    }

    /// As the wire has it.
    var certifiedKey: Message.ServerKey {
        Message.ServerKey(epoch: serverKey.epoch, device: serverKey.device, key: serverKey.key, signature: endorsement)
    }
}
