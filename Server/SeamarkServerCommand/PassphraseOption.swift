internal import ArgumentParser
internal import Glibc
internal import SeamarkCrypto
internal import SeamarkServer

/// The backup passphrase: from a descriptor, from a file of its owner alone, or asked for on the terminal. Never an argument.
struct PassphraseOption: ParsableArguments {
    @Option(help: ArgumentHelp("Read the backup passphrase from this file descriptor: its first line.", valueName: "n"))
    var passphraseFd: Int32?
    @Option(help: ArgumentHelp("Read the backup passphrase from this file (mode 0600): its first line.", valueName: "file"))
    var passphraseFile: String?

    func validate() throws {
        guard passphraseFd == nil || passphraseFile == nil else { throw ValidationError("give --passphrase-fd or --passphrase-file, not both") }
    }

    /// One to seal with: asked for twice.
    func new() throws -> SecretBytes { try Passphrase.checked(try given() ?? Passphrase.askNew("A passphrase for the backup")) }

    /// The one that it was sealed with.
    func known() throws -> SecretBytes { try Passphrase.checked(try given() ?? Passphrase.ask("Passphrase of the backup: ")) }

    private func given() throws -> SecretBytes? {
        if let passphraseFd { return try Passphrase.checked(try Passphrase.read(from: passphraseFd)) }
        guard let passphraseFile else { return nil }
        let doing = "reading the passphrase file"
        let file = open(passphraseFile, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            let code = errno
            throw OperationFailure(
                code == EIO ? .inputOutput : .notFound, doing: doing, wrong: "it cannot be opened (error \(code))", remedy: "check --passphrase-file")
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_mode & 0o077 == 0 else {
            throw OperationFailure(
                .configuration, doing: doing, wrong: "others on this machine may read it", remedy: "choose a new passphrase if they could, and run chmod 600 on it")
        }
        return try Passphrase.checked(try Passphrase.read(from: file))
    }
}
