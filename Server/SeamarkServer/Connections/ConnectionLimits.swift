/// What a connection may take. Enforced before anything is held for it.
public struct ConnectionLimits: Hashable, Sendable {
    /// From accepting to the end of the handshake.
    public var handshakeMilliseconds: Int64 = 10_000
    /// From the server's greeting to the device's first frame.
    public var firstFrameMilliseconds: Int64 = 5_000
    /// Without a byte in either direction.
    public var idleMilliseconds: Int64 = 600_000
    /// From our close_notify to the end, for what is on its way.
    public var farewellMilliseconds: Int64 = 2_000
    /// While a frame is incomplete: at least so many bytes …
    public var leastFrameBytes = 30 * 1024
    /// … in so long.
    public var frameWindowMilliseconds: Int64 = 30_000
    /// Conversations whose handshake is not finished, in all.
    public var unfinishedHandshakes = 128
    /// Beyond them a device's oldest makes room.
    public var connectionsPerDevice = 4
    /// From one address of IPv4, or one network of eight bytes of IPv6.
    public var connectionsPerAddress = 64
    /// Whether what is done from loopback is held against it (`AddressPenalties`): not where a relay on this machine hands connections on.
    public var penalizesLoopback = false
    /// Bytes of pushed blocks that wait for their answers, beyond which nothing more is read.
    public var unansweredBytes = 4 * 1024 * 1024
    /// Blocks of one connection that are opened or wait for the tenant's writer. An opened block takes some fifty times its bytes; the
    /// next are opened while the writer waits for the disk, and the rest wait as they came.
    public var openedBlocks = 4
    /// Bytes that wait to be sent, beyond which nothing more is read.
    public var unsentBytes = 256 * 1024

    public init() {}
}
