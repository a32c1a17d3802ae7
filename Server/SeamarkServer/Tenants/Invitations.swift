internal import SeamarkCrypto
internal import SeamarkJournal

/// How the server remembers an invitation's token: by its hash. A stolen database lets nobody in.
enum Invitations {
    static let tokenBytes = 16

    static func hash(_ token: [UInt8]) -> Hash256 {
        var writer = ByteWriter()
        writer.text("seamark-invitation-1")
        writer.raw(token)
        return Digest.sha256(writer.bytes)
    }
}
