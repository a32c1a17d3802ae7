internal import Glibc
internal import SeamarkCrypto
internal import SeamarkJournal
public import SeamarkModel
internal import SeamarkStore

extension TenantOffice {
    /// One engagement priced, ranked and told, from one moment of its log. The engagement is named by short name or id.
    public func report(on engagement: String, software: String) throws -> EngagementReport {
        let now = clock.now()
        return try store.read { snapshot in
            let directory = try Directory(snapshot)
            let id = try find(directory.engagement(engagement), "the engagement", list: "engagement list")
            var views: [RecordView] = []
            try snapshot.records(in: id) { views.append(RecordView(id: $0, state: $1)) }
            let standing = try TenantStanding(snapshot, keys, at: now)
            let scopes = try snapshot.scopes()
            let names = (scopes.filter { $0.id == id } + scopes.filter { $0.kind == .shared }).map { scope in
                ReportProvenance.SignedCheckpoint.Name(
                    scope: scope.id, name: scope.kind == .shared ? "shared" : directory.engagements.first { $0.id == id }?.handle ?? "")
            }
            return try EngagementReport(
                views: views, instrument: instrument(namedIn: views, snapshot), primitives: SystemPrimitives(),
                provenance: ReportProvenance(
                    software: software, madeAt: now,
                    checkpoint: ReportProvenance.SignedCheckpoint(
                        checkpoint: standing.checkpoint, names: names, serverKey: standing.serverKey, endorsement: standing.endorsement,
                        authority: keys.authority.certificate.fingerprint)),
                memberName: { directory.handle(of: $0) })
        }
    }

    /// The published edition that the engagement names; ours when it names none.
    private func instrument(namedIn views: [RecordView], _ snapshot: TenantSnapshot) throws -> Instrument {
        guard let named = EngagementReading.instrument(namedIn: views), named != Instrument.core9.reference else { return .core9 }
        guard let shared = try snapshot.scopes().first(where: { $0.kind == .shared }) else { return .core9 }
        var found: Instrument?
        try snapshot.records(in: shared.id, ofType: Catalogue.instrument.number) { id, state in
            guard let document = RecordView(id: id, state: state).text("document"), let instrument = try? Instrument(document: document),
                instrument.reference == named
            else { return }
            found = instrument
        }
        return found ?? .core9
    }

    /// Writes files for their owner alone into `folder`, which is made if it is not there. Returns their paths.
    public static func write(_ files: [(name: String, text: String)], to folder: String) throws -> [String] {
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw PrivateFile.failure(errno, doing: "making the folder \(folder)") }
        var paths: [String] = []
        for file in files {
            let path = folder + "/" + file.name
            try PrivateFile.replace(path, Array(file.text.utf8))
            paths.append(path)
        }
        return paths
    }
}
