internal import SeamarkCrypto
internal import SeamarkJournal
public import SeamarkModel
internal import SeamarkStore

extension TenantOffice {
    /// Writes an engagement's records and history, from one moment of its log, into a new file for its owner alone. With `sensitive`, sensitive values
    /// too, which the audit log is told first. Returns how many records.
    ///
    /// - Parameter engagement: the short name or id.
    public func exportEngagement(
        _ engagement: String, as format: EngagementExport.Format, headers: TableHeaders, to path: String, sensitive: Bool
    ) throws -> Int {
        let now = clock.now()
        let id = try store.read { try Directory($0).engagement(called: engagement) }
        if sensitive { try store.write { _ = try $0.noteAct("engagement.export-sensitive", detail: id.description, at: now) } }
        let export = try store.read { snapshot in
            let directory = try Directory(snapshot)
            var views: [RecordView] = []
            try snapshot.records(in: id) { views.append(RecordView(id: $0, state: $1)) }
            // Of people who withdrew consent nothing goes out, as on laptops.
            let hidden = Withdrawals.concealed(among: views)
            views.removeAll { hidden.contains($0.id) }
            let members = References(identifier: { _, _ in nil }, handle: { directory.handle(of: $0) })
            let waiting = Set(try snapshot.quarantine().filter { $0.scope == id }.map(\.id))
            var steps: [ChangeTable.Step] = []
            var formsReceived: [Identifier: Int64] = [:]
            try snapshot.forEachChange(in: id) { change, received in
                if change.edits.contains(where: { $0.type == Catalogue.formAnswer.number }) { formsReceived[change.id] = received }
                let told = hidden.isEmpty ? change.edits : change.edits.filter { !hidden.contains($0.record) }
                steps.append(ChangeTable.Step(change, edits: told, received: received, standing: waiting.contains(change.id) ? "quarantined" : "acknowledged"))
            }
            let log = EngagementLog(of: id, snapshot, directory), instrument = EngagementReading.instrument(namedIn: views).flatMap(log.instrument) ?? .core9
            return EngagementExport(
                records: RecordTables(views, of: id, directory: members, sensitive: sensitive, instrument: instrument, former: log.instrument, received: formsReceived),
                changes: ChangeTable.table(steps, records: views, directory: members, sensitive: sensitive))
        }
        let bytes: [UInt8]
        do throws(WorkbookWriter.Failure) {
            bytes = try export.bytes(as: format, headers: headers, at: now, SystemPrimitives(), database: TableDatabase.bytes)
        } catch {
            throw OperationFailure(.badInput, doing: "exporting the engagement", wrong: "the file cannot hold it", remedy: error.words)
        }
        try PrivateFile.create(path, bytes)
        return export.count
    }
}
