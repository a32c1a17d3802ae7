internal import ArgumentParser
internal import Glibc
internal import SeamarkServer

/// `--data`, which every verb takes.
struct DataOption: ParsableArguments {
    @Option(name: .customLong("data"), help: "The server's data directory (default: SEAMARK_DATA, or ./seamark-data).")
    var data: String?

    var directory: DataDirectory {
        if let data { return DataDirectory(data) }
        if let data = getenv("SEAMARK_DATA").map({ String(cString: $0) }), !data.isEmpty { return DataDirectory(data) }
        return DataDirectory("seamark-data")
    }

    func office() throws -> Office { try Office(opening: directory) }

    func tenant(_ name: String) throws -> TenantOffice { try office().tenant(ShortName(checking: name, for: "a tenant")) }
}

/// `--tenant`, which verbs about one tenant take; the only one there is need not be named.
struct TenantOption: ParsableArguments {
    @OptionGroup var data: DataOption

    @Option(help: "The tenant's short name; may be left out while there is only one.")
    var tenant: String?

    func open() throws -> TenantOffice {
        if let tenant { return try data.tenant(tenant) }
        let office = try data.office()
        let tenants = try office.tenantNames()
        guard tenants.count == 1 else {
            throw OperationFailure(
                tenants.isEmpty ? .notFound : .badInput, doing: "choosing a tenant",
                wrong: tenants.isEmpty ? "there is none" : "there are several", remedy: tenants.isEmpty ? "add one with tenant add" : "name one with --tenant")
        }
        return try office.tenant(tenants[0])
    }
}
