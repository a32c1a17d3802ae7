internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkStore

// A bundle from a device: a push that came on a stick.
extension TenantOffice {
    /// What became of a bundle.
    public struct BundleImport: Sendable {
        /// The device's letters, and its member's short name.
        public let device: String
        public let member: String
        /// When the bundle was made, by the device's clock: milliseconds since 1970.
        public let made: Int64
        /// Changes that are new in the log and applied.
        public internal(set) var accepted = 0
        /// Changes of blocks that the log held already.
        public internal(set) var present = 0
        /// Changes that are kept in quarantine, and why.
        public internal(set) var quarantined: [Held] = []
        /// Changes of blocks that were not kept at all, by the number of the problem (SPEC section 8).
        public internal(set) var refused: [(code: UInt32, changes: Int)] = []

        public struct Held: Sendable {
            public let reason: UInt32
            public let words: String
            public internal(set) var changes: Int
        }

        mutating func hold(_ refusal: Refusal, _ changes: Int = 1) {
            if let place = quarantined.firstIndex(where: { $0.reason == refusal.rawValue }) {
                quarantined[place].changes += changes
            } else {
                quarantined.append(Held(reason: refusal.rawValue, words: QuarantineReason.words(refusal), changes: changes))
            }
        }

        mutating func refuse(_ code: Problem.Code, _ changes: Int) {
            if let place = refused.firstIndex(where: { $0.code == code.rawValue }) {
                refused[place].changes += changes
            } else {
                refused.append((code.rawValue, changes))
            }
        }
    }

    /// Takes a device's bundle in, and writes the receipts into `reply`, a new file that this device alone can read.
    ///
    /// The rules, the judging and the quarantine are those of a push over a connection, and so is the code. Importing a bundle again
    /// gives the same receipts and changes nothing.
    ///
    /// - Parameter isTrial: all of it is judged, each block over those before it, and taken back: nothing is stored, counted or written to a file.
    public func importBundle(_ path: String, reply: String?, isTrial: Bool = false) throws -> BundleImport {
        do {
            guard !isTrial else { return try store.rehearse { try reception($0).take(path, reply: reply, isTrial: true) } }
            return try reception(store).take(path, reply: reply) { try requirePresentKey(doing: "importing a bundle") }
        } catch {
            let failure: any Error = (error as? BundleFault)?.failure(doing: "importing a bundle") ?? error
            if !isTrial, let number = (failure as? OperationFailure)?.problem { try? note(refusedBundle: number) }
            throw failure
        }
    }

    private func reception(_ store: TenantStore) -> BundleReception {
        let keys = keys
        return BundleReception(tenant: keys.tenant, key: keys.bundleKey) { schedule in
            TenantDesk(
                store: store, clock: clock, primitives: SystemPrimitives(), signer: keys.signingKey, earlier: keys.earlier, endorse: { keys.authority(at: $1).key.sign($0) },
                bundles: (keys.tenant, keys.bundleKey.publicKey), schedule: schedule, noteContact: { _, _ in })
        }
    }

    /// Counted by `status`. The bundle is refused as well where this cannot be written.
    private func note(refusedBundle number: UInt32) throws {
        let now = clock.now()
        _ = try store.write { try $0.noteAct(Self.refusedBundle, detail: "\(number)", at: now) }
    }

    static let refusedBundle = "bundle.refuse"
}

extension BundleFault {
    func failure(doing: String) -> OperationFailure {
        switch self {
        case .notABundle:
            OperationFailure(.badInput, doing: doing, wrong: "it is no bundle of Seamark", remedy: "name a file that seamark bundle export wrote", problem: problem)
        case .newerVersion: OperationFailure(.badInput, doing: doing, wrong: "a newer version made it", remedy: "use that version of seamark-server, or a newer one", problem: problem)
        case .otherKind:
            OperationFailure(.badInput, doing: doing, wrong: "it is a reply, which goes to the laptop", remedy: "name a file that seamark bundle export wrote", problem: problem)
        case .otherRecipient: OperationFailure(.badInput, doing: doing, wrong: "it is sealed to another tenant", remedy: "name its tenant with --tenant", problem: problem)
        case .cutShort: OperationFailure(.badInput, doing: doing, wrong: "the file ends before the bundle does", remedy: "copy it again, whole", problem: problem)
        case .damaged:
            OperationFailure(
                .badInput, doing: doing, wrong: "it is not as it was written: damaged, or altered by somebody; nothing of it was taken in",
                remedy: "copy it again, or make it anew", problem: problem)
        case .exists: OperationFailure(.cannotWrite, doing: doing, wrong: "the file for the reply is there already", remedy: "choose another name")
        case .noEntropy: OperationFailure(.exhausted, doing: doing, wrong: "the system gives no random bytes", remedy: "try again")
        case .system(2): OperationFailure(.notFound, doing: doing, wrong: "there is no such file or folder", remedy: "check its name")
        case .system(let code): PrivateFile.failure(code, doing: doing)
        }
    }
}
