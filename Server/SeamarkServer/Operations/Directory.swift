internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore

/// Short names of a tenant's members and engagements: the handles of their records.
struct Directory {
    struct Engagement {
        let id: Identifier
        let handle: String
        let title: String
        let currency: String
    }

    private var members: [(handle: String, id: Identifier)] = []
    /// In the order in which they were made.
    private(set) var engagements: [Engagement] = []

    init(_ snapshot: TenantSnapshot) throws {
        for scope in try snapshot.scopes() {
            switch scope.kind {
            case .shared:
                var found: [(handle: String, id: Identifier)] = []
                try snapshot.records(in: scope.id, ofType: Catalogue.member.number) { id, state in
                    if let handle = RecordView(id: id, state: state).handle { found.append((handle, id)) }
                }
                members += found
            case .engagement:
                guard let state = try snapshot.record(scope.id, in: scope.id) else { continue }
                let view = RecordView(id: scope.id, state: state)
                engagements.append(
                    Engagement(
                        id: scope.id, handle: view.handle ?? scope.id.description, title: view.text("title") ?? "", currency: view.text("currency") ?? ""))
            case .published: break
            }
        }
    }

    /// By short name or id.
    func member(_ name: String) -> Identifier? { members.first { $0.handle == name || $0.id.description == name }?.id }

    func engagement(_ name: String) -> Identifier? { engagements.first { $0.handle == name || $0.id.description == name }?.id }

    /// The same, or why there is none, with what comes near.
    func member(called name: String) throws -> Identifier { try Self.find(name, "the member", member(name), among: members.map(\.handle), list: "member list") }

    func engagement(called name: String) throws -> Identifier { try Self.find(name, "the engagement", engagement(name), among: engagements.map(\.handle), list: "engagement list") }

    /// - Parameters:
    ///   - name: what was asked for.
    ///   - id: what was found.
    ///   - names: what there is.
    static func find(_ name: String, _ what: String, _ id: Identifier?, among names: [String], list: String) throws -> Identifier {
        if let id { return id }
        throw OperationFailure(
            .notFound, doing: "looking for \(what)", wrong: "there is none of the short name or id '\(OperationFailure.repeated(name))'",
            remedy: OperationFailure.remedy("see seamark-server \(list)", name, among: names))
    }

    func handle(of member: Identifier) -> String? { members.first { $0.id == member }?.handle }

    func handle(ofEngagement id: Identifier) -> String? { engagements.first { $0.id == id }?.handle }

    /// The scope of what is published of an engagement.
    static func published(of engagement: Identifier, in snapshot: TenantSnapshot) throws -> Identifier? {
        try snapshot.scopes().first { $0.kind == .published && $0.engagement == engagement }?.id
    }
}
