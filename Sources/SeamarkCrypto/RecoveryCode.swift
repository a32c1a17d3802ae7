/// A second way into a store whose passphrase was forgotten: 128 random bits, written down (`RecoveryText`, seven groups) and kept elsewhere.
public struct RecoveryCode: Sendable {
    /// Sixteen bytes.
    public let secret: SecretBytes

    private static let byteCount = 16

    public init() throws(NoEntropy) { secret = try Randomness.secret(Self.byteCount) }

    /// Nil for what is no code, or was mistyped.
    public init?(_ text: String) {
        guard let secret = RecoveryText.secret(text, byteCount: Self.byteCount) else { return nil }
        self.secret = secret
    }

    /// As it is written down.
    public var text: String { RecoveryText.text(of: secret) }
}
