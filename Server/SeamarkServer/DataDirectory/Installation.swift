internal import Foundation
internal import Glibc
public import SeamarkCrypto
public import SeamarkJournal
public import SeamarkTLS

/// One server as its devices know it: an authority that signs this server's certificate, at last its successor's, and nothing else, and a name that never changes.
///
/// Invitations pin the authority's key and carry the name, so the server may move to another host or address.
public struct Installation: Sendable {
    /// Random, fixed for ever, verified by devices in place of a host name.
    public let serverName: String
    /// HOST:PORT as invitations give it.
    public let address: String
    /// Signs the server's certificate. While one is being replaced, it is the successor.
    public let authority: CertificateAuthority
    /// While `authority` takes over from another one.
    let succession: Succession?
    /// Of authorities that were replaced, the oldest first.
    let formerPins: [Hash256]
    public let serverCertificate: SeamarkCrypto.Certificate
    let serverKey: CertificateKey
    /// Where the keys of its tenants lie.
    public let keyFolder: KeyFolder
    let directory: DataDirectory

    static let serverValiditySeconds: Int64 = 90 * 86_400
    static let authorityName = "Seamark installation"
    static let authorityValiditySeconds: Int64 = 20 * 365 * 86_400
    /// Devices whose clocks are behind must not find a new certificate not yet valid.
    static let clockAllowanceSeconds: Int64 = 86_400

    private struct Settings: Codable {
        var format: Int
        var serverName: String
        var address: String
        /// The key folder, where it is not beside the data directory.
        var keys: String?
    }

    /// The port of `address`.
    public var port: UInt16 { Self.port(of: address) ?? 0 }

    /// SHA-256 of the authority's subject public key info: what invitations carry.
    public var pin: Hash256 { authority.certificate.publicKey.pin }

    /// Makes the data directory: refuses one that holds an installation already.
    public static func create(in directory: DataDirectory, address: String, clock: WallClock = .system) throws -> Installation {
        // Refused before anything is made.
        let keyFolder = try Self.keyFolder(forNew: directory, address: address)
        try PrivateFile.makeFolder(directory.path, mayExist: true)
        try PrivateFile.makeFolder(directory.tenants, mayExist: true)
        try keyFolder.make()
        // Everything is prepared beside its place: an interrupted init leaves no half installation.
        let draft = DataDirectory(directory.path + "/.init")
        _ = try? FileManager.default.removeItem(atPath: draft.path)
        try PrivateFile.makeFolder(draft.path)
        try PrivateFile.makeFolder(draft.installation)
        let now = clock.seconds
        let authority = try CertificateAuthority.create(
            commonName: authorityName, notBefore: now - clockAllowanceSeconds, notAfter: now + authorityValiditySeconds)
        let name = try "s" + Hexadecimal.text(of: Randomness.bytes(12)) + ".seamark.internal"
        try PrivateFile.create(draft.authorityKey, Array(authority.key.pem.utf8))
        try PrivateFile.create(draft.authorityCertificate, Array(authority.certificate.pem.utf8))
        let settings = Settings(format: 1, serverName: name, address: address, keys: directory.keys.map(KeyFolder.absolute))
        try PrivateFile.create(draft.settings, Array(JSONEncoder().encode(settings)))
        try issueServerCertificate(authority, name: name, in: draft, now: now)
        guard rename(draft.installation, directory.installation) == 0 else {
            throw PrivateFile.failure(errno, doing: "making a data directory")
        }
        rmdir(draft.path)
        try PrivateFile.makeDurable(folder: directory.path)
        return try Installation(opening: directory)
    }

    /// For trials: refuses what `create` refuses, and makes nothing.
    ///
    /// - Returns: where the keys of its tenants would lie.
    public static func foresee(in directory: DataDirectory, address: String) throws -> String {
        let keyFolder = try Self.keyFolder(forNew: directory, address: address)
        let isThere = try PrivateFile.exists(directory.path)
        if isThere { try PrivateFile.requirePrivate(directory.path, isFolder: true) }
        let parent = directory.path.lastIndex(of: "/").map { $0 == directory.path.startIndex ? "/" : String(directory.path[..<$0]) } ?? "."
        guard access(isThere ? directory.path : parent, W_OK | X_OK) == 0 else { throw PrivateFile.failure(errno, doing: "making a data directory") }
        return keyFolder.path
    }

    private static func keyFolder(forNew directory: DataDirectory, address: String) throws -> KeyFolder {
        guard isAddress(address) else {
            throw OperationFailure(
                .badInput, doing: "making a data directory", wrong: "the address is not HOST:PORT with a port from 1 to 65535 (an address with colons in brackets)",
                remedy: "give --name as devices will reach the server, such as seamark.example.org:7440")
        }
        guard try !PrivateFile.exists(directory.installation) else {
            throw OperationFailure(
                .badInput, doing: "making a data directory", wrong: "\(directory.path) holds an installation already",
                remedy: "use it as it is, or name another with --data")
        }
        return try KeyFolder(of: directory, recorded: nil)
    }

