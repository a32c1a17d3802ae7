import SeamarkJournal

/// Why bytes from the other side are not a frame.
public enum FrameError: Error, Hashable, Sendable {
    case empty
    /// The length that was announced.
    case tooLong(Int)
}

/// Cuts the byte stream into frames: four bytes length, most significant first, then the payload.
///
/// A length is judged before a byte of its payload is kept. *Not yet* is nil, *never* is thrown.
public struct FrameDecoder: Sendable {
    public static let longestPayload = 1 << 20

    private var buffered: [UInt8] = []
    private var start = 0

    public init() {}

    /// Takes bytes as they come, in any pieces.
    public mutating func append(_ bytes: [UInt8]) {
        if start > 0, start == buffered.count || start > 1 << 16 {
            buffered.removeFirst(start)
            start = 0
        }
        buffered.append(contentsOf: bytes)
    }

    /// The next whole frame's payload.
    public mutating func next() throws(FrameError) -> [UInt8]? {
        guard buffered.count - start >= 4 else { return nil }
        var length = 0
        for index in start..<start + 4 { length = length << 8 | Int(buffered[index]) }
        guard length > 0 else { throw .empty }
        guard length <= Self.longestPayload else { throw .tooLong(length) }
        guard buffered.count - start - 4 >= length else { return nil }
        let payload = Array(buffered[(start + 4)..<(start + 4 + length)])
        start += 4 + length
        return payload
    }

    /// Bytes that wait for the rest of their frame.
    public var pendingCount: Int { buffered.count - start }

    /// The payload as a frame. A longer payload than allowed is our bug.
    public static func frame(_ payload: [UInt8]) -> [UInt8] {
        precondition(!payload.isEmpty && payload.count <= longestPayload, "a frame holds 1 byte to 1 MiB")
        var writer = ByteWriter(capacity: payload.count + 4)
        for shift in [24, 16, 8, 0] { writer.byte(UInt8(truncatingIfNeeded: payload.count >> shift)) }
        writer.raw(payload)
        return writer.bytes
    }
}
