/// When a change was made, in an order that every device agrees on.
///
/// Stamps order by time, then device. A device never gives the same time twice (`DeviceClock`), so no two changes of
/// one store compare equal. What is shown first leans on that; what survives never does.
public struct Stamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970 by the device's own clock, which may be years off.
    public let time: Int64
    public let device: Identifier

    public init(time: Int64, device: Identifier) {
        self.time = time
        self.device = device
    }

    public static func < (left: Stamp, right: Stamp) -> Bool {
        left.time != right.time ? left.time < right.time : left.device < right.device
    }
}

/// Gives a device's changes their stamps.
///
/// A stamp is the greater of the last one plus one and the wall clock. Stamps of others never advance it, so that one
/// laptop with a wrong clock does not spoil the clocks of its colleagues.
public struct DeviceClock: Hashable, Sendable {
    public let device: Identifier
    public private(set) var last: Int64

    public init(device: Identifier, last: Int64 = .min) {
        self.device = device
        self.last = last
    }

    /// `now`: milliseconds since 1970.
    public mutating func stamp(now: Int64) -> Stamp {
        // At the end of time stamps stand still; the names of the changes still tell them apart.
        last = last == .min ? now : max(last == .max ? last : last + 1, now)
        return Stamp(time: last, device: device)
    }

    /// Takes note of a stamp that this device gave earlier, when its history is read back.
    public mutating func remember(_ stamp: Stamp) {
        if stamp.device == device { last = max(last, stamp.time) }
    }
}
