public import SeamarkJournal
public import SeamarkModel
public import SeamarkStore

extension TenantOffice {
    /// The administrative acts, oldest first.
    public func audit() throws -> [AuditEntry] { try store.read { try $0.audit() } }

    /// What people call the members, engagements and devices that the store knows, by the ids that acts have for them.
    public func namesInActs() throws -> [Identifier: String] {
        try store.read { snapshot in
            let directory = try Directory(snapshot)
            var names: [Identifier: String] = [:]
            for scope in try snapshot.scopes() {
                switch scope.kind {
                case .shared: names[scope.id] = "shared"
                case .engagement: names[scope.id] = directory.handle(ofEngagement: scope.id)
                case .published: names[scope.id] = scope.engagement.flatMap { directory.handle(ofEngagement: $0) }.map { "\($0) (published)" }
                }
            }
            for member in try snapshot.members() { names[member.id] = directory.handle(of: member.id) }
            for device in try snapshot.devices() { names[device.id] = "device \(device.letters)" }
            return names
        }
    }

    /// An act's detail as people read it: with these names in the place of ids, and every other word as it stands.
    public static func words(_ detail: String, _ names: [Identifier: String]) -> String {
        detail.split(separator: " ", omittingEmptySubsequences: false).map { word in Identifier(String(word)).flatMap { names[$0] } ?? String(word) }.joined(separator: " ")
    }

    /// An act as JSON, with the hash that chains it to those before.
    public static func document(_ act: AuditEntry) -> JSONValue {
        .object([
            JSONMember("number", .integer(act.number)), JSONMember("time", .integer(act.time)), JSONMember("act", .string(act.act)),
            JSONMember("detail", .string(act.detail)), JSONMember("hash", .string(act.hash.description)),
        ])
    }

    /// Writes all acts into a new JSON file for its owner alone, to be kept elsewhere. Returns how many.
    public func exportAudit(to path: String) throws -> Int {
        let acts = try audit()
        var bytes: [UInt8] = []
        JSONWriter.writePretty(
            .object([
                JSONMember("format", "seamark-audit"), JSONMember("version", 1), JSONMember("tenant", .string(name.text)),
                JSONMember("made", .integer(clock.now())), JSONMember("acts", .array(acts.map(Self.document))),
            ]), to: &bytes)
        try PrivateFile.create(path, bytes)
        return acts.count
    }

    /// Recomputes the chain of acts.
    ///
    /// - Parameter hash: one noted earlier, in hexadecimal: an act of the chain must have it.
    public func verifyAudit(containing hash: String? = nil) throws -> Finding {
        let (acts, firstBroken) = try store.read { (try $0.audit(), try $0.firstBrokenAct()) }
        if let firstBroken { return Finding(holds: false, sentence: "the chain of acts does not hold from number \(firstBroken) on") }
        if let hash, !acts.contains(where: { $0.hash.description == hash.lowercased() }) {
            return Finding(holds: false, sentence: "the chain holds, but no act in it has the hash that was noted: acts were cut off, or it is another tenant's")
        }
        let last = acts.last.map { "; the last has the hash \($0.hash)" } ?? ""
        return Finding(holds: true, sentence: "the chain holds: \(acts.count) acts\(last)")
    }
}
