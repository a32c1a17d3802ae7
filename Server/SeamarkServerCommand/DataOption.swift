internal import ArgumentParser
internal import Glibc
internal import SeamarkServer

/// `--data` and `--keys`, which every verb takes.
struct DataOption: ParsableArguments {
    @Option(name: .customLong("data"), help: "The server's data directory (default: SEAMARK_DATA, or ./seamark-data).", completion: .directory)
    var data: String?

    @Option(help: ArgumentHelp("The folder of the tenants' keys, outside the data directory (default: SEAMARK_KEYS, or as init recorded it, or DATA.keys).", valueName: "folder"), completion: .directory)
    var keys: String?

    var directory: DataDirectory { Self.directory(data, keys: keys) }

    /// As `--data` and `--keys` say, else the environment.
    static func directory(_ data: String?, keys: String?) -> DataDirectory {
        func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } }
        return DataDirectory(data ?? environment("SEAMARK_DATA") ?? "seamark-data", keys: keys ?? environment("SEAMARK_KEYS"))
    }

    func office() throws -> Office { try Office(opening: directory) }

    func tenant(_ name: String) throws -> TenantOffice { try office().tenant(ShortName(checking: name, for: "a tenant")) }
}

/// `--tenant`, which verbs about one tenant take; the only one there is need not be named.
struct TenantOption: ParsableArguments {
    @OptionGroup var data: DataOption

    @Option(help: "The tenant's short name; may be left out while there is only one.", completion: NameCompletion.tenants)
    var tenant: String?

    /// - Parameter isTrial: no act of the office stays.
    func open(isTrial: Bool = false) throws -> TenantOffice {
        let office = try tenant.map { try data.tenant($0) } ?? onlyOne()
        if let folder = office.keysMovedTo {
            Output.say(
                "The keys of \(office.name.text) lay plain; they are wrapped under a tenant key in \(Output.shown(folder)) now. Keep that out of backups, and write down its recovery text: seamark-server tenant key \(office.name.text)\n",
                on: STDERR_FILENO)
        }
        return isTrial ? office.trial : office
    }

    private func onlyOne() throws -> TenantOffice {
        let office = try data.office()
        let tenants = try office.tenantNames()
        guard tenants.count == 1 else {
            throw OperationFailure(
                tenants.isEmpty ? .notFound : .badInput, doing: "choosing a tenant",
                wrong: tenants.isEmpty ? "there is none" : "there are several: \(tenants.prefix(10).map(\.text).joined(separator: ", "))\(tenants.count > 10 ? " and \(tenants.count - 10) more" : "")", remedy: tenants.isEmpty ? "add one with tenant add" : "name one with --tenant")
        }
        return try office.tenant(tenants[0])
    }
}
