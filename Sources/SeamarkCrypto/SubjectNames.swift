internal import COpenSSL

/// The subject alternative names of a certificate, read from its GENERAL_NAMES and compared as bytes.
struct SubjectNames: Hashable, Sendable {
    private(set) var uris: [String] = []
    private(set) var dns: [String] = []
    /// How many names there are, of whatever kind.
    private(set) var count = 0

    /// Refuses names that hold a NUL or a byte outside printable ASCII, and certificates that have the extension twice.
    init(of certificate: OpaquePointer) throws(CertificateError) {
        var critical: Int32 = 0
        ERR_clear_error()
        let found = X509_get_ext_d2i(certificate, NID_subject_alt_name, &critical, nil)
        ERR_clear_error()
        guard let found else {
            // -1: there is none. Otherwise it is there twice or cannot be read.
            guard critical == -1 else { throw .malformedName }
            return
        }
        let names = OpaquePointer(found)
        defer { GENERAL_NAMES_free(names) }
        count = Int(OPENSSL_sk_num(names))
        for index in 0..<count {
            guard let element = OPENSSL_sk_value(names, Int32(index)) else { throw .malformedName }
            var kind: Int32 = 0
            let value = GENERAL_NAME_get0_value(element.assumingMemoryBound(to: GENERAL_NAME.self), &kind)
            switch kind {
            case GEN_URI: uris.append(try Self.text(value))
            case GEN_DNS: dns.append(try Self.text(value))
            default: break
            }
        }
    }

    private static func text(_ value: UnsafeMutableRawPointer?) throws(CertificateError) -> String {
        guard let string = value?.assumingMemoryBound(to: ASN1_STRING.self), let start = ASN1_STRING_get0_data(string) else {
            throw .malformedName
        }
        let bytes = UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(string)))
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .malformedName }
        return String(decoding: bytes, as: UTF8.self)
    }
}
