import Glibc
import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel
package import SeamarkProtocol
public import SeamarkStore

/// A row of evidence with bytes, and where these are.
public struct AttachmentStanding: Sendable {
    public let scope: Identifier
    public let record: RecordView
    public let attachment: Attachment
    /// The whole of it is on this device.
    public let isHere: Bool
    /// The server's word that it holds it, in the epoch that this device knows.
    public let receipt: AttachmentReceipt?
    /// This device holds it, and the server is not known to.
    public var isWaiting: Bool { isHere && receipt == nil }
}

extension Device {
    public enum AttachmentFailure: Error, Hashable, Sendable {
        /// The record holds no evidence; the types that do.
        case holdsNoEvidence(type: String, holders: [String])
        /// A row of evidence that has its bytes already.
        case hasBytes(String)
        /// A row of evidence without bytes.
        case noBytes(String)
        /// The bytes are not on this device.
        case notHere(String)
        case damaged(String)
        case target(AttachmentTarget)
        /// A store in memory keeps no attachments.
        case noShelf
    }

    /// Why the file that an attachment is written to could not be.
    public enum AttachmentTarget: Hashable, Sendable {
        case exists(String)
        case unwritable(String, code: Int32)
    }

    /// The types whose records name evidence.
    private static var holders: [RecordType] { Catalogue.types.filter { $0.field(key: "evidence") != nil } }

    func shelf() throws -> AttachmentShelf {
        guard let shelf = try store.attachments() else { throw AttachmentFailure.noShelf }
        return shelf
    }

    // MARK: - Adding

    /// Attaches a file: its bytes are sealed on this device first, then one change makes the row and joins it to `target`.
    ///
    /// - Parameters:
    ///   - target: what the evidence belongs to: a record that holds evidence, or a row of evidence that has no bytes yet; nil for a row alone.
    ///   - words: further fields of the row, such as `title` and `kind`.
    ///   - isTrial: judge it, and keep neither its bytes nor its row.
    public func attach(
        _ source: AttachmentSource, in scope: Identifier, to target: String?, _ words: [Assignment], isTrial: Bool = false
    ) throws -> (result: RecordCapture.Result, attachment: Attachment) {
        let shelf = try shelf()
        let attachment = try source.attachment()
        let name = AttachmentName(path: source.path)
        let given = Set(words.map(\.key))
        let bytes = [
            Assignment(key: "sha256", text: attachment.hash.description), Assignment(key: "size", text: String(attachment.size)),
            Assignment(key: "mediaType", text: name.mediaType),
        ]
        let row = [Assignment(key: "kind", text: name.kind), Assignment(key: "title", text: name.title)].filter { !given.contains($0.key) } + words + bytes
        // Judged before a byte is copied; and once more in the transaction that stores it.
        let isRecording = try source.isRecording() || RecordingFormat.isSaid(kind: row.last { $0.key == "kind" }?.text, mediaType: name.mediaType)
        let judged = try judgeAttachment(in: scope, to: target, row: row, bytes: words + bytes, isRecording: isRecording)
        if isTrial { return (judged, attachment) }
        let wasHere = try shelf.holds(attachment, in: scope)
        if !wasHere {
            try source.rewind()
            guard try shelf.add(attachment, to: scope, from: { try source.read($0) }) else { throw AttachmentSource.Failure.changed(source.path) }
        }
        do {
            try source.requireUnchanged()
            var result: RecordCapture.Result?
            try capture(in: scope) { state, _ in
                let (made, edits) = try self.edits(state, scope, target, row: row, bytes: words + bytes, isRecording: isRecording)
                result = made
                return edits
            }
            guard let result else { preconditionFailure("a capture that succeeds was made") }
            return (result, attachment)
        } catch {
            if !wasHere { try? shelf.remove(attachment, from: scope) }
            throw error
        }
    }

    private func judgeAttachment(in scope: Identifier, to target: String?, row: [Assignment], bytes: [Assignment], isRecording: Bool) throws -> RecordCapture.Result {
        let (result, edits) = try edits(try state, scope, target, row: row, bytes: bytes, isRecording: isRecording)
        try judge([edits], in: scope)
        return result
    }

