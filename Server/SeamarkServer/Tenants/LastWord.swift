package import SeamarkJournal
internal import SeamarkProtocol
package import SeamarkStore

/// What a device said of itself on a connection, and what of each scope it still holds as far as that tells: less what has come in since.
///
/// It is what headquarters is told, and nothing is decided by it. A device may say what it likes: what comes in takes away no more than was said.
package struct LastWord: Sendable {
    let time: Int64
    let skew: Int64
    let version: String
    let incarnation: UInt64
    package private(set) var scopes: [Identifier: UnsentWork]
    /// Attachments that have come in since, each counted once: several rows may name one, and each is offered.
    private var arrived: Set<Arrival> = []

    private struct Arrival: Hashable {
        let scope: Identifier
        let hash: Hash256
    }

    /// - Parameter now: by the server's clock, which is what times are kept by.
    init(_ status: Message.Status, at now: Int64) {
        time = now
        let (skew, overflow) = status.time.subtractingReportingOverflow(now)
        self.skew = overflow ? .max : skew
        let software = status.software.unicodeScalars.filter { (0x20...0x7e).contains($0.value) }.prefix(60)
        version = String(String.UnicodeScalarView(software))
        incarnation = status.scopes.first?.incarnation ?? 0
        scopes = Dictionary(status.scopes.map { ($0.scope, UnsentWork($0, heardAt: now)) }) { $0.changes >= $1.changes ? $0 : $1 }
    }

    /// So many changes of the scope have their receipt, in a block of so many bytes, sensitive values included. False where that alters nothing.
    mutating func handedIn(_ changes: Int, bytes: Int, of scope: Identifier) -> Bool {
        guard var work = scopes[scope], work.changes > 0 else { return false }
        work.changes -= min(work.changes, Int64(changes))
        work.bytes = work.bytes.map { work.changes == 0 ? 0 : max(0, $0 - Int64(bytes)) }
        if work.changes == 0 { work.oldest = nil }
        scopes[scope] = work
        return true
    }

    /// The scope holds the attachment, by the server's receipt. False where that alters nothing.
    mutating func handedIn(_ attachment: Attachment, to scope: Identifier) -> Bool {
        guard var work = scopes[scope], let count = work.attachments, count > 0, arrived.insert(Arrival(scope: scope, hash: attachment.hash)).inserted else { return false }
        work.attachments = count - 1
        work.attachmentBytes = work.attachmentBytes.map { count == 1 ? 0 : max(0, $0 - Int64(attachment.size)) }
        scopes[scope] = work
        return true
    }

    package var contact: DeviceContact {
        // Who names no scope has said nothing of attachments.
        var work = scopes.isEmpty ? UnsentWork(changes: 0) : UnsentWork.nothing
        for one in scopes.values { work.add(one) }
        return DeviceContact(time: time, skew: skew, work: work, version: version, incarnation: incarnation)
    }
}

extension UnsentWork {
    /// Nothing at all, and said so.
    fileprivate static let nothing = UnsentWork(changes: 0, bytes: 0, attachments: 0, attachmentBytes: 0)

    fileprivate init(_ cursor: Message.ScopeCursor, heardAt now: Int64) {
        let changes = Int64(clamping: cursor.unsent)
        guard let said = cursor.work else {
            self.init(changes: changes)
            return
        }
        // What is said of changes that there are none of counts for nothing, and no change weighs nothing.
        let bytes: Int64? = changes == 0 ? 0 : said.bytes == 0 ? nil : Int64(clamping: said.bytes)
        self.init(
            changes: changes, bytes: bytes, oldest: changes == 0 ? nil : said.oldestAge.map { now &- Int64($0) * 1000 }, attachments: Int64(said.attachments),
            attachmentBytes: Int64(clamping: said.attachmentBytes))
    }

    /// What is not known of one is not known of both.
    fileprivate mutating func add(_ other: UnsentWork) {
        func sum(_ one: Int64, _ two: Int64) -> Int64 {
            let (sum, overflow) = one.addingReportingOverflow(two)
            return overflow ? .max : sum
        }
        func both(_ one: Int64?, _ two: Int64?) -> Int64? {
            if let one, let two { sum(one, two) } else { nil }
        }
        changes = sum(changes, other.changes)
        bytes = both(bytes, other.bytes)
        attachments = both(attachments, other.attachments)
        attachmentBytes = both(attachmentBytes, other.attachmentBytes)
        // Of what a scope does not tell the age nothing is older than what others tell.
        oldest = [oldest, other.oldest].compactMap(\.self).min()
    }
}
