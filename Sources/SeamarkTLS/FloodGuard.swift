/// Counts messages without content: key updates, empty records, warnings. At most 32 in any minute.
///
/// Each costs its sender 27 bytes and us a key derivation and an answer, and the library has no limit of its own.
struct FloodGuard: Sendable {
    static let most = 32
    static let windowMilliseconds: UInt64 = 60_000

    /// When the last ones came, at most 32, oldest first.
    private var times: [UInt64] = []

    /// Takes note of one at `now`. Returns whether that is one too many. A clock that steps back forgets nothing.
    mutating func exceeds(at now: UInt64) -> Bool {
        times.removeAll { $0 <= now && now - $0 >= Self.windowMilliseconds }
        guard times.count < Self.most else { return true }
        times.append(now)
        return false
    }
}
