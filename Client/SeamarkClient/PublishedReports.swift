public import SeamarkJournal
public import SeamarkModel
public import SeamarkStore

/// What headquarters published of the engagements that a client viewer is staffed on, as far as this device has read it.
/// It looks at one moment's state; let go of it before the next transaction.
public struct PublishedReports {
    /// The first published first; those that were withdrawn too.
    public let all: [Publication]
    private let views: [Identifier: [RecordView]]

    /// Scopes that the member was removed from are not shown.
    public init(_ state: DeviceState) {
        var views: [Identifier: [RecordView]] = [:]
        var all: [Publication] = []
        for id in state.scopeIDs {
            guard let scope = state.scopes[id], scope.kind == .published, !scope.isWithdrawn, let replica = state.replicas[id] else { continue }
            let held = replica.views()
            for publication in Publication.all(in: held) {
                all.append(publication)
                views[publication.record] = held
            }
        }
        self.all = all.sorted { ($0.publishedAt, $0.record) < ($1.publishedAt, $1.record) }
        self.views = views
    }

    /// Those that headquarters has not taken back.
    public var standing: [Publication] { all.filter { $0.withdrawal == nil } }

    /// The bytes that headquarters published, held against their hash.
    public func bytes(of document: Publication.Document, in publication: Publication, _ primitives: any Primitives) throws(Publication.Fault) -> [UInt8] {
        try publication.bytes(of: document, in: views[publication.record] ?? [], primitives)
    }
}
