internal import ArgumentParser
internal import Glibc
internal import SeamarkCrypto
internal import SeamarkServer

/// The backup passphrase: from a descriptor, from a file of its owner alone, or asked for on the terminal. Never an argument.
struct PassphraseOption: ParsableArguments {
    @Option(help: ArgumentHelp("Read the backup passphrase from this file descriptor: its first line.", valueName: "n"))
    var passphraseFd: Int32?
    @Option(help: ArgumentHelp("Read the backup passphrase from this file (mode 0600): its first line.", valueName: "file"), completion: .file())
    var passphraseFile: String?

    func validate() throws {
        guard passphraseFd == nil || passphraseFile == nil else { throw ValidationError("give --passphrase-fd or --passphrase-file, not both") }
    }

    /// One to seal with: asked for twice.
    func new() throws -> SecretBytes { try Passphrase.checkedNew(try given() ?? Passphrase.askNew("A passphrase for the backup")) }

    /// The one that it was sealed with.
    func known() throws -> SecretBytes { try Passphrase.checked(try given() ?? Passphrase.ask("Passphrase of the backup: ")) }

    private func given() throws -> SecretBytes? { try Self.line(fd: passphraseFd, file: passphraseFile, of: "passphrase") }

    /// The first line of a descriptor or of a file of its owner alone; nil where neither is named.
    static func line(fd: Int32?, file path: String?, of what: String) throws -> SecretBytes? {
        if let fd { return try Passphrase.checked(try Passphrase.read(from: fd)) }
        guard let path else { return nil }
        let doing = "reading the \(what) file"
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            let code = errno
            throw OperationFailure(
                code == EIO ? .inputOutput : .notFound, doing: doing, wrong: "it cannot be opened (error \(code))", remedy: "check --\(what)-file")
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_mode & 0o077 == 0 else {
            throw OperationFailure(
                .configuration, doing: doing, wrong: "others on this machine may read it", remedy: "take it for known to them if they could, and run chmod 600 on it")
        }
        return try Passphrase.checked(try Passphrase.read(from: file))
    }
}
