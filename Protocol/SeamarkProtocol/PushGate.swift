public import SeamarkJournal

/// Looks at a pushed block before any store does: everything that bytes, certificate and key can tell.
public enum PushGate {
    /// The block, opened, if it is whole, of this device's own stream and scope, and signed by the device's key.
    ///
    /// - Throws: the code to refuse it with: 4003, 4004, 4005 or 4006.
    public static func open(
        _ push: Message.Push, from device: Identifier, signingKey: [UInt8], _ primitives: any Primitives
    ) throws(PushRefused) -> Block {
        let block = try open(push, from: device, primitives)
        guard block.isSigned(by: signingKey, primitives) else { throw PushRefused(code: .badSignature, block: block.hash) }
        return block
    }

    /// The same without the signature, for whoever hands the block to a store that knows the device's key and checks it there.
    public static func open(_ push: Message.Push, from device: Identifier, _ primitives: any Primitives) throws(PushRefused) -> Block {
        let block: Block
        do {
            let parts = try SensitivePart.decode(push.sensitive, primitives)
            // Whoever pulls gets both in one frame, whatever values were redacted since: each is then a leaf of 33 bytes.
            guard push.block.count + push.sensitive.count + 34 * parts.count <= Block.longest else {
                throw DecodeError(.outOfBounds, reading: "length of a block with its sensitive values")
            }
            block = try Block.open(push.block, sensitive: parts, primitives)
        } catch {
            throw PushRefused(code: .damagedBlock, block: hash(of: push.block, primitives))
        }
        guard block.stream.device == device else { throw PushRefused(code: .foreignStream, block: block.hash) }
        guard block.stream.scope == push.scope else { throw PushRefused(code: .unknownScope, block: block.hash) }
        return block
    }

    public struct PushRefused: Error, Hashable, Sendable {
        public let code: Problem.Code
        public let block: Hash256
    }

    /// What the sender calls the block, if it is long enough to have a name.
    private static func hash(of bytes: [UInt8], _ primitives: any Primitives) -> Hash256 {
        bytes.count > 64 ? primitives.sha256(bytes.span.extracting(0..<(bytes.count - 64))) : .zero
    }
}