    private func edits(
        _ state: DeviceState, _ scope: Identifier, _ target: String?, row: [Assignment], bytes: [Assignment], isRecording: Bool
    ) throws -> (RecordCapture.Result, [Edit]) {
        guard let finder = RecordFinder(state, scope: scope) else { throw Refused.noSuchScope }
        let capture = try RecordCapture(finder, identity: state.identity, now: now())
        let subject = try target.map { try finder.record($0) }
        if let obstacle = obstacle(toAttaching: subject, bytes, isRecording: isRecording, in: finder) { throw RecordCapture.Failure.recording(obstacle) }
        guard let target else {
            let made = try capture.adding(Catalogue.evidence, row)
            return (made, made.edits)
        }
        let record = try finder.record(target)
        if record.state.type == Catalogue.evidence.number {
            guard record.value("sha256") == nil else { throw AttachmentFailure.hasBytes(finder.name(of: record.id)) }
            let made = try capture.changing(record, bytes)
            return (made, made.edits)
        }
        guard let type = record.type, let field = type.field(key: "evidence") else {
            throw AttachmentFailure.holdsNoEvidence(type: record.type?.label ?? "record", holders: Self.holders.map(\.label))
        }
        guard !record.isDeleted else { throw RecordCapture.Failure.isDeleted(name: finder.name(of: record.id)) }
        let made = try capture.adding(Catalogue.evidence, row)
        // A set's elements are not sensitive: no salt is drawn.
        var editing = RecordEditing(record: record.id, type: type, state: record.state) { preconditionFailure("an element of a set needs no salt") }
        editing.add(field, .id(made.record))
        return (made, made.edits + editing.edits)
    }

    /// Why bytes may not be attached to `subject`: whoever is heard in them has not agreed. A row that waits for its bytes says itself what they are,
    /// unless that is altered with them.
    package func obstacle(toAttaching subject: RecordView?, _ words: [Assignment], isRecording: Bool, in finder: RecordFinder) -> Findings.RecordingObstacle? {
        let isSaid = subject?.state.type == Catalogue.evidence.number && RecordingFormat.isSaid(kind: words.last { $0.key == "kind" }?.text ?? subject?.choice("kind"), mediaType: nil)
        return isRecording || isSaid ? Findings.obstacle(toRecording: subject?.id ?? .zero, in: finder.all + finder.concealed) : nil
    }

    // MARK: - Where they are

    /// The rows of evidence with bytes of an engagement, deleted ones left out.
    ///
    /// - Parameter epoch: of which a receipt counts; nil for the epoch that this device last read in. A greeting's is the better one to go by.
    public func attachments(in scope: Identifier, epoch: UInt64? = nil) throws -> [AttachmentStanding] {
        guard let shelf = try store.attachments(), let replica = try state.replicas[scope] else { return [] }
        let hidden = hiddenEvidence(replica)
        return try replica.views(type: Catalogue.evidence.number).compactMap { record in
            guard !hidden.contains(record.id) else { return nil }
            return try record.attachment.map { try standing(of: $0, record, in: scope, shelf, epoch ?? replica.epoch) }
        }
    }

    /// What a row of evidence names: one for each of its values where several stand, in the order in which `conflicts` numbers them, else the one. Nil
    /// for a value that is no bytes, or whose bytes were redacted; nothing where the row is deleted or hidden.
    public func attachments(of record: RecordView, in scope: Identifier) throws -> [AttachmentStanding?] {
        guard let shelf = try store.attachments(), let replica = try state.replicas[scope], !record.isDeleted, !hiddenEvidence(replica).contains(record.id) else { return [] }
        let redactions = Redactions(replica.views(type: Catalogue.redaction.number))
        return try record.attachmentsByValue.map { attachment in
            guard let attachment, redactions.act(onAttachment: attachment.hash, namedBy: record.id, primitives) == nil else { return nil }
            return try standing(of: attachment, record, in: scope, shelf, replica.epoch)
        }
    }

