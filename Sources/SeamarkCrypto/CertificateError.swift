/// Why a certificate, its key, or a request for one is refused.
public enum CertificateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Not one whole PEM block or DER structure of the kind that was expected, or longer than 16 KiB.
    case malformed
    /// Not an uncompressed P-256 key on the named curve.
    case unsupportedKey
    /// A name holds a NUL or a byte outside ASCII, or the names cannot be read.
    case malformedName
    /// The request is not signed by the key that it presents.
    case noProofOfPossession
    /// The request asks for an extension or carries an attribute; what a certificate says is for the authority to decide.
    case asksForMore
    /// A name to be certified is empty, too long or holds characters that names do not have.
    case invalidName
    /// The validity is empty, outside the years 1970 to 9999, or longer than this kind of certificate may live.
    case invalidValidity
    /// The key and the certificate of an authority do not belong together, or the certificate is not an authority's.
    case notAnAuthority
    /// Not issued by this authority, altered, or not fit for the purpose.
    case untrusted
    case notYetValid
    case expired
    case noEntropy

    public var description: String {
        switch self {
        case .malformed: "reading a certificate, key or request: it is damaged or of another kind"
        case .unsupportedKey: "reading a certificate, key or request: only P-256 keys are used here"
        case .malformedName: "reading a certificate: its names are malformed"
        case .noProofOfPossession: "checking a request: it is not signed by its own key"
        case .asksForMore: "checking a request: it asks for extensions; make it again without"
        case .invalidName: "issuing a certificate: the name is not one that can be certified"
        case .invalidValidity: "issuing a certificate: the validity is not allowed"
        case .notAnAuthority: "loading an authority: key and certificate do not make one"
        case .untrusted: "checking a certificate: not issued by this authority, or not for this purpose"
        case .notYetValid: "checking a certificate: it is not valid yet; compare the clocks"
        case .expired: "checking a certificate: it has expired; renew it"
        case .noEntropy: NoEntropy().description
        }
    }
}
