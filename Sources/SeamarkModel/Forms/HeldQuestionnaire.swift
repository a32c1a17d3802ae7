public import SeamarkJournal
internal import Synchronization

/// An edition of a questionnaire that an engagement holds, as its record says it.
public struct HeldQuestionnaire: Sendable {
    public static let mostEditions: Int64 = 10_000
    /// UTF-8 bytes and so Unicode scalars of a form's document: what one value holds.
    public static let longestDocument = 60_000

    public let view: RecordView
    public let handle: String
    public let key: String
    /// Which of its key it is, from 1.
    public let edition: Int64
    /// What its author calls the version.
    public let version: String
    public let title: String
    public let isRetired: Bool
    private let document: Document

    /// Nil where only a newer version of Seamark reads it. Read when it is first asked for, and once for all copies of this.
    public var form: Questionnaire? { document.form }

    /// Was its form asked for?
    var isRead: Bool { document.isRead }

    public var record: Identifier { view.id }
    /// `site-check@2`.
    public var reference: String { "\(key)@\(edition)" }

    /// Nil for other records, deleted ones, and one that is not whole.
    public init?(_ view: RecordView) {
        guard view.type === Catalogue.questionnaire, !view.isDeleted, let handle = view.handle, let key = view.text("formKey"), let edition = view.integer("edition"),
            let version = view.text("version"), let title = view.text("title"), let document = view.text("document")
        else { return nil }
        (self.view, self.handle, self.key, self.edition, self.version, self.title) = (view, handle, key, edition, version, title)
        isRetired = view.choice("state") == "retired"
        self.document = Document(document)
    }

    /// A document that is read at most once.
    private final class Document: Sendable {
        private let text: String
        private let read = Mutex<Questionnaire??>(nil)

        init(_ text: String) { self.text = text }

        var form: Questionnaire? {
            read.withLock { read in
                if let read { return read }
                let form = try? Questionnaire(document: text)
                read = .some(form)
                return form
            }
        }

        var isRead: Bool { read.withLock { $0 != nil } }
    }

    /// Those among `records`: by key, edition and handle.
    public static func all(in records: [RecordView]) -> [HeldQuestionnaire] {
        sorted(records.compactMap { HeldQuestionnaire($0) })
    }

    /// By key, edition and handle.
    public static func sorted(_ all: [HeldQuestionnaire]) -> [HeldQuestionnaire] {
        all.sorted { a, b in
            a.key != b.key ? HandleOrder.precedes(a.key, b.key) : a.edition != b.edition ? a.edition < b.edition : HandleOrder.precedes(a.handle, b.handle)
        }
    }

    /// Those that `name` may mean: a handle, an id, `key@edition`, or a key, which means its newest edition that is not retired.
    public static func called(_ name: String, in all: [HeldQuestionnaire]) -> [HeldQuestionnaire] {
        let folded = name.lowercased()
        let exact = all.filter { $0.handle.lowercased() == folded || $0.record.description == folded || $0.reference.lowercased() == folded }
        if !exact.isEmpty { return exact }
        let ofKey = all.filter { $0.key.lowercased() == folded }
        let open = ofKey.filter { !$0.isRetired }
        let meant = open.isEmpty ? ofKey : open
        let newest = meant.map(\.edition).max()
        return meant.filter { $0.edition == newest }
    }
}
