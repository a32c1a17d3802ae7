internal import Foundation
internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkProtocol

// A tenant's authority is replaced as the installation's is: `successor.wrapped` appears, and is renamed to `finishing.wrapped`. From a moment after
// the first the successor signs, and devices of both are let in; from the second on the former one is nobody, and what is left is to destroy
// its key. Cut off anywhere, the tenant opens as what the names say.
extension TenantKeys {
    /// While the authority is being replaced by another one.
    struct Succession: Sendable {
        let authority: CertificateAuthority
        /// The former authority's certificate for the key of its successor.
        let word: Certificate

        /// From when on it signs: milliseconds since 1970.
        var begins: Int64 { (authority.certificate.notBefore + Installation.clockAllowanceSeconds) * 1000 }
    }

    /// So long after `beginSuccession` the successor signs: a running server has looked by then, so that when a certificate was issued says by whom.
    static let leadSeconds: Int64 = 3

    /// Who issued what was issued at `milliseconds`, and signs for the device that has it.
    func authority(at milliseconds: Int64) -> CertificateAuthority {
        if let succession, milliseconds >= succession.begins { succession.authority } else { authority }
    }

    /// Whose device certificates open the tenant.
    var trusted: [Certificate] { [authority.certificate] + (succession.map { [$0.authority.certificate] } ?? []) }

    /// What leads a device to `issuer` that has a certificate, `old`, of another authority; nothing where it has one of that very one.
    func lead(from old: [UInt8], to issuer: CertificateAuthority) -> (authority: [UInt8], words: [[UInt8]]) {
        if let old = try? Certificate(der: old), (try? old.check(issuedBy: issuer.certificate, for: .client, at: old.notAfter - 1)) != nil {
            return ([], [])
        }
        var words = words
        if let succession, issuer === succession.authority, words.last != succession.word { words.append(succession.word) }
        return (issuer.certificate.der, words.suffix(Message.Renewed.mostWords).map(\.der))
    }

    /// The order of looking is that in which `finishSuccession` writes: whoever reads while it runs finds the successor under one of three names, or
    /// fails and looks again.
    static func authorities(
        in folder: TenantFolder, reading: (TenantKey.Role, _ file: String) throws -> [UInt8]
    ) throws -> (CertificateAuthority, Succession?) {
        func present() throws -> CertificateAuthority {
            try CertificateAuthority(
                keyPEM: String(decoding: try reading(.authority, folder.wrapped(.authority)), as: UTF8.self),
                certificatePEM: PrivateFile.readText(folder.authorityCertificate))
        }
        if try PrivateFile.exists(folder.wrapped(.successor)) {
            return (try present(), try succession(reading(.successor, folder.wrapped(.successor))))
        }
        if try PrivateFile.exists(folder.finishing) { return (try succession(reading(.successor, folder.finishing)).authority, nil) }
        return (try present(), nil)
    }

    static func words(in folder: TenantFolder) throws -> [Certificate] {
        guard try PrivateFile.exists(folder.words) else { return [] }
        return try PrivateFile.readText(folder.words).components(separatedBy: pemBegin).dropFirst().map { try Certificate(pem: pemBegin + $0) }
    }

    private static let pemBegin = "-----BEGIN CERTIFICATE"

    /// Key, certificate and the former authority's word, one PEM after the other.
    private static func succession(_ bytes: [UInt8]) throws -> Succession {
        let parts = String(decoding: bytes, as: UTF8.self).components(separatedBy: pemBegin)
        guard parts.count == 3 else { throw CertificateError.malformed }
        return Succession(
            authority: try CertificateAuthority(keyPEM: parts[0], certificatePEM: pemBegin + parts[1]), word: try Certificate(pem: pemBegin + parts[2]))
    }

    /// Throws `badInput` while the authority is being replaced.
    func requireNoSuccession(in folder: TenantFolder) throws {
        guard try succession == nil && !PrivateFile.exists(folder.finishing) else {
            throw OperationFailure(
                .badInput, doing: "replacing the tenant's authority", wrong: "it is being replaced already",
                remedy: "see seamark-server tenant authority status, then finish")
        }
    }

    /// Makes another authority, under this one's word. One file: it is there whole, or not at all.
    func beginSuccession(in folder: TenantFolder, at milliseconds: Int64) throws {
        try requireNoSuccession(in: folder)
        let now = milliseconds / 1000
        let next = try CertificateAuthority.create(
            commonName: Self.authorityName, notBefore: now + Self.leadSeconds - Installation.clockAllowanceSeconds,
            notAfter: now + Self.authorityValiditySeconds)
        let word = try authority.vouch(for: next.certificate, commonName: Self.authorityName)
        try PrivateFile.create(
            folder.wrapped(.successor), tenantKey.wrap(Array((next.key.pem + next.certificate.pem + word.pem).utf8), as: .successor))
    }

    /// Takes the former authority away and destroys its key. Goes on where an earlier call was cut off; nothing where there is nothing to finish.
    ///
    /// - Parameter step: called before each step that alters something.
    func finishSuccession(in folder: TenantFolder, step: () throws -> Void = {}) throws {
        if let succession {
            if words.last != succession.word {
                try step()
                try PrivateFile.replace(folder.words, Array((words + [succession.word]).map(\.pem).joined().utf8))
            }
            try step()
            guard rename(folder.wrapped(.successor), folder.finishing) == 0 else {
                throw PrivateFile.failure(errno, doing: "retiring the tenant's former authority")
            }
            try PrivateFile.makeDurable(folder: folder.keys)
        }
        guard try PrivateFile.exists(folder.finishing) else { return }
        let next = try Self.succession(tenantKey.unwrap(PrivateFile.read(folder.finishing), as: .successor)).authority
        try step()
        try PrivateFile.destroy(folder.wrapped(.authority))
        try step()
        try PrivateFile.create(folder.wrapped(.authority), tenantKey.wrap(Array(next.key.pem.utf8), as: .authority))
        try step()
        try PrivateFile.replace(folder.authorityCertificate, Array(next.certificate.pem.utf8))
        try step()
        try PrivateFile.destroy(folder.finishing)
    }
}