    private func standing(
        of attachment: Attachment, _ record: RecordView, in scope: Identifier, _ shelf: AttachmentShelf, _ epoch: UInt64
    ) throws -> AttachmentStanding {
        let receipt = try shelf.receipt(for: attachment, in: scope)
        return AttachmentStanding(
            scope: scope, record: record, attachment: attachment, isHere: try shelf.has(attachment, in: scope), receipt: receipt?.epoch == epoch ? receipt : nil)
    }

    /// What an engagement's rows name that waits to be handed in, of deleted rows too, and all that a row in conflict names: who restores or
    /// resolves it looks for the bytes at the server.
    public func attachmentsThatWait(in scope: Identifier, epoch: UInt64? = nil) throws -> [AttachmentStanding] {
        guard let shelf = try store.attachments(), let replica = try state.replicas[scope] else { return [] }
        // What was redacted, or is a withdrawn person's, is wanted by nobody.
        let hidden = hiddenEvidence(replica)
        return try Self.rows(replica).filter { !hidden.contains($0.id) }.flatMap { record in
            try record.attachments.map { try standing(of: $0, record, in: scope, shelf, epoch ?? replica.epoch) }.filter(\.isWaiting)
        }
    }

    /// The rows of evidence, deleted ones among them.
    private static func rows(_ replica: Replica) -> [RecordView] {
        replica.recordIDs.compactMap { replica.view($0) }.filter { $0.state.type == Catalogue.evidence.number }
    }

    /// What a sync is to hand in: held here, without the server's receipt, in engagements where the member is staffed.
    ///
    /// - Parameter all: in others too, as a device does that was revoked.
    func waitingAttachments(epoch: UInt64? = nil, ofAll all: Bool = false) throws -> [AttachmentLane.Item] {
        let state = try state
        var items: [AttachmentLane.Item] = []
        for id in state.scopeIDs {
            guard let scope = state.scopes[id], scope.kind == .engagement, all || !scope.isWithdrawn else { continue }
            // Each row that names it, since the server may have refused one of them; the second costs one offer.
            for one in try attachmentsThatWait(in: id, epoch: epoch) {
                items.append(AttachmentLane.Item(scope: id, record: one.record.id, attachment: one.attachment))
            }
        }
        return items
    }

    /// By engagement the newest of the server's receipts, of the epoch that this device last read in, for attachments that a record names. The
    /// server's times rise within an engagement: a server that was put back and has this one has all others.
    func newestAttachmentReceipts() throws -> [Identifier: AttachmentReceipt] {
        guard let shelf = try store.attachments() else { return [:] }
        let state = try state
        var newest: [Identifier: AttachmentReceipt] = [:]
        for (id, replica) in state.replicas where state.scopes[id]?.kind == .engagement {
            for attachment in Self.rows(replica).flatMap(\.attachments) {
                guard let receipt = try shelf.receipt(for: attachment, in: id), receipt.epoch == replica.epoch else { continue }
                if receipt.received > newest[id]?.received ?? .min { newest[id] = receipt }
            }
        }
        return newest
    }

    /// Bytes of attachments that wait to be handed in, and how many they are.
    public func attachmentsWaiting(in scope: Identifier, epoch: UInt64? = nil) throws -> (count: Int, bytes: Int) {
        var named: Set<Attachment> = []
        for one in try attachmentsThatWait(in: scope, epoch: epoch) { named.insert(one.attachment) }
        return (named.count, named.reduce(0) { $0 + $1.size })
    }

    // MARK: - Redacted ones

    /// The rows of evidence whose bytes were redacted, or are those of people who withdrew consent, deleted ones among them: nobody is given them.
    private func hiddenEvidence(_ replica: Replica) -> Set<Identifier> {
        func all(_ types: [RecordTypeNumber]) -> [RecordView] {
            replica.recordIDs.filter { id in replica.record(id).map { types.contains($0.type) } == true }.compactMap { replica.view($0) }
        }
        let rows = all([Catalogue.evidence.number])
        guard rows.contains(where: { $0.attachment != nil }) else { return [] }
        var hidden: Set<Identifier> = []
        let withdrawals = Withdrawals(all([Catalogue.person.number, Catalogue.interview.number]))
        if !withdrawals.isEmpty { hidden = withdrawals.evidence(among: rows + all(Self.holders.map(\.number))) }
        let redactions = Redactions(all([Catalogue.redaction.number]))
        guard !redactions.isEmpty else { return hidden }
        for row in rows {
            guard let attachment = row.attachment else { continue }
            if redactions.act(onAttachment: attachment.hash, namedBy: row.id, primitives) != nil { hidden.insert(row.id) }
        }
        return hidden
    }

