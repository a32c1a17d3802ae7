import COpenSSL

/// Makes certificates good and bad, valid from now: nothing here is a file that could expire.
final class TestAuthority {
    enum Key {
        case p256, p384, rsa

        func generate() -> OpaquePointer {
            let context: OpaquePointer
            switch self {
            case .p256, .p384:
                context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil)!
                precondition(EVP_PKEY_keygen_init(context) == 1)
                precondition(EVP_PKEY_CTX_set_group_name(context, self == .p256 ? "P-256" : "P-384") == 1)
            case .rsa:
                context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil)!
                precondition(EVP_PKEY_keygen_init(context) == 1)
                precondition(EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1)
            }
            defer { EVP_PKEY_CTX_free(context) }
            var key: OpaquePointer?
            precondition(EVP_PKEY_generate(context, &key) == 1)
            return key!
        }
    }

    /// A certificate and its key, as bytes.
    struct Issued {
        let certificate: [UInt8]
        let privateKey: [UInt8]
        let pin: [UInt8]
    }

    private let name: String
    private let key: OpaquePointer
    let issued: Issued
    var certificate: [UInt8] { issued.certificate }

    /// Signed by itself, or by `parent`.
    init(_ name: String = "an authority", key kind: Key = .p256, parent: TestAuthority? = nil, constraints: String = "critical,CA:TRUE") {
        self.name = name
        key = kind.generate()
        issued = Self.make(
            subject: name, issuer: parent?.name ?? name, key: key, signer: parent?.key ?? key, signerCertificate: parent?.certificate,
            extensions: [(NID_basic_constraints, constraints), (NID_key_usage, "critical,keyCertSign,cRLSign")], from: -3_600, to: 86_400)
    }

    deinit { EVP_PKEY_free(key) }

    /// A certificate from this authority. Seconds count from now.
    func issue(
        _ subject: String = "somebody", usage: String? = "clientAuth", alternativeName: String = "URI:seamark:device", key kind: Key = .p256,
        from: Int = -3_600, to: Int = 86_400, padding: Int = 0
    ) -> Issued {
        let key = kind.generate()
        defer { EVP_PKEY_free(key) }
        var extensions = [(NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"), (NID_subject_alt_name, alternativeName)]
        if let usage { extensions.append((NID_ext_key_usage, usage)) }
        if padding > 0 { extensions.append((NID_netscape_comment, String(repeating: "x", count: padding))) }
        return Self.make(
            subject: subject, issuer: name, key: key, signer: self.key, signerCertificate: certificate, extensions: extensions, from: from, to: to)
    }

    /// A server's certificate from this authority.
    func issueServer(_ name: String = "halyard.harbour.example", key: Key = .p256) -> Issued {
        issue("server", usage: "serverAuth", alternativeName: "DNS:\(name)", key: key)
    }

    /// A certificate that nobody but its own key has signed.
    static func selfSigned() -> Issued {
        let key = Key.p256.generate()
        defer { EVP_PKEY_free(key) }
        return make(
            subject: "nobody", issuer: "nobody", key: key, signer: key, signerCertificate: nil, extensions: [(NID_ext_key_usage, "clientAuth")],
            from: -60, to: 3_600)
    }

    private static func make(
        subject: String, issuer: String, key: OpaquePointer, signer: OpaquePointer, signerCertificate: [UInt8]?, extensions: [(Int32, String)],
        from: Int, to: Int
    ) -> Issued {
        let certificate = X509_new()!
        defer { X509_free(certificate) }
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), UInt64.random(in: 1..<UInt64(Int64.max)))
        X509_gmtime_adj(X509_getm_notBefore(certificate), from)
        X509_gmtime_adj(X509_getm_notAfter(certificate), to)
        X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, subject, -1, -1, 0)
        let issuerName = X509_NAME_new()!
        defer { X509_NAME_free(issuerName) }
        X509_NAME_add_entry_by_txt(issuerName, "CN", MBSTRING_UTF8, issuer, -1, -1, 0)
        X509_set_issuer_name(certificate, issuerName)
        X509_set_pubkey(certificate, key)
        var parsedSigner: OpaquePointer?
        if let signerCertificate {
            signerCertificate.withUnsafeBufferPointer {
                var next = $0.baseAddress
                parsedSigner = d2i_X509(nil, &next, $0.count)
            }
        }
        defer { X509_free(parsedSigner) }
        for (kind, value) in extensions + [(NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid")] {
            var context = X509V3_CTX()
            X509V3_set_ctx(&context, parsedSigner ?? certificate, certificate, nil, nil, 0)
            let made = X509V3_EXT_conf_nid(nil, &context, kind, value)!
            X509_add_ext(certificate, made, -1)
            X509_EXTENSION_free(made)
        }
        precondition(X509_sign(certificate, signer, EVP_sha256()) > 0)
        return Issued(
            certificate: bytes { i2d_X509(certificate, $0) }, privateKey: bytes { i2d_PrivateKey(key, $0) },
            pin: {
                let info = bytes { i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), $0) }
                var digest = [UInt8](repeating: 0, count: 32)
                EVP_Digest(info, info.count, &digest, nil, EVP_sha256(), nil)
                return digest
            }())
    }

    private static func bytes(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
        let count = Int(write(nil))
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            var next = buffer.baseAddress
            written = Int(write(&next))
        }
    }
}
