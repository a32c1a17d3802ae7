import SeamarkClient
import SeamarkCrypto
import SeamarkModel

/// What is said of something that destroys words for ever, and the question that is asked before.
enum LossWords {
    /// - Parameter counts: false where nothing may be shown of what this device holds.
    static func sentence(_ loss: RecordCapture.Loss, of name: String, counts: Bool) -> String {
        switch loss {
        case .values(let count, let label, let others):
            let merged = others.isEmpty ? "" : " What \(counts ? list(others) : counted(others.count, "other record")) \(others.count == 1 ? "says" : "say") there is among them, because of a merge."
            return "\(counted(count, "value")) of '\(label)' \(count == 1 ? "is" : "are") deleted for ever, here and everywhere at the next sync.\(merged)"
        case .withdrawal(_, let taken):
            let parts = [
                (taken.quotes, "quote", "quotes"), (taken.answers, "answer", "answers"), (taken.recordings, "recording or attachment", "recordings and attachments"),
                (taken.others, "check or review", "checks and reviews"),
            ].filter { $0.0 > 0 }.map { counted($0.0, $0.1, $0.2) }
            let what = !counts ? "All that \(name) said goes" : parts.isEmpty ? "Nothing that \(name) said is here" : "\(list(parts)) of \(name) \(isOne(taken) ? "goes" : "go")"
            return "\(what): withdrawn consent hides it at once and deletes its words everywhere at the next sync. Nothing brings it back, and the same person record never consents again."
        }
    }

    private static func isOne(_ taken: Withdrawals.Taken) -> Bool { taken.quotes + taken.answers + taken.recordings + taken.others == 1 }

    private static func list(_ parts: [String]) -> String {
        parts.count < 2 ? parts.joined() : parts.dropLast().joined(separator: ", ") + " and " + (parts.last ?? "")
    }

    /// Asks for the person before their words go; throws where that is not said.
    static func ask(_ loss: RecordCapture.Loss, of name: String, fullName: String?, counts: Bool) throws {
        let sentence = sentence(loss, of: name, counts: counts)
        guard Terminal.inputIsTerminal else { throw Explained(.refused, "\(sentence) Nothing was changed. Say --yes to withdraw it all the same.") }
        Terminal.warning(sentence)
        let typed = try Passphrase.ask("To withdraw it for ever, type \(name)\(fullName == nil ? "" : " or their name"): ")
        let said = typed.map { String(decoding: $0.copy(), as: UTF8.self).lowercased() }
        guard said == name.lowercased() || said != nil && said == fullName?.lowercased() else { throw Explained(.refused, "Nothing was changed.") }
    }
}
