import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

/// A tenant on this laptop that a command does not work for, and whether work of it is still here alone. Nothing of it is looked into that is locked: no passphrase
/// is asked for, and no order to wipe is carried out.
struct OtherTenant {
    enum Standing {
        case open(unsent: Int, attachments: Int, unknown: Int, lastSync: Int64?, isOrderedWiped: Bool)
        case locked
        /// Why, as a sentence.
        case unreadable(String)
    }

    let name: String
    let standing: Standing

    static func all(beside place: Workplace) -> [OtherTenant] {
        ((try? place.home.tenants()) ?? []).filter { $0 != place.tenant }.map { OtherTenant(name: $0, standing: look(place.home.storePath($0))) }
    }

    private static func look(_ path: String) -> Standing {
        do {
            let store = try DeviceStore(at: path)
            guard let key = try? KeyHolder.key(of: store.id) else { return .locked }
            let device = Device(store: try store.unlock(storeKey: key), now: TimeText.now)
            let state = try device.state
            let attachments = try state.scopeIDs.reduce(0) { try $0 + device.attachmentsWaiting(in: $1).count }
            return .open(unsent: state.unsentCount, attachments: attachments, unknown: state.unknownScopes.count, lastSync: state.lastComplete?.time, isOrderedWiped: try device.orderedWipe != nil)
        } catch { return .unreadable(Explanation(error).sentence) }
    }

    /// Is everything of it seen to be with its server?
    var isSafe: Bool { if case .open(0, 0, 0, _, false) = standing { true } else { false } }

    var words: String {
        switch standing {
        case .locked: return "locked: what waits of it is not seen (seamark unlock --tenant \(name))."
        case .unreadable(let sentence): return "cannot be read: \(sentence)"
        case .open(let unsent, let attachments, let unknown, let lastSync, let isOrderedWiped):
            let waiting = [(unsent, "change"), (attachments, "attachment")].filter { $0.0 > 0 }.map { counted($0.0, $0.1) }
            let rest: String? = waiting.isEmpty ? unknown == 0 ? "everything is with the server" : nil : waiting.joined(separator: " and ") + " not yet sent"
            let work = [rest, unknown == 0 ? nil : "\(counted(unknown, "engagement")) that headquarters does not know any more"].compactMap(\.self).joined(separator: "; ")
            let last = lastSync.map { "last complete sync \(TimeText.local($0)) (\(TimeText.span(TimeText.now() &- $0)) ago)" } ?? "never synced"
            return "\(work); \(last)." + (isOrderedWiped ? " Headquarters ordered it wiped." : "")
        }
    }

    var document: JSONValue {
        var members = [JSONMember("tenant", .string(name))]
        var (isLocked, isReadable) = (false, true)
        var (unsent, attachments, lastSync, isOrderedWiped): (Int?, Int?, Int64?, Bool?)
        switch standing {
        case .locked: isLocked = true
        case .unreadable: isReadable = false
        case .open(let changes, let files, _, let time, let isOrdered): (unsent, attachments, lastSync, isOrderedWiped) = (changes, files, time, isOrdered)
        }
        members += [
            JSONMember("locked", .bool(isLocked)), JSONMember("readable", .bool(isReadable)), JSONMember("unsent", unsent.map { .integer(Int64($0)) } ?? .null),
            JSONMember("attachmentsWaiting", attachments.map { .integer(Int64($0)) } ?? .null),
            JSONMember("lastCompleteSync", lastSync.map { .string(CalendarDate.text(milliseconds: $0)) } ?? .null),
            JSONMember("wipeOrdered", isOrderedWiped.map { .bool($0) } ?? .null),
        ]
        return .object(members)
    }
}
