/// Why something could not be sealed or opened. Says nothing of what it holds.
public enum SealError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Shorter than any sealed message.
    case truncated
    /// Written by a version that this one does not know.
    case unknownVersion(UInt8)
    /// Altered, sealed under another key, or belonging elsewhere (other associated bytes).
    case notAuthentic
    /// This subkey has sealed 2^32 messages. Open the store anew: that begins a fresh subkey.
    case exhausted

    public var description: String {
        switch self {
        case .truncated: "opening a sealed message: it is cut short"
        case .unknownVersion(let version): "opening a sealed message: version \(version) is not known here; a newer program wrote it"
        case .notAuthentic: "opening a sealed message: it was altered, moved, or sealed under another key"
        case .exhausted: "sealing a message: this subkey is used up; close and open the store"
        }
    }
}
