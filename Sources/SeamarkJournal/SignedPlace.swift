/// The server's signed word that a scope's log stood at a place in an epoch.
///
/// The place's hash names every entry before it, verdicts and times included: with the entries themselves it proves them, also
/// to a server that was put back to an older copy and knows nothing of them any more.
public struct SignedPlace: Hashable, Sendable {
    public let epoch: UInt64
    public let scope: Identifier
    public let place: LogPlace
    public let signature: [UInt8]

    public init(epoch: UInt64, scope: Identifier, place: LogPlace, signature: [UInt8]) {
        self.epoch = epoch
        self.scope = scope
        self.place = place
        self.signature = signature
    }

    public init(epoch: UInt64, scope: Identifier, place: LogPlace, signer: any Signer) {
        let unsigned = SignedPlace(epoch: epoch, scope: scope, place: place, signature: [])
        self.init(epoch: epoch, scope: scope, place: place, signature: signer.sign(unsigned.message))
    }

    /// What is signed (`Protocol/SPEC.md`, "Signed place").
    public var message: [UInt8] {
        var writer = ByteWriter(capacity: 96)
        writer.text("seamark-place-1")
        writer.fixed64(epoch)
        writer.identifier(scope)
        writer.varint(place.position)
        writer.hash(place.hash)
        return writer.bytes
    }

    public func isSigned(by key: [UInt8], _ primitives: any Primitives) -> Bool {
        primitives.verifies(signature, of: message, by: key)
    }
}
