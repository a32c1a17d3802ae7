internal import ArgumentParser
internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkServer

/// The recovery text of a tenant key: from a descriptor, from a file of its owner alone, or asked for on the terminal. Never an argument.
struct RecoveryOption: ParsableArguments {
    @Option(help: ArgumentHelp("Read the tenant key's recovery text from this file descriptor: its first line.", valueName: "n"))
    var recoveryFd: Int32?
    @Option(help: ArgumentHelp("Read the tenant key's recovery text from this file (mode 0600): its first line.", valueName: "file"), completion: .file())
    var recoveryFile: String?

    func validate() throws {
        guard recoveryFd == nil || recoveryFile == nil else { throw ValidationError("give --recovery-fd or --recovery-file, not both") }
    }

    /// What a backup takes beside its passphrase: from its recovery text where one is given, else from the key folder, else asked for. Nil for a backup
    /// that takes none.
    func key(for header: BackupHeader, in folder: KeyFolder) throws -> TenantKey? {
        guard header.needsTenantKey else { return nil }
        if let given = try given(for: header.tenant) { return given }
        return try folder.key(of: header.tenant) ?? asked(for: header.tenant, missingFrom: folder)
    }

    /// From its recovery text alone.
    func key(of tenant: Identifier, in folder: KeyFolder) throws -> TenantKey { try given(for: tenant) ?? asked(for: tenant, missingFrom: folder) }

    private func given(for tenant: Identifier) throws -> TenantKey? {
        try PassphraseOption.line(fd: recoveryFd, file: recoveryFile, of: "recovery").map { try Self.key($0, of: tenant) }
    }

    private func asked(for tenant: Identifier, missingFrom folder: KeyFolder) throws -> TenantKey {
        let line: SecretBytes
        do throws(Passphrase.Failure) {
            line = try Passphrase.checked(try Passphrase.ask("The key of tenant \(tenant) is not in \(folder.path). Its recovery text: "))
        } catch {
            guard error == .noTerminal else { throw error }
            throw folder.missing(tenant)
        }
        return try Self.key(line, of: tenant)
    }

    private static func key(_ line: SecretBytes, of tenant: Identifier) throws -> TenantKey {
        guard let key = TenantKey(String(decoding: line.copy(), as: UTF8.self), of: tenant) else {
            throw OperationFailure(
                .badInput, doing: "reading the recovery text", wrong: "it is not fourteen groups of four letters and digits, or was mistyped",
                remedy: "compare it with what was written down")
        }
        return key
    }
}
