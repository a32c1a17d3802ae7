/// A certificate with its private key: who we are in a conversation.
///
/// On P-256 only. The further certificates are sent along, in order, up to the authority: the server sends its authority so that a
/// device that knows only the pin can verify it.
public final class TLSIdentity: Sendable {
    let certificate: Certificate
    let chain: [Certificate]
    let key: PrivateKey

    /// Each certificate is DER, or PEM of one; the key is PKCS #8 or SEC 1, DER or PEM, without a passphrase.
    public init(certificate: [UInt8], chain: [[UInt8]] = [], privateKey: [UInt8]) throws(TLSError) {
        // Three while an installation authority is replaced: the word for the next one, that one's own and the former one's.
        guard chain.count <= 3 else { throw .chainTooLong }
        self.certificate = try Certificate(certificate)
        var further: [Certificate] = []
        for bytes in chain { further.append(try Certificate(bytes)) }
        self.chain = further
        key = try PrivateKey(privateKey)
        guard Certificate.isOnP256(self.certificate.handle) else { throw .unusableKey }
    }
}
