public import SeamarkJournal

/// Makes a file of evidence, piece by piece (SPEC section 4, "Evidence"). Head, entries of the shared log, entries of the scope's, end.
public struct EvidenceWriter: Sendable {
    private var seal: EvidenceSeal

    public init(_ primitives: any Primitives) { seal = EvidenceSeal(primitives) }

    /// What the file begins with.
    public mutating func begin(_ head: EvidenceHead) -> [UInt8] { EvidenceItem.beginning + item(.head, head.bytes) }

    public mutating func shared(_ entry: EvidenceEntry) -> [UInt8] { item(.shared, entry.bytes) }

    public mutating func entry(_ entry: EvidenceEntry) -> [UInt8] { item(.entry, entry.bytes) }

    /// What the file ends with: the server's word that it wrote all of this.
    public mutating func end(by signer: any Signer) -> [UInt8] { item(.end, signer.sign(seal.message)) }

    private mutating func item(_ kind: EvidenceItem.Kind, _ content: [UInt8]) -> [UInt8] {
        let item = EvidenceItem(kind: kind, content: content)
        seal.take(item)
        return item.bytes
    }
}

/// What the last item of a file of evidence signs: a hash chained over all items before it.
struct EvidenceSeal: Sendable {
    private let primitives: any Primitives
    private var hash: Hash256

    init(_ primitives: any Primitives) {
        self.primitives = primitives
        let beginning = EvidenceItem.beginning
        hash = primitives.sha256(beginning.span)
    }

    mutating func take(_ item: EvidenceItem) {
        let chained = hash.bytes + item.bytes
        hash = primitives.sha256(chained.span)
    }

    var message: [UInt8] {
        var writer = ByteWriter()
        writer.text("seamark-evidence-1")
        writer.hash(hash)
        return writer.bytes
    }
}
