internal import SeamarkJournal
public import SeamarkModel
internal import SeamarkStore

extension TenantOffice {
    /// What was frozen of an engagement, with the short names of those who did; the earliest place of its log first.
    public func snapshots(of engagement: String) throws -> [(snapshot: Snapshot, author: String)] {
        try withLog(of: engagement) { log in
            Snapshot.all(in: try log.views).map { ($0, $0.author.map { log.directory.handle(of: $0) ?? $0.description } ?? "") }
        }
    }

    /// The exact bridge from one snapshot of an engagement to another. Both must hold.
    public func compareSnapshots(_ first: String, _ second: String, of engagement: String) throws -> SnapshotComparison {
        try withLog(of: engagement) { try $0.comparison(first, second) }
    }

    func withLog<Value>(of engagement: String, _ body: (EngagementLog) throws -> Value) throws -> Value {
        try store.read { snapshot in
            let directory = try Directory(snapshot)
            return try body(EngagementLog(of: directory.engagement(called: engagement), snapshot, directory))
        }
    }
}
