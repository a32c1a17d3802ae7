public import SeamarkJournal
public import SeamarkModel
import SeamarkStore

/// Engagement files in and out of a device: `EngagementFile` on what the device holds.
public enum EngagementExchange {
    public struct Imported: Sendable {
        public let records: Int
        public let newRecords: Int
        public let edits: Int
        public let changes: Int
        /// Of the whole file, whether it is written or stood like that already.
        public let unknownEditions: [UnknownEdition]
    }

    /// Answers under an edition of an instrument that is not known here. They are taken and kept, and no report scores them.
    public struct UnknownEdition: Hashable, Sendable {
        /// As interviews name it: `core-9@7`.
        public let edition: String
        public let answers: Int
        public let interviews: Int
    }

    /// Why a file was not taken. Nothing of it was.
    public enum Failure: Error, Sendable {
        case file(EngagementFileError)
        /// What the rules say to its rows, as the server would.
        case refused([(place: EngagementFile.Place?, complaint: Complaint)])
        case noEntropy
    }

    /// Takes a document in, whole or not at all, as changes of this member. What stands like that already is not written again.
    ///
    /// - Parameter isTrial: only looks at what would happen.
    public static func take(_ bytes: [UInt8], into scope: Identifier, of device: Device, isTrial: Bool = false) throws -> Imported {
        var rows: [EngagementFile.Row] = []
        var newRecords = 0
        var changed: Set<Identifier> = []
        var unknown: [UnknownEdition] = []
        func groups(_ state: DeviceState, _ replica: Replica) throws -> [[Edit]] {
            guard let finder = RecordFinder(state, scope: scope) else { throw Device.Refused.noSuchScope }
            let file: EngagementFile
            do {
                file = try EngagementFile(
                    reading: bytes, scope: scope, existing: finder.all.filter { !$0.isDeleted }, directory: References(finder.directory),
                    primitives: device.primitives)
            } catch { throw Failure.file(error) }
            rows = file.rows
            unknown = unknownEditions(in: rows, finder)
            let salts = try salts(for: file)
            // An engagement that is there keeps the handle that headquarters gave it: a file is about the engagement it is imported into.
            let keepsHandle = replica.record(scope) != nil
            let groups = file.edits(lookup: { replica.record($0) }, at: device.now(), salt: { salts.next() }).map { group in
                ComposedText.composed(group.filter { !(keepsHandle && $0.record == scope && $0.target == .field(CommonField.handle)) }, over: replica)
            }.filter { !$0.isEmpty }
            changed = Set(groups.joined().map(\.record))
            newRecords = changed.count { replica.record($0) == nil }
            return groups
        }
        func imported(_ groups: [[Edit]]) -> Imported {
            Imported(
                records: changed.count, newRecords: newRecords, edits: groups.reduce(0) { $0 + $1.count }, changes: groups.count { !$0.isEmpty },
                unknownEditions: unknown)
        }
        do {
            if isTrial {
                let state = try device.state
                guard let replica = state.replicas[scope] else { throw Device.Refused.noSuchScope }
                let made = try groups(state, replica)
                try device.judge(made, in: scope)
                return imported(made)
            }
            var made: [[Edit]] = []
            try device.captureAll(in: scope) { state, replica in
                made = try groups(state, replica)
                return made
            }
            return imported(made)
        } catch Device.Refused.complaints(let complaints) {
            throw Failure.refused(complaints.map { complaint in
                (rows.first { $0.id == complaint.record }?.place, complaint)
            })
        }
    }

    /// The document of an engagement as this device shows it.
    public static func give(_ scope: Identifier, of device: Device) throws -> JSONValue {
        guard let finder = RecordFinder(try device.state, scope: scope) else { throw Device.Refused.noSuchScope }
        return EngagementFile.document(finder.all.filter { !$0.isDeleted }, directory: References(finder.directory))
    }

    /// Records and history of an engagement as tables, as this device shows them.
    public static func export(_ scope: Identifier, of device: Device) throws -> EngagementExport {
        guard let finder = RecordFinder(try device.state, scope: scope) else { throw Device.Refused.noSuchScope }
        let directory = References(finder.directory)
        let steps = History(of: nil, in: finder.replica, except: Set(finder.concealed.map(\.id))).steps.map { step in
            let left = step.records.flatMap(\.edits)
            return ChangeTable.Step(step.change, edits: left, received: nil, standing: step.standing.key)
        }
        return EngagementExport(
            records: RecordTables(finder.all, of: scope, directory: directory, instrument: finder.instrument, former: finder.instrument),
            changes: ChangeTable.table(steps, records: finder.all + finder.concealed, directory: directory))
    }

    private static func unknownEditions(in rows: [EngagementFile.Row], _ finder: RecordFinder) -> [UnknownEdition] {
        // Who does not hold the directory cannot say what is published.
        guard !finder.directory.isEmpty else { return [] }
        let known = Instrument.available(in: finder.directory + finder.all)
        func value(_ key: String, of row: EngagementFile.Row) -> Value? { row.values.first { $0.field.key == key }?.value }
        var editions: [Identifier: String] = [:]
        for row in rows where row.type === Catalogue.interview { editions[row.id] = value("instrument", of: row)?.text }
        var found: [String: (answers: Int, interviews: Set<Identifier>)] = [:]
        for row in rows where row.type === Catalogue.answer {
            guard let interview = value("interview", of: row)?.id, let edition = finder.view(interview)?.text("instrument") ?? editions[interview], !known.contains(edition) else { continue }
            found[edition, default: (0, [])].answers += 1
            found[edition, default: (0, [])].interviews.insert(interview)
        }
        return found.map { UnknownEdition(edition: $0.key, answers: $0.value.answers, interviews: $0.value.interviews.count) }
            .sorted { HandleOrder.precedes($0.edition, $1.edition) }
    }

    private static func salts(for file: EngagementFile) throws -> SaltSupply {
        // The reference of an answer may stand in its response, and is sensitive when it is taken in.
        let count = file.rows.reduce(0) { $0 + $1.values.count { $0.field.isSensitive } + ($1.type === Catalogue.answer ? 1 : 0) }
        return try SaltSupply(count: count)
    }
}
