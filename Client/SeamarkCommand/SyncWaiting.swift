import SeamarkClient
import SeamarkStore

/// What of this laptop's work is not with the server, as a sync says it that was ended before it was done.
struct SyncWaiting {
    let changes: Int
    let attachments: AttachmentsWaiting

    init(changes: Int, attachments: AttachmentsWaiting) { (self.changes, self.attachments) = (changes, attachments) }

    init(_ device: Device) throws { self.init(changes: try device.state.unsentCount, attachments: try device.attachmentsNotWithServer()) }

    /// "3 changes without a receipt and 1 attachment (4.0 MB) wait here"; nil where nothing is here that the next sync sends.
    ///
    /// - Parameter receipt: how the sentence calls it.
    func words(without receipt: String) -> String? {
        let files = attachments.toHandIn
        var parts: [String] = []
        if changes > 0 { parts.append("\(counted(changes, "change")) without \(receipt)") }
        if files.count > 0 { parts.append(Self.words(files)) }
        guard !parts.isEmpty else { return nil }
        return "\(parts.joined(separator: " and ")) \(changes + files.count == 1 ? "waits" : "wait") here"
    }

    /// "1 attachment (30.0 MB) stays here, since the server refused it"; nil where it refused none.
    var refusedWords: String? {
        let refused = attachments.refused
        guard refused.count > 0 else { return nil }
        return "\(Self.words(refused)) \(refused.count == 1 ? "stays here, since the server refused it" : "stay here, since the server refused them")"
    }

    private static func words(_ amount: AttachmentsWaiting.Amount) -> String { "\(counted(amount.count, "attachment")) (\(bytesInWords(amount.bytes)))" }
}
