public import SeamarkJournal

/// Why a sync ended early. What is on the device stays there; what has a receipt is safe.
public enum SyncProblem: Error, Equatable, Sendable {
    /// Why an entry of the log is not believed.
    public enum Entry: Error, Equatable, Sendable {
        case damaged(DecodeError)
        case badSignature
        /// `shared` holds no key for the device that wrote it.
        case unknownAuthor
        /// Another block, or another number of changes, than the entry says.
        case notTheBlock
        /// The server sent no bytes for a block that this device does not hold.
        case missingBlock
    }

    /// The connection ended before the server greeted: most often a refused certificate.
    case closedBeforeGreeting
    case cut
    case noCommonVersion
    /// The tenant authority did not sign the server's key.
    case forgedServerKey
    /// The server greets with a key that it had replaced: one that was put back to before that, or whoever stole that key.
    case replacedServerKey
    case forgedReceipt
    /// An order to wipe this device that the tenant did not sign, or that is for another device. It was not obeyed.
    case forgedOrder
    /// The server named a problem.
    case server(Problem)
    /// The server broke the protocol; says how.
    case unexpected(String)
    case blockRefused(Problem.Code)
    /// The server's epoch was renewed while this sync ran, or because of it: sync again.
    case epochRenewed
    /// The stream was renumbered again and again.
    case streamRefused
    case badEntry(scope: Identifier, position: UInt64, Entry)
    case logDiffers(scope: Identifier, position: UInt64)
    /// The states differ, and this device's own log entries do not give one that could be held against the server's; or the server
    /// compares none.
    case digestDiffers(scope: Identifier)
    /// What the server says of its state does not add up.
    case digestsContradict(scope: Identifier)
}
