/// A place in a scope's log as the key of its row: the scope's key, then 40 bits of position.
struct EntryKey: Hashable {
    let value: Int64

    init(value: Int64) { self.value = value }

    init(scope: Int64, position: UInt64) { value = scope << 40 | Int64(position) }

    /// The greatest position that a scope's log can reach.
    static let lastPosition: UInt64 = 1 << 40 - 1

    var scope: Int64 { value >> 40 }
    var position: UInt64 { UInt64(value & 0xff_ffff_ffff) }
}
