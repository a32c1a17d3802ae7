internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

/// Who was erased, as acts that `audit export` wrote tell a restore: the backup may be older than that, and nothing else of what was known may be left.
///
/// The acts are of the tenant whose backup it is, and their chain is recomputed: another tenant's, an altered or a shortened beginning is refused. What was
/// cut off at their end nobody can see. They may only add: a person whom they do not name stays as the backup has it.
struct ToldErasures {
    private let acts: [AuditEntry]
    private let doing: String

    /// So many bytes of a file are read: some hundred thousand acts.
    private static let longest = 64 * 1024 * 1024

    init(reading path: String) throws {
        let doing = "reading the acts in \(path)"
        func refusal(_ wrong: String) -> OperationFailure {
            OperationFailure(.badInput, doing: doing, wrong: wrong, remedy: "give a file that seamark-server audit export wrote for this tenant; nothing was changed")
        }
        self.doing = doing
        let bytes = try PrivateFile.read(path, atMost: Self.longest)
        guard let document = try? JSONParser.parse(bytes, atMost: Self.longest), document["format"]?.text == "seamark-audit", document["version"]?.integer == 1,
            let elements = document["acts"]?.elements
        else { throw refusal("it holds no acts") }
        var acts: [AuditEntry] = []
        for element in elements {
            let number = Int64(acts.count + 1)
            guard element["number"]?.integer == number, let time = element["time"]?.integer, let act = element["act"]?.text, let detail = element["detail"]?.text,
                let hash = element["hash"]?.text.flatMap({ Hexadecimal.bytes(of: $0) }).flatMap({ Hash256(bytes: $0) }),
                let read = AuditEntry(number: number, time: time, act: act, detail: detail, hash: hash, after: acts.last?.hash ?? .zero, SystemPrimitives())
            else { throw refusal("the chain of acts does not hold from number \(number) on") }
            acts.append(read)
        }
        self.acts = acts
    }

    /// Whose erasure these acts have and the store's own do not: engagement and person, in the order of the acts.
    func beyond(_ store: TenantStore) throws -> [(scope: Identifier, person: Identifier)] {
        let own = try store.read { try $0.audit() }
        // The first act names the tenant and its time: no other chain begins with it.
        guard let first = acts.first, let ownFirst = own.first, first.hash == ownFirst.hash else {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "they are another tenant's acts", remedy: "give those of the tenant whose backup it is; nothing was changed")
        }
        var seen = Set(own.filter(ErasedPersons.isErasure).map(\.detail))
        var found: [(scope: Identifier, person: Identifier)] = []
        for act in acts where ErasedPersons.isErasure(act) && seen.insert(act.detail).inserted {
            let words = act.detail.split(separator: " ")
            guard words.count == 2, let scope = Identifier(String(words[0])), let person = Identifier(String(words[1])) else {
                throw OperationFailure(
                    .badInput, doing: doing, wrong: "act \(act.number) does not say who was erased", remedy: "a newer program wrote them: restore with that; nothing was changed")
            }
            found.append((scope, person))
        }
        return found
    }
}
