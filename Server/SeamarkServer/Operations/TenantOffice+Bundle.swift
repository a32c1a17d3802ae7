internal import SeamarkCrypto
internal import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkStore
internal import Synchronization

// A bundle from a device: a push that came on a stick. The whole of it proves genuine before a block of it is looked at; then each block
// goes the way of a push that came over a connection.
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

    /// Blocks that share a transaction, and are in memory together.
    private static let blocksTogether = 16

    /// Takes a device's bundle in, and writes the receipts into `reply`, a new file that this device alone can read.
    ///
    /// The rules, the judging and the quarantine are those of a push over a connection, and so is the code. Importing a bundle again
    /// gives the same receipts and changes nothing.
    public func importBundle(_ path: String, reply: String?) throws -> BundleImport {
        let doing = "importing a bundle"
        do {
            let reader = try BundleReader(path: path, kind: .push, for: keys.bundleKey)
            let header = Digest.sha256(reader.header.bytes)
            let statement = try check(reader, header)
            let name = DeviceName(tenant: statement.tenant, member: statement.member, device: statement.device)
            let (letters, member) = try store.read { snapshot in
                (try snapshot.device(name.device)?.letters ?? "", try Directory(snapshot).handle(of: name.member) ?? name.member.description)
            }
            let counter = BundleCounter(BundleImport(device: letters, member: member, made: statement.made))
            let gate = BundleGate(name, office: self)
            let answers = try reply.map { try BundleWriter(path: $0, kind: .reply, to: statement.link) }
            if let answers {
                let answer = BundleStatement(
                    tenant: name.tenant, member: name.member, device: name.device, made: clock.now(), link: header.bytes)
                try answers.write(answer.signed(by: keys.signingKey, header: Digest.sha256(answers.header.bytes)))
                try answers.write(Message.welcome(try gate.session.welcome()).frame)
            }
            var pushes: [Message.Push] = []
            func take() throws {
                guard !pushes.isEmpty else { return }
                for (changes, answer, isNew) in try gate.take(pushes) {
                    counter.count(changes, answer, isNew: isNew)
                    switch answer {
                    case .receipt(let receipt): try answers?.write(Message.receipt(receipt).frame)
                    case .refused(let refusal): try answers?.write(Message.pushRefused(refusal).frame)
                    }
                }
                pushes = []
            }
            try Self.read(reader) { push in
                pushes.append(push)
                if pushes.count == Self.blocksTogether { try take() }
            }
            try take()
            let done = counter.done
            if counter.hasStored {
                let now = clock.now()
                _ = try store.write { try $0.noteAct("bundle.import", detail: "\(name.device) \(done.accepted)", at: now) }
            }
            try answers?.finish()
            return done
        } catch let fault as BundleFault {
            throw fault.failure(doing: doing)
        }
    }

    /// Reads the whole bundle, and whose it is: nothing was done when this throws. Leaves the reader at its beginning.
    private func check(_ reader: BundleReader, _ header: Hash256) throws -> BundleStatement {
        guard let (statement, signature) = try Self.read(reader, { _ in }) else { throw BundleFault.damaged }
        let device = try store.read { try $0.device(statement.device) }
        guard statement.tenant == keys.tenant, let device, device.member == statement.member,
            statement.isSigned(signature, by: device.signingKey, header: header, SystemPrimitives())
        else {
            throw OperationFailure(
                .badInput, doing: "importing a bundle", wrong: "no device of this tenant signed it", remedy: "ask its sender to make it anew")
        }
        try reader.rewind()
        return statement
    }

    /// Hands out each push of a bundle, one at a time; anything else in it is damage.
    @discardableResult
    private static func read(_ reader: BundleReader, _ body: (Message.Push) throws -> Void) throws -> (BundleStatement, [UInt8])? {
        var decoder = BundleDecoder()
        while let part = try reader.next() {
            decoder.append(part)
            while let message = try message(&decoder) {
                guard case .push(let push) = message else { throw BundleFault.damaged }
                try body(push)
            }
        }
        guard decoder.isWhole, let statement = decoder.statement else { throw BundleFault.damaged }
        return (statement, decoder.signature)
    }

    private static func message(_ decoder: inout BundleDecoder) throws(BundleFault) -> Message? {
        do throws(Problem) { return try decoder.next() } catch { throw .damaged }
    }
}

