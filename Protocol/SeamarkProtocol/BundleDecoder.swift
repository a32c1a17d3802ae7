import SeamarkJournal

/// Cuts what a bundle holds into its statement and the messages that follow, in whatever pieces it comes.
public struct BundleDecoder: Sendable {
    private var head: [UInt8] = []
    private var frames = FrameDecoder()
    public private(set) var statement: BundleStatement?
    public private(set) var signature: [UInt8] = []

    public init() {}

    public mutating func append(_ bytes: [UInt8]) {
        let taken = min(bytes.count, BundleStatement.byteCount - head.count)
        head += bytes[..<taken]
        if head.count == BundleStatement.byteCount, statement == nil, let read = try? BundleStatement.read(head) {
            (statement, signature) = read
        }
        if taken < bytes.count { frames.append(Array(bytes[taken...])) }
    }

    /// The next whole message; nil while it is not there yet. Throws for what is no message of this protocol.
    public mutating func next() throws(Problem) -> Message? {
        let payload: [UInt8]?
        do throws(FrameError) { payload = try frames.next() } catch { throw Problem(.malformed, "a length that no frame has") }
        guard let payload else { return nil }
        return try Message(payload: payload)
    }

    /// All of it came: nothing is left over.
    public var isWhole: Bool { statement != nil && frames.pendingCount == 0 }
}
