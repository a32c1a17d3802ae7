package import SeamarkJournal

/// A signing key of the server that another one took the place of. It goes on verifying what it signed, and nothing that is shown of it anew counts.
package struct EarlierServerKey: Hashable, Sendable {
    /// The last epoch in which it signed.
    package let epoch: UInt64
    /// Thirty-two bytes.
    package let key: [UInt8]
    /// Where each log stood when it was replaced, but for those that were empty: it signed for no place after that.
    package let ends: [Identifier: LogPlace]

    /// Of logs that are not empty. Sixteen keys with as many are nine megabytes, which are read where a tenant is opened.
    static let mostScopes = 10_000
    /// Bytes of one: its epoch, its key, the number of its ends; and of each end the scope, the longest position and the hash.
    static let longest = 64 + mostScopes * (16 + 10 + 32)

    func write(to writer: inout ByteWriter) {
        writer.fixed64(epoch)
        writer.raw(key)
        writer.count(ends.count)
        for (scope, end) in ends.sorted(by: { $0.key < $1.key }) {
            writer.identifier(scope)
            writer.varint(end.position)
            writer.hash(end.hash)
        }
    }

    package init(epoch: UInt64, key: [UInt8], ends: [Identifier: LogPlace]) {
        self.epoch = epoch
        self.key = key
        self.ends = ends
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        epoch = try reader.fixed64()
        key = try reader.raw(32)
        var ends: [Identifier: LogPlace] = [:]
        for _ in 0..<(try reader.count(each: 49, atMost: Self.mostScopes)) {
            ends[try reader.identifier()] = LogPlace(position: try reader.varint(), hash: try reader.hash())
        }
        self.ends = ends
    }
}
