internal import SeamarkCrypto
internal import SeamarkJournal
public import SeamarkModel
internal import SeamarkStore

// What client viewers read: frozen reports, which headquarters publishes and takes back.
extension TenantOffice {
    /// What publishing came to, or would.
    public struct Published: Sendable {
        /// Its handle: `PB-HQ001`.
        public let handle: String
        public let snapshot: Snapshot
        public let title: String
        /// Why it is a draft; empty when the board may see it.
        public let reasons: [String]
        /// Bytes of all documents.
        public let size: Int
        /// Members who are staffed as viewers of the engagement.
        public let viewers: Int
    }

    /// Publishes the frozen report of a snapshot to the viewers of its engagement: page, Markdown and JSON, byte for byte as
    /// `report(on:asOf:forViewers:)` makes them. The engagement is named by short name or id.
    ///
    /// - Parameters:
    ///   - snapshot: handle, id or name; nil for the last one of the log.
    ///   - title: what viewers see it called; nil for what the snapshot is called.
    ///   - asDraft: publish it although the gate before the board has not passed; refused without.
    public func publish(_ engagement: String, snapshot named: String?, title: String?, asDraft: Bool, software: String) throws -> Published {
        let doing = "publishing"
        let (id, snapshot) = try withLog(of: engagement) { log in
            if let named { return (log.scope, try log.snapshot(called: named)) }
            guard let last = Snapshot.all(in: try log.views).last else {
                throw OperationFailure(
                    .notFound, doing: doing, wrong: "nothing is frozen of this engagement, and only what is frozen is published",
                    remedy: "have a lead or an analyst freeze it: seamark snapshot freeze NAME")
            }
            return (log.scope, last)
        }
        let title = title ?? (snapshot.name.isEmpty ? snapshot.handle : snapshot.name)
        guard FieldKind.text(TextRule(longest: 120)).fault(in: .text(title)) == nil else {
            throw OperationFailure(.badInput, doing: doing, wrong: "the title is not one line of 1 to 120 characters", remedy: "say --title in a line")
        }
        // Made before the tenant's writer is asked for: it takes a while, and laptops push meanwhile.
        let report = try report(on: id.description, asOf: .snapshot(snapshot.record.description), forViewers: true, software: software)
        guard report.gate.isBoardReady || asDraft else {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "it is a DRAFT: \(report.gate.shortReasons.joined(separator: "; "))",
                remedy: "put that in order and freeze anew, or say --draft: every page says that it is one")
        }
        let documents: [(Publication.Document, [UInt8])] = [(.html, Array(report.html.utf8)), (.markdown, Array(report.markdown.utf8)), (.json, Array(report.json.utf8))]
        guard documents.allSatisfy({ $0.1.count <= Publication.longestDocument }) else {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "a document of it takes more than \(Publication.longestDocument) bytes", remedy: "hand the files of 'report --for-viewers' over in another way")
        }
        let now = clock.now()
        return try store.write { transaction in
            let headquarters = try Headquarters(transaction, keys: keys, now: now)
            let directory = try Directory(transaction)
            let scope = try Self.publishedScope(of: id, transaction, doing)
            let all = try Self.publications(transaction).map(\.publication)
            if let there = try Self.publications(transaction).first(where: { $0.scope == scope && $0.publication.withdrawal == nil && $0.publication.snapshot == snapshot.handle }) {
                throw OperationFailure(
                    .badInput, doing: doing, wrong: "\(snapshot.handle) is published already, as \(there.publication.handle)", remedy: "withdraw that first, or freeze anew and publish that")
            }
            let handle = Handles.next(prefix: "PB", letters: "HQ", existing: all.map(\.handle))
            let record = try Identifier.drawn(at: now)
            try headquarters.publish(documents, as: record, handle: handle, in: scope) { editing, contents in
                editing.publish(
                    title: title, engagement: directory.engagements.first { $0.id == id }?.handle ?? "", snapshot: snapshot.handle, day: snapshot.day,
                    isDraft: !report.gate.isBoardReady, contents)
            }
            try transaction.noteAct("publication.add", detail: "\(id) \(handle) \(snapshot.record)\(report.gate.isBoardReady ? "" : " draft")", at: now)
            return Published(
                handle: handle, snapshot: snapshot, title: title, reasons: report.gate.reasons, size: documents.reduce(0) { $0 + $1.1.count },
                viewers: try transaction.members(staffedOn: scope).count)
        }
    }

    /// What was published, of one engagement or of all, those that were withdrawn too; the first published first.
    public func publications(of engagement: String? = nil) throws -> [Publication] {
        try store.read { snapshot in
            let wanted = try engagement.map { try Self.publishedScope(of: Directory(snapshot).engagement(called: $0), snapshot, "listing publications") }
            return try Self.publications(snapshot).filter { wanted == nil || $0.scope == wanted }.map(\.publication)
        }
    }

    /// Takes a publication back: its title and texts are redacted, so that they go from this server and from viewers' devices at their next contact.
    /// What a viewer has written to a file of their own is out of reach.
    ///
    /// - Parameter reason: what viewers read in its place.
    public func withdraw(_ name: String, reason: String) throws -> Publication {
        let doing = "withdrawing a publication"
        try Self.checkReason(reason, doing: doing)
        let now = clock.now()
        return try store.write { transaction in
            let all = try Self.publications(transaction)
            guard let (publication, scope) = all.first(where: { $0.publication.isCalled(name) }) else {
                throw OperationFailure(
                    .notFound, doing: doing, wrong: "there is none of the handle or id '\(OperationFailure.repeated(name))'",
                    remedy: OperationFailure.remedy("see seamark-server publication list", name, among: all.map(\.publication.handle)))
            }
            guard publication.withdrawal == nil else {
                throw OperationFailure(.badInput, doing: doing, wrong: "\(publication.handle) was withdrawn already", remedy: "nothing is left to do")
            }
            var records: Set<Identifier> = [publication.record]
            try transaction.records(in: scope, ofType: Catalogue.publicationPart.number) { id, state in
                if RecordView(id: id, state: state).reference("publication") == publication.record { records.insert(id) }
            }
            try Headquarters(transaction, keys: keys, now: now).write(Catalogue.publication, publication.record, in: scope) { $0.set("withdrawal", .text(reason)) }
            let values = try transaction.sensitiveValues(in: scope) { edit, _ in records.contains(edit.record) }
            try HeadquartersRedaction(transaction: transaction, signer: keys.signingKey, now: now).redact(values, in: scope, reason: reason)
            try transaction.noteAct("publication.withdraw", detail: "\(scope) \(publication.handle)", at: now)
            return publication
        }
    }

    private static func publications(_ snapshot: TenantSnapshot) throws -> [(publication: Publication, scope: Identifier)] {
        var found: [(publication: Publication, scope: Identifier)] = []
        for scope in try snapshot.scopes() where scope.kind == .published {
            try snapshot.records(in: scope.id, ofType: Catalogue.publication.number) { id, state in
                if let publication = Publication(RecordView(id: id, state: state)) { found.append((publication, scope.id)) }
            }
        }
        return found.sorted { ($0.publication.publishedAt, $0.publication.record) < ($1.publication.publishedAt, $1.publication.record) }
    }

    private static func publishedScope(of engagement: Identifier, _ snapshot: TenantSnapshot, _ doing: String) throws -> Identifier {
        guard let scope = try Directory.published(of: engagement, in: snapshot) else {
            throw OperationFailure(.fault, doing: doing, wrong: "the engagement has no scope for what is published", remedy: "run seamark-server verify")
        }
        return scope
    }
}

extension Headquarters {
    /// Writes the parts of `documents`, then the publication itself: whoever has it has them all.
    fileprivate func publish(
        _ documents: [(Publication.Document, [UInt8])], as record: Identifier, handle: String, in scope: Identifier,
        _ fill: (inout RecordEditing, [Publication.Document: (hash: Hash256, size: Int, parts: Int)]) -> Void
    ) throws {
        var contents: [Publication.Document: (hash: Hash256, size: Int, parts: Int)] = [:]
        for (document, bytes) in documents {
            let parts = Publication.parts(of: bytes)
            contents[document] = (SystemPrimitives().sha256(bytes.span), bytes.count, parts.count)
            for (index, text) in parts.enumerated() {
                let number = Int64(index) + 1
                let id = DerivedIdentifiers.publicationPart(publication: record, document: document.rawValue, number: number, by: SystemPrimitives())
                try write(Catalogue.publicationPart, id, in: scope) { part in
                    part.set("publication", .id(record))
                    part.set("document", .int(document.rawValue))
                    part.set("number", .int(number))
                    part.set("text", .text(text))
                }
            }
        }
        try write(Catalogue.publication, record, in: scope, handle: handle) { fill(&$0, contents) }
    }
}
