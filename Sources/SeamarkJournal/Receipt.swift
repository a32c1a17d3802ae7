/// The server's signed word that a block is durable: where it lies in the log and what was decided on each change.
/// A device's outbox forgets a block only against one.
public struct Receipt: Hashable, Sendable {
    public let epoch: UInt64
    public let scope: Identifier
    public let place: LogPlace
    public let block: Hash256
    public let verdicts: [Verdict]
    public let received: Int64
    public let signature: [UInt8]

    public init(
        epoch: UInt64, scope: Identifier, place: LogPlace, block: Hash256, verdicts: [Verdict], received: Int64,
        signature: [UInt8]
    ) {
        self.epoch = epoch
        self.scope = scope
        self.place = place
        self.block = block
        self.verdicts = verdicts
        self.received = received
        self.signature = signature
    }

    /// Made after the entry is durable, never before.
    public init(
        epoch: UInt64, scope: Identifier, place: LogPlace, block: Hash256, verdicts: [Verdict], received: Int64,
        signer: any Signer
    ) {
        let unsigned = Receipt(
            epoch: epoch, scope: scope, place: place, block: block, verdicts: verdicts, received: received, signature: [])
        self.init(
            epoch: epoch, scope: scope, place: place, block: block, verdicts: verdicts, received: received,
            signature: signer.sign(unsigned.message))
    }

    /// What is signed (`Protocol/SPEC.md`, "Receipt").
    public var message: [UInt8] {
        var writer = ByteWriter(capacity: 160 + verdicts.count)
        writer.text("seamark-receipt-1")
        writer.fixed64(epoch)
        writer.identifier(scope)
        writer.varint(place.position)
        writer.hash(place.hash)
        writer.hash(block)
        writer.count(verdicts.count)
        for verdict in verdicts { writer.varint(verdict.code) }
        writer.signed(received)
        return writer.bytes
    }

    public func isSigned(by key: [UInt8], _ primitives: any Primitives) -> Bool {
        primitives.verifies(signature, of: message, by: key)
    }

    /// The receipt as the entry that it speaks of.
    public var entry: LogEntry { LogEntry(content: .block(block), verdicts: verdicts, received: received) }
}

/// The server's signed word on where every scope stands: printed in reports and written into evidence, kept by devices.
public struct Checkpoint: Hashable, Sendable {
    public struct Scope: Hashable, Sendable {
        public let scope: Identifier
        public let place: LogPlace
        public let digest: ScopeDigest

        public init(scope: Identifier, place: LogPlace, digest: ScopeDigest) {
            self.scope = scope
            self.place = place
            self.digest = digest
        }
    }

    public let epoch: UInt64
    /// Ascending by scope.
    public let scopes: [Scope]
    /// Milliseconds since 1970 by the server's clock.
    public let time: Int64
    public let signature: [UInt8]

    public init(epoch: UInt64, scopes: [Scope], time: Int64, signature: [UInt8]) {
        self.epoch = epoch
        self.scopes = scopes.sorted { $0.scope < $1.scope }
        self.time = time
        self.signature = signature
    }

    public init(epoch: UInt64, scopes: [Scope], time: Int64, signer: any Signer) {
        let unsigned = Checkpoint(epoch: epoch, scopes: scopes, time: time, signature: [])
        self.init(epoch: epoch, scopes: scopes, time: time, signature: signer.sign(unsigned.message))
    }

    /// What is signed (`Protocol/SPEC.md`, "Checkpoint").
    public var message: [UInt8] {
        var writer = ByteWriter()
        writer.text("seamark-checkpoint-1")
        writer.fixed64(epoch)
        writer.count(scopes.count)
        for scope in scopes {
            writer.identifier(scope.scope)
            writer.varint(scope.place.position)
            writer.hash(scope.place.hash)
            writer.raw(scope.digest.bytes)
        }
        writer.signed(time)
        return writer.bytes
    }

    public func isSigned(by key: [UInt8], _ primitives: any Primitives) -> Bool {
        primitives.verifies(signature, of: message, by: key)
    }
}
