package import SeamarkCrypto
package import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkStore
internal import Synchronization

/// Takes bundles in: the whole of one proves genuine before a block of it is looked at; then each block goes the way of a push that came
/// over a connection, with a writer that works when it is told to.
package struct BundleReception: Sendable {
    private let tenant: Identifier
    private let key: AgreementKey
    private let desk: TenantDesk
    private let scheduled: Scheduled

    private final class Scheduled: Sendable {
        let work = Mutex<[@Sendable () -> Void]>([])

        func run() { for body in work.withLock({ work in defer { work = [] }; return work }) { body() } }
    }

    /// - Parameters:
    ///   - key: the tenant's, to which bundles are sealed.
    ///   - desk: makes the tenant's desk, with a writer on this schedule.
    package init(tenant: Identifier, key: AgreementKey, desk: (@escaping TenantWriter.Schedule) -> TenantDesk) {
        let scheduled = Scheduled()
        self.tenant = tenant
        self.key = key
        self.scheduled = scheduled
        self.desk = desk { body in scheduled.work.withLock { $0.append(body) } }
    }

    /// Blocks that share a transaction, and are in memory together.
    private static let blocksTogether = 16

    /// Takes a device's bundle in, and writes the receipts into `reply`, a new file that this device alone can read. Throws `BundleFault` and
    /// `OperationFailure`.
    ///
    /// - Parameters:
    ///   - isTrial: whether the reply could be written is looked at, and none is. The desk's store is a rehearsal.
    ///   - settle: called before the reply counts. What was taken in stays where it throws, and is answered to when the bundle comes again.
    package func take(_ path: String, reply: String?, isTrial: Bool = false, settle: () throws -> Void = {}) throws -> TenantOffice.BundleImport {
        let reader = try BundleReader(path: path, kind: .push, for: key)
        let header = Digest.sha256(reader.header.bytes)
        let statement = try check(reader, header)
        let name = DeviceName(tenant: statement.tenant, member: statement.member, device: statement.device)
        let (device, member) = try desk.store.read { snapshot in
            (try snapshot.device(name.device), try Directory(snapshot).handle(of: name.member) ?? name.member.description)
        }
        let counter = BundleCounter(TenantOffice.BundleImport(device: device?.letters ?? "", member: member, made: statement.made))
        let session = DeviceSession(name, of: desk, issued: device?.certificateIssued ?? .max)
        if isTrial, let reply { try BundleWriter.requirePlace(reply) }
        let answers = try (isTrial ? nil : reply).map { try BundleWriter(path: $0, kind: .reply, to: statement.link) }
        if let answers {
            let answer = BundleStatement(
                tenant: name.tenant, member: name.member, device: name.device, made: desk.clock.now(), link: header.bytes)
            try answers.write(answer.signed(by: desk.signer, header: Digest.sha256(answers.header.bytes)))
            try answers.write(Message.welcome(try session.welcome()).frame)
        }
        var pushes: [Message.Push] = []
        func take() throws {
            guard !pushes.isEmpty else { return }
            for (changes, answer, isNew) in try push(pushes, session) {
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
            let now = desk.clock.now()
            _ = try desk.store.write { try $0.noteAct("bundle.import", detail: "\(name.device) \(done.accepted)", at: now) }
        }
        if let answers {
            try settle()
            try answers.finish()
        }
        return done
    }

    /// Reads the whole bundle, and whose it is: nothing was done when this throws. Leaves the reader at its beginning.
    private func check(_ reader: BundleReader, _ header: Hash256) throws -> BundleStatement {
        guard let (statement, signature) = try Self.read(reader, { _ in }) else { throw BundleFault.damaged }
        let device = try desk.store.read { try $0.device(statement.device) }
        guard statement.tenant == tenant, let device, device.member == statement.member,
            statement.isSigned(signature, by: device.signingKey, header: header, desk.primitives)
        else {
            throw OperationFailure(
                .badInput, doing: "importing a bundle", wrong: "no device of this tenant signed it", remedy: "ask its sender to make it anew; where seamark-server status tells of a device that the store does not know, take that back first",
                problem: BundleFault.forged)
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

    /// Takes pushes in, in one transaction. For each: its changes, the answer, and whether its entry is a new one.
    private func push(_ pushes: [Message.Push], _ session: DeviceSession) throws -> [(changes: Int, answer: ServerSession.PushAnswer, isNew: Bool)] {
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
            if case .decided(_, _, bytes: _, let decision) = pushed, case .appended = decision.outcome { isNew = true }
            return (changes, session.answer(to: pushed), isNew)
        }
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
            case .notStaffed, .deviceRevoked, .outdatedSchema:
                hasStored = true
                done.hold(Refusal(rawValue: refusal.code.rawValue), changes)
            case _: done.refuse(refusal.code, changes)
            }
        }
    }
}
