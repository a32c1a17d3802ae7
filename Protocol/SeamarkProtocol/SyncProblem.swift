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

extension SyncProblem {
    /// Its number in `SPEC.md` section 8; nil where the connection ended and nobody said anything wrong.
    public var code: Problem.Code? {
        switch self {
        case .closedBeforeGreeting, .cut: nil
        case .server(let problem): problem.code
        case .blockRefused(let code): code
        case .epochRenewed: .epochRenewed
        case .noCommonVersion, .forgedServerKey, .replacedServerKey, .forgedReceipt, .forgedOrder, .unexpected, .streamRefused, .badEntry, .logDiffers,
            .digestDiffers, .digestsContradict:
            finding
        }
    }

    /// What the device found wrong by itself in what it was given; nil where the server named a problem, or nobody did.
    public var finding: Problem.Code? {
        switch self {
        case .closedBeforeGreeting, .cut, .server, .blockRefused, .epochRenewed: nil
        case .noCommonVersion: .noCommonVersion
        case .unexpected, .streamRefused: .unexpected
        case .forgedServerKey: Problem.Code(rawValue: 4601)
        case .replacedServerKey: Problem.Code(rawValue: 4602)
        case .forgedReceipt: Problem.Code(rawValue: 4603)
        case .forgedOrder: Problem.Code(rawValue: 4604)
        case .badEntry(_, _, let entry): entry.code
        case .logDiffers: Problem.Code(rawValue: 4610)
        case .digestDiffers: Problem.Code(rawValue: 4611)
        case .digestsContradict: Problem.Code(rawValue: 4612)
        }
    }
}

extension SyncProblem.Entry {
    var code: Problem.Code {
        switch self {
        case .damaged: Problem.Code(rawValue: 4605)
        case .badSignature: Problem.Code(rawValue: 4606)
        case .unknownAuthor: Problem.Code(rawValue: 4607)
        case .notTheBlock: Problem.Code(rawValue: 4608)
        case .missingBlock: Problem.Code(rawValue: 4609)
        }
    }
}
