internal import COpenSSL
public import SeamarkJournal

/// SHA-256 of bytes that come piece by piece, for what is never held whole. One thread at a time.
public final class RunningDigest {
    private let context: OpaquePointer

    public init() {
        context = Library.created(EVP_MD_CTX_new(), "a digest")
        Library.done(EVP_DigestInit_ex(context, EVP_sha256(), nil), "beginning a digest")
    }

    deinit { EVP_MD_CTX_free(context) }

    public func take(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            Library.done(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count), "digesting")
        }
    }

    /// The hash of all that was taken. Nothing can be taken afterwards.
    public func finish() -> Hash256 {
        var digest = [UInt8](repeating: 0, count: 32)
        Library.done(EVP_DigestFinal_ex(context, &digest, nil), "finishing a digest")
        guard let hash = Hash256(bytes: digest) else { preconditionFailure("SHA-256 gives thirty-two bytes") }
        return hash
    }
}

@available(*, unavailable)
extension RunningDigest: Sendable {}
