internal import COpenSSL
internal import Glibc
public import SeamarkJournal

/// An X.509 certificate with a P-256 key, read once and held as values: no handle to share, two are equal when their DER is.
///
/// Reading it proves nothing; `check(issuedBy:for:at:)` does. Names come from the certificate's structures, never from text.
public struct Certificate: Hashable, Sendable {
    /// No certificate or request is longer.
    public static let mostBytes = 16 * 1024

    public let der: [UInt8]
    public let publicKey: CertificatePublicKey
    /// Big-endian, without leading zeroes; at most twenty bytes.
    public let serial: [UInt8]
    /// Seconds since 1970.
    public let notBefore: Int64
    /// Seconds since 1970.
    public let notAfter: Int64
    /// Whether it may issue others.
    public let isAuthority: Bool
    /// The one purpose it is for; nil when it names none, several or another.
    public let purpose: CertificatePurpose?
    private let names: SubjectNames

    /// The URIs among its subject alternative names, in their order.
    public func uriNames() -> [String] { names.uris }

    /// The DNS names among its subject alternative names, in their order.
    public func dnsNames() -> [String] { names.dns }

    /// The single subject alternative name, when there is exactly one and it is a URI: who a device is.
    public var onlyURI: String? { names.count == 1 ? names.uris.first : nil }

    /// The single subject alternative name, when there is exactly one and it is a DNS name: which server it is.
    public var onlyDNSName: String? { names.count == 1 ? names.dns.first : nil }

    /// Whether less than a third of its life is left: time to replace it. `milliseconds` since 1970.
    public func isRenewalDue(at milliseconds: Int64) -> Bool { milliseconds / 1000 > notAfter - (notAfter - notBefore) / 3 }

    /// SHA-256 of the DER.
    public var fingerprint: Hash256 { Digest.sha256(der) }

    public var pem: String { PEM.text("CERTIFICATE", der) }

    /// Reads the first block of `pem`.
    public init(pem: String) throws(CertificateError) {
        guard let der = PEM.der("CERTIFICATE", pem) else { throw .malformed }
        try self.init(der: der)
    }

    public init(der: [UInt8]) throws(CertificateError) {
        guard let handle = Self.handle(der) else { throw .malformed }
        defer { X509_free(handle) }
        self.der = der
        publicKey = try CertificatePublicKey.of(X509_get0_pubkey(handle))
        guard let notBefore = Self.seconds(X509_get0_notBefore(handle)), let notAfter = Self.seconds(X509_get0_notAfter(handle)) else {
            throw .malformed
        }
        self.notBefore = notBefore
        self.notAfter = notAfter
        let flags = X509_get_extension_flags(handle)
        guard flags & UInt32(EXFLAG_INVALID) == 0 else { throw .malformed }
        isAuthority = flags & UInt32(EXFLAG_CA) != 0
        let usage = flags & UInt32(EXFLAG_XKUSAGE) == 0 ? 0 : X509_get_extended_key_usage(handle)
        purpose = [CertificatePurpose.client, .server].first { $0.extendedUsage == usage }
        serial = try Self.serial(of: handle)
        names = try SubjectNames(of: handle)
    }

    /// Throws unless `authority` issued this certificate, for `purpose`, and both are valid at `time` (seconds since 1970).
    ///
    /// With `ignoringExpiry` a certificate that has run out is judged as of its last second: for the enrolment door, which renews it.
    public func check(
        issuedBy authority: Certificate, for purpose: CertificatePurpose, at time: Int64, ignoringExpiry: Bool = false
    ) throws(CertificateError) {
        // Purposes are required here: libcrypto takes a certificate that names none as good for all.
        guard self.purpose == purpose, !isAuthority, authority.isAuthority else { throw .untrusted }
        guard let handle = Self.handle(der), let issuer = Self.handle(authority.der) else { throw .malformed }
        let store = Library.created(X509_STORE_new(), "a trust store")
        let context = Library.created(X509_STORE_CTX_new(), "a chain check")
        defer {
            X509_STORE_CTX_free(context)
            X509_STORE_free(store)
            X509_free(issuer)
            X509_free(handle)
        }
        Library.done(X509_STORE_add_cert(store, issuer), "trusting an authority")
        Library.done(X509_STORE_CTX_init(context, store, handle, nil), "preparing a chain check")
        let parameters = X509_STORE_CTX_get0_param(context)
        Library.done(X509_VERIFY_PARAM_set_purpose(parameters, purpose.chainPurpose), "choosing a purpose")
        Library.done(X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_X509_STRICT)), "choosing strictness")
        X509_VERIFY_PARAM_set_depth(parameters, 0)
        X509_VERIFY_PARAM_set_auth_level(parameters, 2)
        // libcrypto takes `notAfter` itself as too late, and calls a year that it cannot write an error of another kind.
        let moment = ignoringExpiry ? min(time, notAfter - 1) : time
        X509_VERIFY_PARAM_set_time(parameters, time_t(min(max(moment, 0), 253_402_300_799)))
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard X509_verify_cert(context) != 1 else { return }
        switch X509_STORE_CTX_get_error(context) {
        case X509_V_ERR_CERT_HAS_EXPIRED: throw .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: throw .notYetValid
        default: throw .untrusted
        }
    }

    /// Whether this is `authority`'s word that the key in it takes over: an authority's certificate, signed by that one, under the name that both
    /// bear. Says nothing of time: who holds on to a word for long has no other to go by.
    public func isWord(of authority: Certificate) -> Bool {
        guard isAuthority, authority.isAuthority, let handle = Self.handle(der), let issuer = Self.handle(authority.der) else { return false }
        defer {
            X509_free(issuer)
            X509_free(handle)
        }
        ERR_clear_error()
        defer { ERR_clear_error() }
        let name = X509_get_subject_name(issuer)
        return X509_NAME_cmp(X509_get_issuer_name(handle), name) == 0 && X509_NAME_cmp(X509_get_subject_name(handle), name) == 0
            && X509_verify(handle, X509_get0_pubkey(issuer)) == 1
    }

    /// The caller frees it.
    static func handle(_ der: [UInt8]) -> OpaquePointer? {
        guard der.count <= mostBytes else { return nil }
        return Library.parsed(der, free: X509_free) { d2i_X509(nil, $0, $1) }
    }

    /// Of a handle that was just signed.
    static func signed(_ handle: OpaquePointer) -> Certificate {
        guard let der = Library.der({ i2d_X509(handle, $0) }), let certificate = try? Certificate(der: der) else {
            preconditionFailure("an issued certificate can be read")
        }
        return certificate
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        var parts = tm()
        guard time != nil, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return Int64(timegm(&parts))
    }

    private static func serial(of handle: OpaquePointer) throws(CertificateError) -> [UInt8] {
        guard let number = X509_get0_serialNumber(handle), let bytes = ASN1_STRING_get0_data(number) else { throw .malformed }
        // Negative numbers have a type of their own.
        guard number.pointee.type == V_ASN1_INTEGER, (0...20).contains(number.pointee.length) else { throw .malformed }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(number.pointee.length)))
    }
}
