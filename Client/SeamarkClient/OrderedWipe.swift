public import SeamarkJournal
import SeamarkProtocol
public import SeamarkStore

/// Headquarters' order to destroy this device's store, as the device keeps it until that is done. It is never taken back.
///
/// From the moment that it is noted down the device shows nothing and takes nothing in. It hands in what waits, and is wiped then: when
/// nothing waits and no engagement is here that the server has lost, when a sync got to its end, or at the third contact, whatever waits: whoever
/// keeps cutting the line gains nothing by it.
public struct OrderedWipe: Hashable, Sendable {
    public static let mostContacts: Int64 = 3

    /// Milliseconds since 1970 by the server's clock.
    public let ordered: Int64
    /// How often headquarters was heard since, the first time included.
    public let contacts: Int64

    /// Headquarters was heard, with an order or with none. Nil without one now or before.
    init?(hearing order: Message.WipeOrder?, after known: Value?) {
        let known = OrderedWipe(known)
        guard let ordered = known?.ordered ?? order?.ordered else { return nil }
        self.ordered = ordered
        contacts = min(Self.mostContacts, (known?.contacts ?? 0) + 1)
    }

    /// - Parameter handedIn: a sync got to its end since the order. What the server keeps in quarantine has no receipt even then.
    public func isDue(_ state: DeviceState, handedIn: Bool = false) -> Bool {
        handedIn || contacts >= Self.mostContacts || state.unsentCount == 0 && state.unknownScopes.isEmpty
    }

    // MARK: As a device keeps it

    var value: Value { .group([Value.Member(1, .int(ordered)), Value.Member(2, .int(contacts))]) }

    /// Nil for none. Anything that is not understood is an order all the same, and one that waits for nothing.
    public init?(_ value: Value?) {
        guard let value, value != .absent else { return nil }
        guard case .group(let members) = value, members.count == 2, case .int(let ordered) = members[0].value, case .int(let contacts) = members[1].value
        else {
            (ordered, contacts) = (0, Self.mostContacts)
            return
        }
        self.ordered = ordered
        self.contacts = contacts
    }
}