/// Counts what became of the changes of a bundle.
private final class BundleCounter {
    private(set) var done: TenantOffice.BundleImport
    /// Something is there that was not there before.
    private(set) var hasStored = false

    init(_ done: TenantOffice.BundleImport) { self.done = done }

    func count(_ changes: Int, _ answer: ServerSession.PushAnswer, isNew: Bool) {
        switch answer {
        case .receipt where !isNew: done.present += changes
        case .receipt(let receipt):
            hasStored = true
            for verdict in receipt.verdicts {
                switch verdict {
                case .accepted: done.accepted += 1
                case .duplicate: done.present += 1
                case .refused(let refusal): done.hold(refusal)
                }
            }
        case .refused(let refusal):
            switch refusal.code {
            case .notStaffed, .deviceRevoked:
                hasStored = true
                done.hold(Refusal(rawValue: refusal.code.rawValue), changes)
            case _: done.refuse(refusal.code, changes)
            }
        }
    }
}

/// The way of a push from a bundle: the session of its device, as behind the tenant's door, with a writer that works when it is told to.
private final class BundleGate: Sendable {
    let session: DeviceSession
    private let scheduled: Scheduled
    private let primitives = SystemPrimitives()

    private final class Scheduled: Sendable {
        let work = Mutex<[@Sendable () -> Void]>([])

        func run() { for body in work.withLock({ work in defer { work = [] }; return work }) { body() } }
    }

    init(_ name: DeviceName, office: TenantOffice) {
        let scheduled = Scheduled()
        let keys = office.keys
        var desk = TenantDesk(
            store: office.store, clock: office.clock, primitives: primitives, signer: keys.signingKey, endorse: { keys.authority.key.sign($0) },
            schedule: { body in scheduled.work.withLock { $0.append(body) } }, noteContact: { _, _ in })
        desk.bundleKey = keys.certifiedBundleKey
        session = DeviceSession(name, of: desk)
        self.scheduled = scheduled
    }

    /// Takes pushes in, in one transaction. For each: its changes, the answer, and whether its entry is a new one.
    func take(_ pushes: [Message.Push]) throws -> [(changes: Int, answer: ServerSession.PushAnswer, isNew: Bool)] {
        let results = Mutex<[Result<DeviceSession.Pushed, any Error>]>([])
        var counts: [Int] = []
        for push in pushes {
            let opened = session.open(push)
            if case .block(let block, _, _) = opened { counts.append(block.changes.count) } else { counts.append(1) }
            session.push(.success(opened)) { result in results.withLock { $0.append(result) } }
        }
        scheduled.run()
        return try zip(counts, results.withLock { $0 }).map { changes, result in
            let pushed = try result.get()
            var isNew = false
            if case .decided(_, _, let decision) = pushed, case .appended = decision.outcome { isNew = true }
            return (changes, session.answer(to: pushed), isNew)
        }
    }
}

extension BundleFault {
    func failure(doing: String) -> OperationFailure {
        switch self {
        case .notABundle:
            OperationFailure(.badInput, doing: doing, wrong: "it is no bundle of Seamark", remedy: "name a file that seamark bundle export wrote")
        case .newerVersion: OperationFailure(.badInput, doing: doing, wrong: "a newer version made it", remedy: "use that version of seamark-server, or a newer one")
        case .otherKind:
            OperationFailure(.badInput, doing: doing, wrong: "it is a reply, which goes to the laptop", remedy: "name a file that seamark bundle export wrote")
        case .otherRecipient: OperationFailure(.badInput, doing: doing, wrong: "it is sealed to another tenant", remedy: "name its tenant with --tenant")
        case .cutShort: OperationFailure(.badInput, doing: doing, wrong: "the file ends before the bundle does", remedy: "copy it again, whole")
        case .damaged:
            OperationFailure(
                .badInput, doing: doing, wrong: "it is not as it was written: damaged, or altered by somebody; nothing of it was taken in",
                remedy: "copy it again, or make it anew")
        case .exists: OperationFailure(.cannotWrite, doing: doing, wrong: "the file for the reply is there already", remedy: "choose another name")
        case .noEntropy: OperationFailure(.exhausted, doing: doing, wrong: "the system gives no random bytes", remedy: "try again")
        case .system(2): OperationFailure(.notFound, doing: doing, wrong: "there is no such file or folder", remedy: "check its name")
        case .system(let code): PrivateFile.failure(code, doing: doing)
        }
    }
}
