import SeamarkJournal

/// One item of a file of evidence: four bytes length, most significant first, then a byte that says of what kind it is, and its content.
package struct EvidenceItem: Hashable, Sendable {
    /// In the order in which they stand in the file.
    package enum Kind: UInt8, Sendable { case head = 1, shared = 2, entry = 3, end = 4 }

    package let kind: Kind
    package let content: [UInt8]

    /// The file's first bytes: what it is, and of which version.
    package static let beginning: [UInt8] = Array("SMEV".utf8) + [1]
    /// Of kind and content: a block, its sensitive values inflated, a thousand verdicts, and room to spare.
    static let longest = 2 << 20 | 64 << 10

    package var bytes: [UInt8] {
        let length = content.count + 1
        precondition(length <= Self.longest, "an item holds one entry")
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + [kind.rawValue] + content
    }
}

/// Cuts a file of evidence into its items, in whatever pieces it comes. A length is judged before anything is held for it.
package struct EvidenceDecoder: Sendable {
    /// The bytes are no file of evidence of this version.
    package struct Malformed: Error, Hashable, Sendable {}

    private var buffered: [UInt8] = []
    private var start = 0
    private var hasBegun = false

    package init() {}

    package mutating func append(_ bytes: [UInt8]) {
        if start > 0 {
            buffered.removeFirst(start)
            start = 0
        }
        buffered.append(contentsOf: bytes)
    }

    /// Bytes that wait for the rest of their item.
    package var pendingCount: Int { buffered.count - start }

    /// Not yet is nil, never is thrown.
    package mutating func next() throws(Malformed) -> EvidenceItem? {
        if !hasBegun {
            guard pendingCount >= EvidenceItem.beginning.count else { return nil }
            guard buffered.starts(with: EvidenceItem.beginning) else { throw Malformed() }
            start = EvidenceItem.beginning.count
            hasBegun = true
        }
        guard pendingCount >= 4 else { return nil }
        var length = 0
        for index in start..<start + 4 { length = length << 8 | Int(buffered[index]) }
        guard (1...EvidenceItem.longest).contains(length) else { throw Malformed() }
        guard pendingCount - 4 >= length else { return nil }
        guard let kind = EvidenceItem.Kind(rawValue: buffered[start + 4]) else { throw Malformed() }
        let content = Array(buffered[(start + 5)..<(start + 4 + length)])
        start += 4 + length
        return EvidenceItem(kind: kind, content: content)
    }
}
