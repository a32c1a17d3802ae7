internal import Glibc
internal import SeamarkCrypto
internal import SeamarkJournal
public import SeamarkModel
internal import SeamarkStore

extension TenantOffice {
    /// One engagement priced, ranked and told, from one moment of its log. The engagement is named by short name or id.
    ///
    /// - Parameters:
    ///   - asOf: nil for the engagement as it stands; else the report is made from the log as it stood then, and is the same bytes each time.
    ///   - inputs: they are to be handed out too. Refused where somebody in them has taken their consent back since: each answer stands in them by itself.
    ///   - forViewers: as client viewers may read it (`EngagementReport.forViewers`), which needs a snapshot. Refused where a title names somebody.
    public func report(on engagement: String, asOf: AsOf? = nil, inputs: Bool = false, forViewers: Bool = false, software: String) throws -> EngagementReport {
        let now = clock.now()
        return try store.read { snapshot in
            let directory = try Directory(snapshot)
            let id = try directory.engagement(called: engagement)
            let log = EngagementLog(of: id, snapshot, directory)
            guard let asOf else {
                if forViewers { throw Self.notFrozen }
                return try present(log, now: now, software: software)
            }
            let (frozen, named) = try log.frozen(asOf, now: now)
            if inputs {
                let hidden = Withdrawals.concealed(among: try log.views)
                guard !frozen.views.contains(where: { hidden.contains($0.id) }) else {
                    throw OperationFailure(
                        .badInput, doing: "writing the inputs", wrong: "somebody in them has taken their consent back since, and each answer stands in them by itself",
                        remedy: "make the report without --inputs; its page names their SHA-256")
                }
            }
            let report = try EngagementReport(
                frozen: frozen, of: id, asOf: asOf, snapshot: named, software: software, primitives: SystemPrimitives(),
                earlier: log.earlier(in: frozen.views, upTo: frozen.place.position),
                instrument: log.instrument, memberName: { directory.handle(of: $0) })
            guard forViewers else { return report }
            guard let told = report.forViewers else { throw Self.notFrozen }
            try refuseNames(in: told, log, frozen)
            return told
        }
    }

    private static let notFrozen = OperationFailure(
        .badInput, doing: "making a report for viewers", wrong: "they read what was frozen", remedy: "name a snapshot with --as-of; 'snapshot list' shows them")

    /// Titles are typed by people, and may name one. Handles of people, and what somebody is called in records and in the directory, may not stand in it.
    private func refuseNames(in report: EngagementReport, _ log: EngagementLog, _ frozen: FrozenRecords) throws {
        let present = try log.views
        var members: [String] = []
        if let shared = try log.snapshot.scopes().first(where: { $0.kind == .shared }) {
            try log.snapshot.records(in: shared.id, ofType: Catalogue.member.number) { if let name = RecordView(id: $0, state: $1).text("name") { members.append(name) } }
        }
        let names = EngagementReport.namesOfPeople(in: present + frozen.views, members: members)
        let found = EngagementReport.people(in: report.markdown.replacing("\\", with: "") + report.json, of: names)
        guard found.handles.isEmpty, found.names == 0 else {
            let handles = found.handles.isEmpty ? "" : "the handle\(found.handles.count == 1 ? "" : "s") \(found.handles.prefix(5).joined(separator: ", "))"
            let others = found.names == 0 ? "" : "the name\(found.names == 1 ? " of a person" : "s of \(found.names) people")"
            let places = EngagementReport.places(of: names, in: frozen.views + present)
            let stands = places.isEmpty ? "" : ", in \(places.prefix(5).joined(separator: ", "))\(places.count > 5 ? " and \(places.count - 5) more" : "")"
            throw OperationFailure(
                .badInput, doing: "making a report for viewers",
                wrong: "what was captured names somebody: " + [handles, others].filter { !$0.isEmpty }.joined(separator: " and ") + stands,
                remedy: "have that corrected, and freeze anew under a name that names nobody")
        }
    }

    private func present(_ log: EngagementLog, now: Int64, software: String) throws -> EngagementReport {
        let (snapshot, directory, id) = (log.snapshot, log.directory, log.scope)
        let views = try log.views
        let standing = try TenantStanding(snapshot, keys, at: now)
        try requirePresentKey(doing: "making a report")
        let scopes = try snapshot.scopes()
        let names = (scopes.filter { $0.id == id } + scopes.filter { $0.kind == .shared }).map { scope in
            ReportProvenance.SignedCheckpoint.Name(
                scope: scope.id, name: scope.kind == .shared ? "shared" : directory.engagements.first { $0.id == id }?.handle ?? "")
        }
        return try EngagementReport(
            views: views, instrument: EngagementReading.instrument(namedIn: views).flatMap(log.instrument) ?? .core9, former: log.instrument, primitives: SystemPrimitives(),
            provenance: ReportProvenance(
                software: software, madeAt: now,
                checkpoint: ReportProvenance.SignedCheckpoint(
                    checkpoint: standing.checkpoint, names: names, serverKey: standing.serverKey, endorsement: standing.endorsement,
                    authority: keys.authority.certificate.fingerprint), quarantined: try Self.quarantined(id, in: snapshot)),
            earlier: try log.earlier(in: views, upTo: standing.checkpoint.scopes.first { $0.scope == id }?.place.position ?? 0), memberName: { directory.handle(of: $0) })
    }

    /// What waits in quarantine for one engagement, by reason.
    private static func quarantined(_ scope: Identifier, in snapshot: TenantSnapshot) throws -> [ReportProvenance.Quarantined] {
        var counts: [Refusal: Int] = [:]
        try snapshot.heldChanges { if $0.change.scope == scope { counts[$0.refusal, default: 0] += 1 } }
        return counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { refusal, changes in
            // What to do about it is for whoever looks after the server.
            let words = QuarantineReason.words(refusal)
            return ReportProvenance.Quarantined(changes: changes, reason: String(words.prefix { $0 != ";" }))
        }
    }

    /// Writes files for their owner alone into `folder`, which is made if it is not there. Returns their paths.
    public static func write(_ files: [(name: String, bytes: [UInt8])], to folder: String) throws -> [String] {
        if mkdir(folder, 0o700) != 0, errno != EEXIST {
            if errno == ENOENT {
                throw OperationFailure(.notFound, doing: "making the folder \(folder)", wrong: "the folder that it would lie in is not there", remedy: "make that one first, or name another with --out")
            }
            throw PrivateFile.failure(errno, doing: "making the folder \(folder)")
        }
        var paths: [String] = []
        for file in files {
            let path = folder + "/" + file.name
            try PrivateFile.replace(path, file.bytes)
            paths.append(path)
        }
        return paths
    }
}