    /// Opens an installation. Refuses keys that others may read, and files that do not belong together.
    public init(opening directory: DataDirectory) throws {
        let doing = "opening the data directory \(directory.path)"
        guard try PrivateFile.exists(directory.installation) else {
            throw OperationFailure(
                .configuration, doing: doing, wrong: "there is no installation in it",
                remedy: "run seamark-server init, or name the right one with --data")
        }
        for folder in [directory.path, directory.installation, directory.tenants] { try PrivateFile.requirePrivate(folder, isFolder: true) }
        let stored = try PrivateFile.read(directory.settings)
        guard let settings = try? JSONDecoder().decode(Settings.self, from: Data(stored)) else {
            throw OperationFailure(.configuration, doing: doing, wrong: "settings.json is damaged", remedy: "restore it from a backup")
        }
        guard settings.format == 1 else {
            throw OperationFailure(
                .configuration, doing: doing, wrong: "it was made by a newer version", remedy: "run that version, or a newer one")
        }
        self.directory = directory
        keyFolder = try KeyFolder(of: directory, recorded: settings.keys)
        serverName = settings.serverName
        address = settings.address
        do {
            (authority, succession) = try Self.authorities(in: directory)
            formerPins = try Self.formerPins(in: directory)
            let server = try PrivateFile.readText(directory.server)
            let split = server.range(of: "-----BEGIN CERTIFICATE")?.lowerBound ?? server.startIndex
            serverKey = try CertificateKey(pem: String(server[..<split]))
            serverCertificate = try SeamarkCrypto.Certificate(pem: String(server[split...]))
        } catch let error as CertificateError {
            throw OperationFailure(.configuration, doing: doing, wrong: "a key or certificate in it is damaged (\(error))", remedy: "restore it from a backup")
        }
    }

    /// The key folder of a data directory, also of one whose installation is not there yet or is damaged.
    public static func keyFolder(of directory: DataDirectory) throws(OperationFailure) -> KeyFolder {
        try KeyFolder(of: directory, recorded: settings(of: directory)?.keys)
    }

    /// Nil where there are none, or none that can be read.
    private static func settings(of directory: DataDirectory) throws(OperationFailure) -> Settings? {
        guard try PrivateFile.exists(directory.settings) else { return nil }
        return try? JSONDecoder().decode(Settings.self, from: Data(try PrivateFile.read(directory.settings)))
    }

    /// A restored installation takes the key folder that is named here, if one is, rather than the one where its backup was made. Refuses one that
    /// lies in the data directory here.
    static func record(keysOf directory: DataDirectory, in draft: DataDirectory) throws {
        guard var settings = try settings(of: draft) else { return }
        if let keys = try directory.keys ?? Self.settings(of: directory)?.keys {
            settings.keys = KeyFolder.absolute(keys)
            try PrivateFile.replace(draft.settings, Array(JSONEncoder().encode(settings)))
        }
        _ = try KeyFolder(of: directory, recorded: settings.keys)
    }

    /// Who the server is in a conversation: its certificate, and the authority for devices that know only the pin. While that is being replaced, also
    /// the former one with its word for the other: a device finds the certificate that it can follow, whichever of the two it knows.
    public func identity() throws(TLSError) -> TLSIdentity {
        var chain = [authority.certificate.der]
        if let succession { chain = [succession.word.der] + chain + [succession.former.der] }
        return try TLSIdentity(certificate: serverCertificate.der, chain: chain, privateKey: serverKey.der)
    }

    /// Whether less than a third of the server certificate's life is left, or it is not valid yet, or another authority than the one that signs now
    /// signed it. One is of the future that a server renewed while its clock was wrong: every laptop would refuse it until then.
    public func isRenewalDue(at milliseconds: Int64) -> Bool {
        serverCertificate.isRenewalDue(at: milliseconds) || milliseconds / 1000 < serverCertificate.notBefore
            || (try? serverCertificate.check(issuedBy: authority.certificate, for: .server, at: serverCertificate.notAfter - 1)) == nil
    }

    /// Replaces the server's key and certificate by new ones.
    public func renewed(at milliseconds: Int64) throws -> Installation {
        try Self.issueServerCertificate(authority, name: serverName, in: directory, now: milliseconds / 1000)
        return try Installation(opening: directory)
    }

    private static func issueServerCertificate(
        _ authority: CertificateAuthority, name: String, in directory: DataDirectory, now: Int64
    ) throws {
        let key = try CertificateKey.generate()
        let certificate = try authority.issueServer(
            for: CertificateSigningRequest(for: key), dnsName: name, notBefore: now - clockAllowanceSeconds,
            notAfter: now - clockAllowanceSeconds + serverValiditySeconds)
        // Key and certificate are one file: an interruption leaves the old pair.
        try PrivateFile.replace(directory.server, Array((key.pem + certificate.pem).utf8))
    }

    private static func port(of address: String) -> UInt16? {
        address.lastIndex(of: ":").flatMap { UInt16(address[address.index(after: $0)...]) }
    }

    /// HOST:PORT as invitations carry it and laptops read it: an address with colons stands in brackets, a port is written in one way.
    package static func isAddress(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":"), let port = port(of: text), port > 0, text[text.index(after: colon)...] == String(port) else { return false }
        var host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
        if isBracketed { host = host.dropFirst().dropLast() }
        let barred = [UInt8](" /@[]".utf8)
        return (1...253).contains(host.utf8.count) && host.utf8.contains(UInt8(ascii: ":")) == isBracketed
            && host.utf8.allSatisfy { (0x21...0x7e).contains($0) && !barred.contains($0) }
    }
}

extension PrivateFile {
    /// A file of ours as text; bytes that are no text become marks that no parser takes.
    static func readText(_ path: String) throws(OperationFailure) -> String { String(decoding: try read(path), as: UTF8.self) }
}