    /// Deletes what is here of attachments that headquarters redacted. What somebody's withdrawal hides and headquarters has not heard of stays, sealed,
    /// until it has.
    func dropRedactedAttachments(of scope: Identifier) throws {
        guard let shelf = try store.attachments(), let replica = try state.replicas[scope] else { return }
        let kept = replica.recordIDs.filter { id in replica.record(id).map { $0.type == Catalogue.redaction.number || $0.type == Catalogue.evidence.number } == true }
        let views = kept.compactMap { replica.view($0) }
        let redactions = Redactions(views)
        guard !redactions.isEmpty else { return }
        var (gone, named): (Set<Attachment>, Set<Attachment>) = ([], [])
        for (row, attachment) in views.flatMap({ row in row.attachments.map { (row, $0) } }) {
            if redactions.act(onAttachment: attachment.hash, namedBy: row.id, primitives) != nil { gone.insert(attachment) } else { named.insert(attachment) }
        }
        for attachment in gone.subtracting(named) { try shelf.remove(attachment, from: scope) }
    }

    // MARK: - Refused ones

    /// What the server refused at the last sync that offered attachments, by the row of evidence. One that is offered again and taken is none any more.
    public static func attachmentRefusals(_ state: DeviceState) -> [Identifier: AttachmentsWaiting.Refusal] {
        let pairs: [(Identifier, AttachmentsWaiting.Refusal)] = state.settings[.attachmentRefusals]?.list?.compactMap { item in
            guard let parts = item.list, (2...3).contains(parts.count), let record = parts[0].id, let code = parts[1].int else { return nil }
            let limit = parts.dropFirst(2).first?.int.map { Int(clamping: $0) }
            return (record, AttachmentsWaiting.Refusal(code: UInt32(clamping: code), limit: limit))
        } ?? []
        return Dictionary(pairs) { first, _ in first }
    }

    /// Remembers what a sync that offered all attachments was refused, so that it is told until another one takes them.
    package func note(refused: [AttachmentLane.Refusal]) throws {
        let value = Value.list(refused.prefix(Self.mostRefusals).map { one in
            var parts: [Value] = [.id(one.item.record), .int(Int64(one.code.rawValue))]
            if let limit = one.limit { parts.append(.int(Int64(limit))) }
            return Value.list(parts)
        })
        guard value != (try state.settings[.attachmentRefusals] ?? .list([])) else { return }
        try store.transaction { try $0.append(.setting(.attachmentRefusals, value)) }
    }

    /// So many are remembered: a person reads the first of them.
    private static let mostRefusals = 200

    // MARK: - Reading

    /// Writes the bytes of one that is here to a new file for its owner alone: whole and verified against the hash, or not at all, even where
    /// the program is ended.
    public func write(_ attachment: Attachment, of scope: Identifier, called name: String, to path: String) throws {
        let shelf = try shelf()
        guard try shelf.has(attachment, in: scope) else { throw AttachmentFailure.notHere(name) }
        guard access(path, F_OK) != 0 else { throw AttachmentFailure.target(.exists(path)) }
        do {
            let draft = try DraftFile(path)
            let digest = RunningDigest()
            for offset in stride(from: 0, to: attachment.size, by: Attachment.chunk) {
                let bytes = try shelf.read(offset, of: attachment, in: scope)
                digest.take(bytes)
                try draft.write(bytes)
            }
            guard digest.finish() == attachment.hash else { throw AttachmentFailure.damaged(name) }
            try draft.finish(replacing: false)
        } catch let fault as DraftFile.Fault {
            switch fault {
            case .exists: throw AttachmentFailure.target(.exists(path))
            case .system(let code): throw AttachmentFailure.target(.unwritable(path, code: code))
            }
        }
    }

    // MARK: - Evicting

