public import SeamarkJournal

/// A frozen report that headquarters gave to the viewers of one engagement: what it is of, and the hash of each document.
///
/// It is the same for ever, or it is withdrawn: then its title and texts are redacted, and what is left says that there was one, and why it went.
public struct Publication: Hashable, Sendable {
    /// The bytes that are published, in three forms.
    public enum Document: Int64, CaseIterable, Hashable, Sendable {
        case html = 1
        case markdown, json

        public var key: String { Choices.publicationDocument.key(rawValue) ?? "" }
        /// What its file's name ends with.
        public var ending: String {
            switch self {
            case .html: "html"
            case .markdown: "md"
            case .json: "json"
            }
        }
    }

    /// What a document is, without its bytes.
    public struct Content: Hashable, Sendable {
        public let hash: Hash256
        public let size: Int
        public let parts: Int
    }

    /// Why a document is not handed out.
    public enum Fault: Error, Hashable, Sendable {
        /// Headquarters took it back, for this reason.
        case withdrawn(String)
        /// Not all of its parts are here yet.
        case incomplete
        /// Its bytes are not those that were published.
        case altered
    }

    /// Characters of one part, and so bytes too; a value holds no more than 64 KiB.
    public static let longestPart = 60_000
    public static let mostParts = 400
    /// Bytes of one document.
    public static let longestDocument = longestPart * mostParts / 2

    public let record: Identifier
    /// `PB-HQ001`.
    public let handle: String
    /// Empty once it is withdrawn.
    public let title: String
    /// The engagement's short name.
    public let engagement: String
    /// The snapshot's handle.
    public let snapshot: String
    /// Days since 1970: what ages are counted to.
    public let day: Int64
    public let isDraft: Bool
    /// By the server's clock: milliseconds since 1970.
    public let publishedAt: Int64
    public let contents: [Document: Content]
    /// Why it was withdrawn; nil while it stands.
    public let withdrawal: String?

    /// Nil for a record of another type, for one that is deleted, and for one that a newer version wrote in another way.
    public init?(_ view: RecordView) {
        guard view.type === Catalogue.publication, !view.isDeleted, let engagement = view.text("engagement"), let snapshot = view.text("snapshot"),
            let day = view.integer("day"), let isDraft = view.boolean("isDraft")
        else { return nil }
        var contents: [Document: Content] = [:]
        for document in Document.allCases {
            guard let group = view.group(document.key), let hash = group.value("sha256")?.bytes.flatMap({ Hash256(bytes: $0) }),
                let size = group.integer("size").flatMap({ Int(exactly: $0) }), let parts = group.integer("parts").flatMap({ Int(exactly: $0) }),
                (1...Self.longestDocument).contains(size), (1...Self.mostParts).contains(parts)
            else { return nil }
            contents[document] = Content(hash: hash, size: size, parts: parts)
        }
        record = view.id
        handle = view.handle.map { ReportText.clean($0) } ?? view.id.description
        title = view.text("title").map { ReportText.clean($0) } ?? ""
        self.engagement = ReportText.clean(engagement)
        self.snapshot = ReportText.clean(snapshot)
        self.day = day
        self.isDraft = isDraft
        publishedAt = view.integer("createdAt") ?? 0
        self.contents = contents
        withdrawal = view.text("withdrawal").map { ReportText.clean($0) }
    }

    /// Those among `views`, the first published first.
    public static func all(in views: [RecordView]) -> [Publication] {
        views.compactMap { Publication($0) }.sorted { ($0.publishedAt, $0.record) < ($1.publishedAt, $1.record) }
    }

    /// By handle or id.
    public func isCalled(_ name: String) -> Bool {
        let folded = name.lowercased()
        return handle.lowercased() == folded || record.description == folded
    }

    /// The bytes of a document, put together from the parts among `views` and held against the hash.
    public func bytes(of document: Document, in views: [RecordView], _ primitives: any Primitives) throws(Fault) -> [UInt8] {
        if let withdrawal { throw .withdrawn(withdrawal) }
        guard let content = contents[document] else { throw .incomplete }
        var texts: [Int64: String] = [:]
        for view in views where view.type === Catalogue.publicationPart && view.reference("publication") == record && view.integer("document") == document.rawValue {
            if let number = view.integer("number"), let text = view.text("text") { texts[number] = text }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.size)
        for number in 1...Int64(content.parts) {
            guard let text = texts[number] else { throw .incomplete }
            bytes.append(contentsOf: text.utf8)
            guard bytes.count <= content.size else { throw .altered }
        }
        guard bytes.count == content.size, primitives.sha256(bytes.span) == content.hash else { throw .altered }
        return bytes
    }

    /// A document in parts of at most `longestPart` bytes, each whole characters of UTF-8.
    public static func parts(of bytes: [UInt8]) -> [String] {
        var parts: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var end = min(rest.endIndex, rest.startIndex + longestPart)
            // Back to where a character begins: continuation bytes are 10xxxxxx.
            while end < rest.endIndex, end > rest.startIndex + 1, rest[end] & 0xc0 == 0x80 { end -= 1 }
            parts.append(String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[end...]
        }
        return parts
    }

    /// What `--json` prints.
    public var json: JSONValue {
        .object([
            JSONMember("id", .string(record.description)), JSONMember("handle", .string(handle)), JSONMember("title", withdrawal == nil ? .string(title) : .null),
            JSONMember("engagement", .string(engagement)), JSONMember("snapshot", .string(snapshot)), JSONMember("day", .string(CalendarDate.text(days: day))),
            JSONMember("isDraft", .bool(isDraft)), JSONMember("publishedAt", .string(CalendarDate.text(milliseconds: publishedAt))),
            JSONMember("withdrawn", withdrawal.map { .string($0) } ?? .null),
            JSONMember("documents", .object(Document.allCases.compactMap { document in
                contents[document].map { content in
                    JSONMember(document.key, .object([JSONMember("sha256", .string(content.hash.description)), JSONMember("size", .integer(Int64(content.size)))]))
                }
            })),
        ])
    }
}

extension RecordEditing {
    /// Publishes. For a record that is being made.
    public mutating func publish(
        title: String, engagement: String, snapshot: String, day: Int64, isDraft: Bool, _ documents: [Publication.Document: (hash: Hash256, size: Int, parts: Int)]
    ) {
        precondition(type === Catalogue.publication && state == nil, "a publication is a record of its own, and made once")
        var values: [(String, Value)] = [
            ("title", .text(title)), ("engagement", .text(engagement)), ("snapshot", .text(snapshot)), ("day", .int(day)), ("isDraft", .bool(isDraft)),
        ]
        for document in Publication.Document.allCases {
            guard let content = documents[document] else { continue }
            values.append((
                document.key,
                .group([Value.Member(1, .bytes(content.hash.bytes)), Value.Member(2, .int(Int64(content.size))), Value.Member(3, .int(Int64(content.parts)))])
            ))
        }
        for (key, value) in values { if let field = type.field(key: key) { set(field, value) } }
    }
}
