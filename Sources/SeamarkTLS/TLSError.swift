/// What went wrong with an identity, an authority or a conversation.
///
/// Says what was wrong and never whose it was: no name, no certificate and no byte of content is kept in it.
public enum TLSError: Error, Hashable, Sendable {
    // MARK: What we were given to work with

    /// The bytes are not one certificate.
    case unusableCertificate
    /// The bytes are not one unencrypted private key.
    case unusableKey
    /// The certificate is for another key.
    case keyMismatch
    /// A server name or a label that cannot be sent or verified exactly.
    case unusableName
    /// The certificate may not sign others (basic constraints CA:TRUE), or there are none or more than two.
    case unusableAuthority
    /// The pin is not 32 bytes.
    case unusablePin

    // MARK: The peer's certificate

    case noCertificate
    case unknownAuthority
    case expired
    case notYetValid
    case wrongName
    /// The extended key usage is missing or is for the other end.
    case wrongPurpose
    /// A key that is not on P-256.
    case wrongKey
    case chainTooLong
    /// Anything else; the code is OpenSSL's X509_V_ERR number.
    case badCertificate(code: Int32)

    // MARK: The conversation

    /// The peer refused and said so with this alert description (RFC 8446 section 6).
    case alert(UInt8)
    /// The transport ended without close_notify: what was read may have been cut short.
    case unexpectedEnd
    /// The label changed between two hellos of one handshake.
    case labelChanged
    /// More key updates, empty records or warnings than one conversation needs (32 a minute).
    case flood
    /// The handshake is longer than any honest one (64 KiB).
    case handshakeTooLong
    /// Something was asked for that only an established conversation has.
    case notEstablished
    /// We have said close_notify; nothing more can be written.
    case closed
    /// The peer does not speak TLS 1.3 as we do; the code is OpenSSL's SSL_R reason.
    case protocolViolation(code: Int32)
    /// The library failed at something that no peer decides, such as memory.
    case library(doing: String, code: Int32)
}

extension TLSError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unusableCertificate: "not a certificate in DER or PEM"
        case .unusableKey: "not an unencrypted private key in DER or PEM on P-256"
        case .keyMismatch: "the private key does not belong to the certificate"
        case .unusableName: "not a name of lower-case letters, digits, hyphens (and dots inside a server name)"
        case .unusableAuthority: "an authority must be one or two certificates that may sign others"
        case .unusablePin: "a pin must be the 32 bytes of a SHA-256"
        case .noCertificate: "the peer showed no certificate"
        case .unknownAuthority: "the peer's certificate is not from the trusted authority"
        case .expired: "the peer's certificate has expired"
        case .notYetValid: "the peer's certificate is not valid yet: check both clocks"
        case .wrongName: "the server's certificate is for another name"
        case .wrongPurpose: "the peer's certificate is not for this end of a connection"
        case .wrongKey: "the peer's certificate chain has a key that is not on P-256"
        case .chainTooLong: "the peer's certificate chain is too long"
        case .badCertificate(let code): "the peer's certificate was refused (X509 error \(code))"
        case .alert(let number): "the peer refused with \(Self.alertName(number))"
        case .unexpectedEnd: "the connection ended without a farewell"
        case .labelChanged: "the peer changed its label during the handshake"
        case .flood: "the peer sent too many messages without content"
        case .handshakeTooLong: "the handshake is too long"
        case .notEstablished: "the connection is not established yet"
        case .closed: "the connection has been closed from this end"
        case .protocolViolation(let code): "the peer does not speak TLS 1.3 (reason \(code))"
        case .library(let doing, let code): "OpenSSL failed to \(doing) (reason \(code))"
        }
    }

    private static func alertName(_ number: UInt8) -> String {
        switch number {
        case 10: "unexpected message (alert 10)"
        case 40: "handshake failure (alert 40)"
        case 42: "bad certificate (alert 42)"
        case 43: "unsupported certificate (alert 43)"
        case 44: "certificate revoked (alert 44)"
        case 45: "certificate expired (alert 45)"
        case 46: "certificate unknown (alert 46)"
        case 48: "unknown authority (alert 48)"
        case 49: "access denied (alert 49)"
        case 50: "decode error (alert 50)"
        case 51: "decrypt error (alert 51)"
        case 70: "unsupported protocol version (alert 70)"
        case 80: "internal error (alert 80)"
        case 112: "unrecognised name (alert 112)"
        case 116: "certificate required (alert 116)"
        default: "alert \(number)"
        }
    }
}
