internal import SeamarkJournal
public import SeamarkModel
internal import SeamarkStore

extension TenantOffice {
    /// What setting fields of a record did.
    public struct FieldsSet: Sendable {
        public let type: RecordType
        /// The record's short name, or its id.
        public let name: String
        /// Labels of the fields that say something else now; empty where all stood so already.
        public let changed: [String]
    }

    /// Sets fields that headquarters alone may write: of an engagement the settings of the method and a lower state, of a quote
    /// whether the report may use it, of a recommendation its rank, of the tenant what it is.
    ///
    /// The change is signed by the server, like everything that headquarters writes. Nothing is changed where one of the fields is refused.
    ///
    /// - Parameters:
    ///   - record: its handle or id; nil for the engagement itself, or without an engagement for the tenant.
    ///   - fields: keys as in the catalogue, and what they are to say; `-` clears.
    public func set(_ fields: [(key: String, text: String)], of record: String?, in engagement: String?) throws -> FieldsSet {
        let now = clock.now()
        let doing = "setting fields"
        return try store.write { transaction in
            let headquarters = try Headquarters(transaction, keys: keys, now: now)
            let directory = try Directory(transaction)
            let scope = try engagement.map { try directory.engagement(called: $0) } ?? headquarters.shared
            let views = try EngagementLog(of: scope, transaction, directory).views
            let view = try Self.record(record ?? (engagement == nil ? try transaction.identity().id : scope).description, views, doing)
            guard let type = view.type else {
                throw OperationFailure(.badInput, doing: doing, wrong: "the record is of a type that a newer version brought", remedy: "update seamark-server")
            }
            let settable = type.fields.filter { Self.isHeadquarters($0, of: type) }
            guard !settable.isEmpty else {
                throw OperationFailure(
                    .badInput, doing: doing, wrong: "everything in a record of this type is written by members", remedy: "have one of them write it; 'roles' says who may")
            }
            if let other = fields.first(where: { typed in !settable.contains { $0.key == typed.key.split(separator: ".").first.map(String.init) } }) {
                throw OperationFailure(
                    .badInput, doing: doing, wrong: "headquarters does not set '\(other.key)' in a \(type.label)",
                    remedy: "it sets: \(settable.map(\.key).joined(separator: ", "))")
            }
            let edits = try Self.edits(fields, of: view, type, References(views), doing)
            try headquarters.write(type, view.id, in: scope) { editing in
                for edit in edits {
                    guard let field = edit.target.number.flatMap({ type.field($0) }), let value = edit.content.value else { continue }
                    editing.set(field, value)
                }
            }
            if !edits.isEmpty { try transaction.noteAct("record.set", detail: "\(view.id) \(edits.compactMap(\.target.number).map(String.init).joined(separator: ","))", at: now) }
            return FieldsSet(
                type: type, name: view.handle ?? view.id.description, changed: edits.compactMap { $0.target.number.flatMap { type.field($0)?.label } })
        }
    }

    /// Fields of the directory that acts of their own keep in step with the server's tables are not set here.
    private static func isHeadquarters(_ field: FieldDefinition, of type: RecordType) -> Bool {
        if type.home == .shared { return type === Catalogue.tenant && ["legalName", "sector", "currency", "region"].contains(field.key) }
        switch field.merge {
        // Which instrument an engagement asks has an act of its own.
        case .headquarters: return !(type === Catalogue.engagement && field.key == "instrument")
        case .lattice(let lattice): return lattice.loweredBy == .headquarters
        case .once, .author, .register, .contested, .group, .text, .set, .consent: return false
        }
    }

    private static func record(_ name: String, _ views: [RecordView], _ doing: String) throws -> RecordView {
        let folded = name.lowercased()
        let found = views.filter { $0.id.description == folded || $0.handle?.lowercased() == folded }
        guard let view = found.first, found.count == 1, !view.isDeleted else {
            throw OperationFailure(
                .notFound, doing: doing, wrong: found.count > 1 ? "several records have this handle" : "there is no such record",
                remedy: found.count > 1 ? "name it by its id" : "name it by its handle or id, and its engagement with --engagement")
        }
        return view
    }

    /// What is to be written, judged as it will be; values are written once more over the state, so no salt is spent here.
    private static func edits(
        _ fields: [(key: String, text: String)], of view: RecordView, _ type: RecordType, _ references: References, _ doing: String
    ) throws -> [Edit] {
        var draft = Draft(RecordEditing(record: view.id, type: type, state: view.state, salt: { .zero }), references: references)
        do throws(Draft.Problem) {
            for (key, text) in fields { try draft.set(key, text) }
            return try draft.finish()
        } catch {
            throw OperationFailure(.badInput, doing: doing, wrong: error.description, remedy: "correct it and try again")
        }
    }
}
