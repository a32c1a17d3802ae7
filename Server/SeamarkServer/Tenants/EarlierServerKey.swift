package import SeamarkJournal

/// A signing key of the server that another one took the place of. It goes on verifying what it signed, and nothing that is shown of it anew counts.
package struct EarlierServerKey: Hashable, Sendable {
    /// The last epoch in which it signed.
    package let epoch: UInt64
    /// Thirty-two bytes.
    package let key: [UInt8]
    /// Where each log stood when it was replaced, but for those that were empty: it signed for no place after that. Of a forgotten key, none.
    package let ends: [Identifier: LogPlace]
    /// Its own word that it signs no more: sixty-four bytes. Empty where a program replaced it that had it say nothing.
    package private(set) var farewell: [UInt8]

    /// Every tenant has logs that are not empty.
    package var isForgotten: Bool { ends.isEmpty }
    var forgotten: Self { Self(epoch: epoch, key: key, ends: [:], farewell: farewell) }

    /// Of logs that are not empty. Sixteen keys with as many are nine megabytes, which are read where a tenant is opened.
    static let mostScopes = 10_000
    /// Bytes of one: its epoch, its key, its farewell, the number of its ends; and of each end the scope, the longest position and the hash.
    static let longest = 128 + mostScopes * (16 + 10 + 32)

    /// As files hold them: what each was, and after all of them the farewells. Files of before farewells end where these begin.
    static func write(_ keys: [Self], to writer: inout ByteWriter) {
        for key in keys {
            writer.fixed64(key.epoch)
            writer.raw(key.key)
            writer.count(key.ends.count)
            for (scope, end) in key.ends.sorted(by: { $0.key < $1.key }) {
                writer.identifier(scope)
                writer.varint(end.position)
                writer.hash(end.hash)
            }
        }
        for key in keys { writer.blob(key.farewell) }
    }

    static func read(_ count: Int, from reader: inout ByteReader) throws(DecodeError) -> [Self] {
        var keys: [Self] = []
        for _ in 0..<count { keys.append(try Self(from: &reader)) }
        guard reader.remaining > 0 else { return keys }
        for index in keys.indices { keys[index].farewell = try reader.blob(atMost: 64) }
        return keys
    }

    package init(epoch: UInt64, key: [UInt8], ends: [Identifier: LogPlace], farewell: [UInt8]) {
        self.epoch = epoch
        self.key = key
        self.ends = ends
        self.farewell = farewell
    }

    private init(from reader: inout ByteReader) throws(DecodeError) {
        epoch = try reader.fixed64()
        key = try reader.raw(32)
        farewell = []
        var ends: [Identifier: LogPlace] = [:]
        for _ in 0..<(try reader.count(each: 49, atMost: Self.mostScopes)) {
            ends[try reader.identifier()] = LogPlace(position: try reader.varint(), hash: try reader.hash())
        }
        self.ends = ends
    }
}
