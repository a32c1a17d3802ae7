import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prove offline that nothing here was lost, altered or made up.",
        discussion: """
            For example:
              seamark verify
              seamark verify --evidence baseline.evidence
              seamark verify --report report.json

            Computes anew every chain, signature, receipt, log hash and digest, from what lies on the disk.

            With --evidence it verifies such a file instead: by the authority that this laptop enrolled with, and against what it has read itself and has \
            receipts for; or, on a machine without a store, by the fingerprint given with --authority. With --report it says whether a report was made from \
            this log, and from these records.
            """)

    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption
    @Option(help: ArgumentHelp("A file of seamark-server evidence export.", valueName: "file"), completion: .file())
    var evidence: String?
    @Option(help: ArgumentHelp("The JSON of a report, to be held against the log.", valueName: "file"), completion: .file())
    var report: String?
    @Option(help: ArgumentHelp("The fingerprint of the tenant authority that the evidence must be by.", valueName: "hex"))
    var authority: String?

    func validate() throws {
        guard authority == nil || evidence != nil else { throw ValidationError("--authority goes with --evidence.") }
    }

    func run() throws {
        if evidence != nil || report != nil { return try runOnFiles() }
        let place = try Workplace(work, to: .work)
        let verification = try DeviceVerification(place.device)
        let state = try place.device.state
        if format.json {
            Terminal.json(document(verification, state), .verification)
        } else {
            var table = Table(["scope", "blocks", "changes", "receipts", "entries", "records", "digest"], rightAligned: [1, 2, 3, 4, 5])
            for scope in verification.scopes {
                table.add([
                    name(scope.id, state), "\(scope.blocks)", "\(scope.changes)", "\(scope.receipts)", "\(scope.entries)", "\(scope.records)",
                    scope.digest.description,
                ])
            }
            table.show()
            for scope in verification.scopes where scope.earlierReceipts > 0 {
                Terminal.line("\(name(scope.id, state)): \(counted(scope.earlierReceipts, "receipt")) of an earlier epoch, whose key is gone, could not be checked.")
            }
            if verification.findings.isEmpty { Terminal.line(.init("Everything holds.", .green)) }
        }
        guard verification.findings.isEmpty else {
            throw Explained(.damaged, verification.findings.map { "\(name($0.scope, state)): \(Self.words($0.problem))." }.joined(separator: "\n")
                + "\nCopy the store's directory away and tell headquarters.")
        }
    }

    private func name(_ id: Identifier, _ state: DeviceState) -> String {
        if state.scopes[id]?.kind == .shared { return "shared" }
        return state.replicas[id]?.view(id)?.handle ?? RecordFinder.short(id)
    }

    private static func words(_ problem: DeviceVerification.Finding.Problem) -> String {
        switch problem {
        case .brokenChain(let number): "the block that begins with change \(number) does not follow the one before it"
        case .badSignature(let number): "the signature of the block that begins with change \(number) does not verify"
        case .unknownAuthor(let device): "a block of device \(RecordFinder.short(device)) is signed by nobody known"
        case .forgedReceipt(let position): "the receipt for entry \(position) was not signed by the server"
        case .otherLog(let position): "the receipt for entry \(position) names another log than the one that was read"
        case .missingBlock(let position): "entry \(position) of the log speaks of a block that is not there"
        case .wrongCursor: "the log hash is not the one that the cursor says"
        case .wrongDigest: "the digest is not the one that the records add up to"
        case .checkpointDiffers: "the server's signed checkpoint does not fit what was read"
        }
    }

    private func document(_ verification: DeviceVerification, _ state: DeviceState) -> JSONValue {
        let scopes = verification.scopes.map { scope in
            let counts: [(String, Int)] = [
                ("blocks", scope.blocks), ("changes", scope.changes), ("receipts", scope.receipts), ("earlierReceipts", scope.earlierReceipts),
                ("entries", scope.entries), ("releases", scope.releases), ("records", scope.records), ("heads", scope.heads),
            ]
            return JSONValue.object(
                [JSONMember("id", .string(scope.id.description)), JSONMember("name", .string(name(scope.id, state)))]
                    + counts.map { JSONMember($0.0, .integer(Int64($0.1))) }
                    + [JSONMember("position", .integer(Int64(clamping: scope.position))), JSONMember("digest", .string(scope.digest.description))])
        }
        let findings = verification.findings.map { finding in
            JSONValue.object([JSONMember("scope", .string(finding.scope.description)), JSONMember("problem", .string(Self.words(finding.problem)))])
        }
        return .object([
            JSONMember("holds", .bool(findings.isEmpty)), JSONMember("scopes", .array(scopes)), JSONMember("findings", .array(findings)),
        ])
    }
}