    /// What became of an attachment that was to be evicted.
    public enum Eviction: Hashable, Sendable {
        case evicted
        /// There is nothing here to free.
        case notHere
        /// The server does not hold it yet: a sync hands it in.
        case waiting
        /// The server holds it, and no backup of the server does.
        case notBackedUp
    }

    /// Forgets the server's receipts for these, so that the next sync offers them again: whoever evicts must know what the server holds now. It
    /// may have lost files since, and nothing else.
    func offerAgain(_ all: [AttachmentStanding]) throws {
        guard !all.isEmpty else { return }
        let (shelf, scopes) = (try shelf(), try state.scopes)
        for one in all where one.isHere && scopes[one.scope]?.isWithdrawn == false { try shelf.forgetReceipt(for: one.attachment, in: one.scope) }
    }

    /// Frees the space of attachments that the server holds and has in a verified backup; they are fetched again on demand.
    ///
    /// Have a sync offer them again first (`SyncRun.Attachments.offersAgain`); `backups` is what the server said in that very sync.
    public func evict(_ all: [AttachmentStanding], _ backups: SyncRun.AttachmentBackups) throws -> [Eviction] {
        let (shelf, scopes) = (try shelf(), try state.scopes)
        // Two rows may name the same bytes.
        var evicted: [Identifier: Set<Attachment>] = [:]
        return try all.map { one in
            if evicted[one.scope]?.contains(one.attachment) == true { return .evicted }
            guard try shelf.has(one.attachment, in: one.scope) else { return .notHere }
            guard try shelf.receipt(for: one.attachment, in: one.scope)?.epoch == backups.epoch, scopes[one.scope]?.isWithdrawn == false else { return .waiting }
            let isEvicted = try shelf.evict(
                one.attachment, from: one.scope, backedUpAt: backups.times[one.scope] ?? 0, epoch: backups.epoch)
            if isEvicted { evicted[one.scope, default: []].insert(one.attachment) }
            return isEvicted ? .evicted : .notBackedUp
        }
    }

    /// Removes the bytes of every attachment of a scope that this device leaves. Call before the scope's key is destroyed.
    public func removeAttachments(of scope: Identifier) throws {
        guard let shelf = try store.attachments(), let replica = try state.replicas[scope] else { return }
        for attachment in Self.rows(replica).flatMap(\.attachments) { try shelf.remove(attachment, from: scope) }
    }
}

extension RecordView {
    /// The bytes that a row of evidence names; nil for other records, and where there are none or the row says what none can have.
    public var attachment: Attachment? {
        guard state.type == Catalogue.evidence.number, let bytes = value("sha256")?.bytes, let hash = Hash256(bytes: bytes), let size = integer("size")
        else { return nil }
        return Attachment(hash: hash, size: size)
    }

    /// The bytes that each value of the row's hash names, that which is shown first; nil for a value that names none.
    package var attachmentsByValue: [Attachment?] {
        guard state.type == Catalogue.evidence.number else { return [] }
        let sizes = state.heads(of: .field(EvidenceField.size))
        // What is set once shows its last head.
        return ConflictDescription.distinct(state.heads(of: .field(EvidenceField.hash)).reversed()).map { head in
            guard let bytes = head.content.value?.bytes, let hash = Hash256(bytes: bytes) else { return nil }
            if attachment?.hash == hash { return attachment }
            return sizes.first { $0.name.change == head.name.change }?.content.value?.int.flatMap { Attachment(hash: hash, size: $0) }
        }
    }

    /// All bytes that the heads of a row of evidence name, those that are shown first: several where people attached at once. A hash goes with the
    /// size that was said with it.
    package var attachments: [Attachment] {
        guard state.type == Catalogue.evidence.number else { return [] }
        let sizes = state.heads(of: .field(EvidenceField.size))
        var all = [attachment].compactMap(\.self)
        for head in state.heads(of: .field(EvidenceField.hash)) {
            guard let bytes = head.content.value?.bytes, let hash = Hash256(bytes: bytes),
                let size = sizes.first(where: { $0.name.change == head.name.change })?.content.value?.int, let attachment = Attachment(hash: hash, size: size)
            else { continue }
            if !all.contains(attachment) { all.append(attachment) }
        }
        return all
    }
}
