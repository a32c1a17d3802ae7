internal import SeamarkModel
internal import SeamarkStore

/// The least schemas that may read and write in a tenant, beside the one that its server writes.
public struct LeastSchemas: Hashable, Sendable {
    public let read: UInt32
    public let write: UInt32
    /// The server's own.
    public let server: UInt32

    init(_ identity: TenantIdentity) {
        read = identity.leastReadSchema
        write = identity.leastSchema
        server = identity.schema
    }

    /// Devices may be asked to know one schema more than the server's program: their programs are updated before it, or with it.
    public static let greatest = Catalogue.version + 1
}

extension TenantOffice {
    public func leastSchemas() throws -> LeastSchemas { try store.read { try LeastSchemas($0.identity()) } }

    /// Sets what is named and leaves the other as it is. What an older device wrote meanwhile is kept in quarantine, and comes in with its
    /// next sync once it may write again.
    public func setLeastSchemas(read: UInt32? = nil, write: UInt32? = nil) throws -> LeastSchemas {
        let doing = "setting the least schemas"
        let now = clock.now()
        return try store.write { transaction in
            let present = LeastSchemas(try transaction.identity())
            let (read, write) = (read ?? present.read, write ?? present.write)
            let bounds = 1...LeastSchemas.greatest
            guard bounds.contains(read), bounds.contains(write) else {
                throw OperationFailure(
                    .badInput, doing: doing, wrong: "this program knows schemas up to \(Catalogue.version)", remedy: "give numbers from 1 to \(LeastSchemas.greatest)")
            }
            guard read <= write else {
                throw OperationFailure(
                    .badInput, doing: doing, wrong: "a device that may write here could not read here (read \(read), write \(write))",
                    remedy: "raise --write to \(read) too, or give a lower --read")
            }
            guard (read, write) != (present.read, present.write) else { return present }
            try transaction.setLeastSchemas(write: write, read: read, at: now)
            return LeastSchemas(try transaction.identity())
        }
    }
}
