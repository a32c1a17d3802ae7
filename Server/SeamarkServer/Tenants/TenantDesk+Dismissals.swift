package import SeamarkJournal
package import SeamarkProtocol
internal import SeamarkStore

extension TenantDesk {
    /// How headquarters has turned each of these devices away by now: revoked, ordered wiped, made to wait, or the member made inactive.
    package func dismissals(of devices: [Identifier]) throws -> [(device: Identifier, dismissal: ServerSession.Dismissal)] {
        try store.read { snapshot in
            try devices.map { id in
                guard let device = try snapshot.device(id) else { return (id, .revoked) }
                if device.wipe != nil { return (id, .toBeWiped) }
                let isActive = try device.revoked == nil && snapshot.member(device.member)?.isActive == true
                return (id, isActive ? device.awaitsConfirmation ? .waiting : .none : .revoked)
            }
        }
    }
}
