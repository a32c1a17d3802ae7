internal import ArgumentParser
internal import SeamarkModel
internal import SeamarkServer

struct VerifyVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Recompute every chain, signature, record and digest from the logs, and name the first that does not hold.")

    @OptionGroup var data: DataOption
    @Option(help: "One tenant's short name (default: all).")
    var tenant: String?
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        let office = try data.office()
        let names = try tenant.map { [try ShortName(checking: $0, for: "a tenant")] } ?? office.tenantNames()
        var rows: [JSONValue] = []
        var fault: OperationFailure?
        for name in names {
            let finding = try office.verify(name)
            if !json { print("\(name.text): \(finding.sentence)") }
            rows.append(
                .object([JSONMember("tenant", .string(name.text)), JSONMember("holds", .bool(finding.holds)), JSONMember("finding", .string(finding.sentence))]))
            if !finding.holds {
                fault = fault ?? OperationFailure(
                    .inputOutput, doing: "verifying \(name.text)", wrong: finding.sentence, remedy: "stop the server and restore the tenant from a backup")
            }
        }
        if json { Output.json(.array(rows)) }
        if let fault { throw fault }
    }
}
