import SeamarkJournal

/// The server's own blocks of before its signing key was replaced: a key that it had goes on verifying what it sealed.
struct ServerBlocks {
    private let author: Identifier
    private let earlierKeys: [[UInt8]]

    init(of author: Identifier, _ earlierKeys: [[UInt8]]) {
        self.author = author
        self.earlierKeys = earlierKeys
    }

    func isSignedEarlier(_ block: Block, _ primitives: any Primitives) -> Bool {
        block.stream.device == author && earlierKeys.contains { block.isSigned(by: $0, primitives) }
    }
}
