import SeamarkStore
import SeamarkTLS

// An installation authority is replaced while nobody is locked out: for a time the server shows the old one's word for its successor. A device
// that hears it trusts both, and forgets the old one when the server, known by the new one, no longer shows it (SPEC section 5.1).
extension DeviceIdentity {
    /// Whom the server is known by.
    var serverTrust: TLSClientContext.Trust {
        .authorities(nextInstallationAuthority.isEmpty ? [installationAuthority] : [installationAuthority, nextInstallationAuthority])
    }

    /// The identity after a conversation; nil where nothing alters.
    ///
    /// - Parameters:
    ///   - authority: the one that the server was verified with.
    ///   - successor: whom that one vouches for.
    ///   - shown: the certificates that the server showed.
    func heeding(authority: [UInt8]?, successor: [UInt8]?, shown: [[UInt8]]) -> DeviceIdentity? {
        var identity = self
        if authority == installationAuthority, let successor, successor != nextInstallationAuthority {
            identity.nextInstallationAuthority = successor
        } else if !nextInstallationAuthority.isEmpty, authority == nextInstallationAuthority, !shown.contains(installationAuthority) {
            identity.installationAuthority = nextInstallationAuthority
            identity.nextInstallationAuthority = []
        } else {
            return nil
        }
        return identity
    }

    func heeding(_ conversation: Conversation) -> DeviceIdentity? {
        heeding(authority: conversation.serverAuthority, successor: conversation.serverSuccessor, shown: conversation.serverShown)
    }
}

extension SyncRun {
    /// Notes down which authorities the server showed, where that alters whom it is known by.
    mutating func heed(_ conversation: Conversation) throws {
        guard identity.heeding(conversation) != nil else { return }
        identity = try device.store.transaction { transaction in
            guard let heeding = transaction.state.identity.heeding(conversation) else { return transaction.state.identity }
            try transaction.append(.identity(heeding))
            return heeding
        }
    }
}
