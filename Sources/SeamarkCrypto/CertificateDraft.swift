internal import COpenSSL

/// A certificate being written, extension by extension, from structures: OpenSSL's configuration language, in which a comma in
/// a name begins another name, is never used. Not Sendable: it lives inside one function.
final class CertificateDraft {
    private let handle: OpaquePointer

    /// With a random serial number of 128 bits. Both names are fixed words of ours, not anybody's.
    init(
        subject: String, issuer: OpaquePointer?, key: OpaquePointer, notBefore: Int64, notAfter: Int64
    ) throws(CertificateError) {
        // From 1970 to the end of 9999, the last moment that X.509 can write.
        guard notBefore >= 0, notBefore < notAfter, notAfter <= 253_402_300_799 else { throw .invalidValidity }
        var serial: [UInt8]
        do throws(NoEntropy) { serial = try Randomness.bytes(16) } catch { throw .noEntropy }
        serial[0] |= 0x80
        let handle = Library.created(X509_new(), "a certificate")
        self.handle = handle
        Library.done(X509_set_version(handle, 2), "setting a version")
        let number = Library.created(BN_bin2bn(serial, Int32(serial.count), nil), "a serial number")
        defer { BN_free(number) }
        guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(handle)) != nil else { preconditionFailure("a serial number fits") }
        let name = Library.created(X509_NAME_new(), "a name")
        defer { X509_NAME_free(name) }
        Library.done(
            X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, Array(subject.utf8), Int32(subject.utf8.count), -1, 0),
            "setting a name")
        Library.done(X509_set_subject_name(handle, name), "setting a subject")
        Library.done(X509_set_issuer_name(handle, issuer.map { X509_get_subject_name($0) } ?? name), "setting an issuer")
        guard ASN1_TIME_set(X509_getm_notBefore(handle), time_t(notBefore)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(handle), time_t(notAfter)) != nil
        else { preconditionFailure("a time of this range has an encoding") }
        Library.done(X509_set_pubkey(handle, key), "setting a public key")
        addKeyIdentifiers(issuer: issuer)
    }

    deinit { X509_free(handle) }

    func sign(with key: CertificateKey) -> Certificate {
        precondition(X509_sign(handle, key.handle.key, EVP_sha256()) > 0, "an authority signs its certificates")
        return Certificate.signed(handle)
    }

    /// An authority issues end certificates only; an end certificate issues nothing.
    func addBasicConstraints(authority: Bool) {
        guard let constraints = BASIC_CONSTRAINTS_new() else { preconditionFailure("no memory for an extension") }
        defer { BASIC_CONSTRAINTS_free(constraints) }
        if authority {
            constraints.pointee.ca = 0xff
            constraints.pointee.pathlen = ASN1_INTEGER_new()
            Library.done(ASN1_INTEGER_set(constraints.pointee.pathlen, 0), "setting a path length")
        }
        add(NID_basic_constraints, constraints, critical: true)
    }

    /// Bits as RFC 5280 numbers them: 0 digitalSignature, 5 keyCertSign, 6 cRLSign.
    func addKeyUsage(bits: [Int32]) {
        guard let usage = ASN1_BIT_STRING_new() else { preconditionFailure("no memory for an extension") }
        defer { ASN1_BIT_STRING_free(usage) }
        for bit in bits { Library.done(ASN1_BIT_STRING_set_bit(usage, bit, 1), "setting a key usage") }
        add(NID_key_usage, usage, critical: true)
    }

    func addPurpose(_ purpose: CertificatePurpose) {
        let usages = Library.created(OPENSSL_sk_new_null(), "a list")
        defer { OPENSSL_sk_free(usages) }
        // Objects of the library's own table are shared, not owned.
        precondition(OPENSSL_sk_push(usages, UnsafeRawPointer(OBJ_nid2obj(purpose.extendedUsageNumber))) == 1, "no memory for a list")
        // Not critical: the profile of the web that other verifiers hold certificates against wants it so, and ours look at it in any case.
        add(NID_ext_key_usage, UnsafeMutableRawPointer(usages), critical: false)
    }

    /// One subject alternative name: `kind` is GEN_URI or GEN_DNS, `text` printable ASCII.
    func addName(kind: Int32, _ text: String) {
        let names = Library.created(OPENSSL_sk_new_null(), "a list")
        defer { GENERAL_NAMES_free(names) }
        guard let name = GENERAL_NAME_new(), let value = ASN1_STRING_type_new(V_ASN1_IA5STRING) else {
            preconditionFailure("no memory for a name")
        }
        Library.done(ASN1_STRING_set(value, Array(text.utf8), Int32(text.utf8.count)), "setting a name")
        GENERAL_NAME_set0_value(name, kind, value)
        precondition(OPENSSL_sk_push(names, name) == 1, "no memory for a list")
        add(NID_subject_alt_name, UnsafeMutableRawPointer(names), critical: false)
    }

    /// Which key this is and which key signed it, so that a chain is found by key when two authorities bear one name.
    private func addKeyIdentifiers(issuer: OpaquePointer?) {
        guard let own = Self.keyIdentifier(of: handle), let signer = Self.keyIdentifier(of: issuer ?? handle),
            let authority = AUTHORITY_KEYID_new()
        else { preconditionFailure("no memory for an extension") }
        defer {
            ASN1_OCTET_STRING_free(own)
            AUTHORITY_KEYID_free(authority)
        }
        add(NID_subject_key_identifier, own, critical: false)
        authority.pointee.keyid = signer
        add(NID_authority_key_identifier, authority, critical: false)
    }

    /// The first twenty bytes of the SHA-256 of the public key's bits (RFC 7093, method 1).
    private static func keyIdentifier(of certificate: OpaquePointer) -> UnsafeMutablePointer<ASN1_OCTET_STRING>? {
        var digest = [UInt8](repeating: 0, count: 32)
        Library.done(X509_pubkey_digest(certificate, EVP_sha256(), &digest, nil), "naming a key")
        let identifier = ASN1_OCTET_STRING_new()
        Library.done(ASN1_OCTET_STRING_set(identifier, digest, 20), "naming a key")
        return identifier
    }

    private func add(_ number: Int32, _ value: UnsafeMutableRawPointer, critical: Bool) {
        Library.done(X509_add1_ext_i2d(handle, number, value, critical ? 1 : 0, UInt(X509V3_ADD_APPEND)), "adding an extension")
    }
}
