internal import COpenSSL

/// Comparing what an attacker may guess at.
public enum ConstantTime {
    /// Equal bytes? Takes the same time wherever they differ; lengths are no secret.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return left.isEmpty || CRYPTO_memcmp(left, right, left.count) == 0
    }
}
