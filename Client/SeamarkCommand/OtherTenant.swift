import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

/// A tenant on this laptop that a command does not work for, and whether work of it is still here alone. Nothing of it is looked into that is locked: no passphrase
/// is asked for, and no order to wipe is carried out.
struct OtherTenant {
    let name: String
    /// Nil while it is locked, or cannot be read.
    let open: (unsent: Int, attachments: Int, lastSync: Int64?, isOrderedWiped: Bool)?

    static func all(beside place: Workplace) -> [OtherTenant] {
        ((try? place.home.tenants()) ?? []).filter { $0 != place.tenant }.map { OtherTenant(name: $0, open: try? look(place.home.storePath($0))) }
    }

    private static func look(_ path: String) throws -> (Int, Int, Int64?, Bool)? {
        let store = try DeviceStore(at: path)
        guard let key = try KeyHolder.key(of: store.id) else { return nil }
        let device = Device(store: try store.unlock(storeKey: key), now: TimeText.now)
        let state = try device.state
        let attachments = try state.scopeIDs.reduce(0) { try $0 + device.attachmentsWaiting(in: $1).count }
        return (state.unsentCount, attachments, state.lastComplete?.time, try device.orderedWipe != nil)
    }

    /// Is everything of it with its server, as far as can be seen?
    var isSafe: Bool { open.map { $0.unsent == 0 && $0.attachments == 0 && !$0.isOrderedWiped } ?? true }

    var words: String {
        guard let open else { return "locked (seamark unlock --tenant \(name))." }
        let waiting = [(open.unsent, "change"), (open.attachments, "attachment")].filter { $0.0 > 0 }.map { counted($0.0, $0.1) }
        let work = waiting.isEmpty ? "everything is with the server" : waiting.joined(separator: " and ") + " not yet sent"
        let last = open.lastSync.map { "last complete sync \(TimeText.local($0)) (\(TimeText.span(TimeText.now() &- $0)) ago)" } ?? "never synced"
        return "\(work); \(last)." + (open.isOrderedWiped ? " Headquarters ordered it wiped." : "")
    }

    var document: JSONValue {
        .object([
            JSONMember("tenant", .string(name)), JSONMember("locked", .bool(open == nil)), JSONMember("unsent", open.map { .integer(Int64($0.unsent)) } ?? .null),
            JSONMember("attachmentsWaiting", open.map { .integer(Int64($0.attachments)) } ?? .null),
            JSONMember("lastCompleteSync", open?.lastSync.map { .string(CalendarDate.text(milliseconds: $0)) } ?? .null),
        ])
    }
}
