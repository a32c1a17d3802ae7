internal import Foundation
internal import SeamarkCrypto
internal import SeamarkJournal

// An installation's authority is replaced in two steps, each of which is one name in one folder: `successor.pem` appears, and is renamed to
// `finishing.pem`. From the first on the successor signs, and the server shows the former authority's word for it; from the second on the former
// one is nobody, and what is left is to destroy its key. Cut off anywhere, it opens as what the names say.
extension Installation {
    /// While the authority takes over from another one.
    struct Succession: Sendable {
        let former: SeamarkCrypto.Certificate
        /// The former authority's certificate for the key of its successor.
        let word: SeamarkCrypto.Certificate
    }

    /// Whom devices may know the server by: the authority that signs, and the one that it takes over from.
    var pins: [Hash256] { [pin] + (succession.map { [$0.former.publicKey.pin] } ?? []) }

    /// When the succession that is going on began, in milliseconds since 1970; nil while there is none.
    var successionBegan: Int64? { succession.map { _ in (authority.certificate.notBefore + Self.clockAllowanceSeconds) * 1000 } }

    /// The authority that signs, and from which it takes over. The order of looking is that in which `finishSuccession` writes: whoever reads while it
    /// runs finds the successor under one of three names, or fails and looks again.
    static func authorities(in directory: DataDirectory) throws -> (CertificateAuthority, Succession?) {
        if try PrivateFile.exists(directory.successor) {
            let (successor, word) = try successor(in: directory.successor)
            let former = try SeamarkCrypto.Certificate(pem: PrivateFile.readText(directory.authorityCertificate))
            return (successor, Succession(former: former, word: word))
        }
        if try PrivateFile.exists(directory.finishing) { return (try successor(in: directory.finishing).authority, nil) }
        let authority = try CertificateAuthority(
            keyPEM: PrivateFile.readText(directory.authorityKey), certificatePEM: PrivateFile.readText(directory.authorityCertificate))
        return (authority, nil)
    }

    static func formerPins(in directory: DataDirectory) throws -> [Hash256] {
        guard try PrivateFile.exists(directory.formerPins) else { return [] }
        return try PrivateFile.readText(directory.formerPins).split(separator: "\n").compactMap { Hexadecimal.bytes(of: String($0)).flatMap { Hash256(bytes: $0) } }
    }

    /// Key, certificate and the former authority's word, one PEM after the other.
    private static func successor(in path: String) throws -> (authority: CertificateAuthority, word: SeamarkCrypto.Certificate) {
        let begin = "-----BEGIN CERTIFICATE"
        let parts = try PrivateFile.readText(path).components(separatedBy: begin)
        guard parts.count == 3 else { throw CertificateError.malformed }
        return (
            try CertificateAuthority(keyPEM: parts[0], certificatePEM: begin + parts[1]), try SeamarkCrypto.Certificate(pem: begin + parts[2])
        )
    }

    /// Throws `badInput` while the authority is being replaced.
    func requireNoSuccession() throws {
        guard try succession == nil && !PrivateFile.exists(directory.finishing) else {
            throw OperationFailure(
                .badInput, doing: "replacing the installation's authority", wrong: "it is being replaced already",
                remedy: "see seamark-server authority status, then finish")
        }
    }

    /// Makes another authority, which signs the server's certificate from now on, under this one's word. A running server shows both within a second.
    func beginSuccession(at milliseconds: Int64) throws -> Installation {
        try requireNoSuccession()
        let now = milliseconds / 1000
        let next = try CertificateAuthority.create(
            commonName: Self.authorityName, notBefore: now - Self.clockAllowanceSeconds, notAfter: now + Self.authorityValiditySeconds)
        let word = try authority.vouch(for: next.certificate, commonName: Self.authorityName)
        // Refuses one that somebody else began meanwhile.
        try PrivateFile.create(directory.successor, Array((next.key.pem + next.certificate.pem + word.pem).utf8))
        return try Installation(opening: directory).renewed(at: milliseconds)
    }

    /// Takes the former authority away: whoever knows it alone knows this server no more. Goes on where an earlier call was cut off; nothing where
    /// there is nothing to finish.
    ///
    /// - Parameter step: called before each step that alters something.
    func finishSuccession(at milliseconds: Int64, step: () throws -> Void = {}) throws {
        if let succession {
            if isRenewalDue(at: milliseconds) {
                try step()
                _ = try renewed(at: milliseconds)
            }
            let former = succession.former.publicKey.pin
            if !formerPins.contains(former) {
                try step()
                try PrivateFile.replace(directory.formerPins, Array((formerPins + [former]).map { "\($0)\n" }.joined().utf8))
            }
            try step()
            guard rename(directory.successor, directory.finishing) == 0 else {
                throw PrivateFile.failure(errno, doing: "retiring the installation's former authority")
            }
            try PrivateFile.makeDurable(folder: directory.installation)
        }
        guard try PrivateFile.exists(directory.finishing) else { return }
        let (authority, _) = try Self.successor(in: directory.finishing)
        try step()
        try PrivateFile.destroy(directory.authorityKey)
        try step()
        try PrivateFile.create(directory.authorityKey, Array(authority.key.pem.utf8))
        try step()
        try PrivateFile.replace(directory.authorityCertificate, Array(authority.certificate.pem.utf8))
        try step()
        try PrivateFile.destroy(directory.finishing)
    }
}
