import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport
import Testing

/// The server's two doors and the device's enrolment: event, expected actions.
@Suite struct DoorTests {
    static let welcome: Message.Welcome = {
        guard case .welcome(let welcome) = FrameTests.messages(1)[1] else { preconditionFailure("the second is a greeting") }
        return welcome
    }()
    static let messages = FrameTests.messages(2)
    static func pick(_ kind: String) -> Message {
        guard let message = messages.first(where: { Voyage.kind($0).hasPrefix(kind) }) else { preconditionFailure("one of each kind") }
        return message
    }
    static func code(_ actions: [ServerSession.Action]) -> Problem.Code? { if case .close(let problem)? = actions.first { problem?.code } else { nil } }

    @Test func `the server greets, takes notes, pushes and pulls, and answers in order`() {
        var session = ServerSession()
        #expect(session.began() == [.prepareWelcome])
        #expect(session.welcomed(Self.welcome) == [.send(.welcome(Self.welcome))])
        guard case .status(let status) = Self.pick("status"), case .push(let push) = Self.pick("push"), case .pull(let pull) = Self.pick("pull"),
            case .receipt(let receipt) = Self.pick("receipt"), case .entries(let entries) = Self.pick("entries")
        else { return }
        #expect(session.received(.status(status)) == [.note(status)])
        #expect(session.received(.push(push)) == [.push(push)])
        #expect(session.received(.pull(pull)) == [.pull(pull)])
        #expect(session.pushed(.receipt(receipt)) == [.send(.receipt(receipt))])
        #expect(session.pulled(.entries(entries)) == [.send(.entries(entries))])
        let unknown = Problem(.unknownCursor, "no")
        #expect(session.received(.pull(pull)) == [.pull(pull)])
        #expect(session.pulled(.refused(unknown)) == [.send(.problem(unknown))])
        #expect(!session.isClosed)
        #expect(session.ended(Problem(.deviceRevoked, "x")) == [.close(Problem(.deviceRevoked, "x"))])
        #expect(session.received(.push(push)).isEmpty && session.pushed(.receipt(receipt)).isEmpty && session.ended(nil).isEmpty)
    }

    @Test func `a frame before the greeting, and one that only a server says, end the session`() {
        for message in Self.messages {
            var early = ServerSession()
            _ = early.began()
            #expect(Self.code(early.received(message)) == .unexpected)
            #expect(early.welcomed(Self.welcome).isEmpty)
            var session = ServerSession()
            _ = session.began()
            _ = session.welcomed(Self.welcome)
            let actions = session.received(message)
            switch message {
            case .status, .push, .pull, .attachment(.offer), .attachment(.chunk), .attachment(.wanted), .donate, .watch, .compare, .dispute:
                #expect(!session.isClosed)
            case .problem: #expect(actions == [.close(nil)])
            case .welcome, .receipt, .pushRefused, .entries, .donated, .compared, .settled, .door, .enrol, .enrolled, .renew, .renewed, .attachment(.held),
                .attachment(.refused),
                .news:
                #expect(Self.code(actions) == .unexpected)
            }
        }
    }

    @Test func `the server stops reading at sixty-four unanswered requests and goes on when they are answered`() {
        var session = ServerSession()
        _ = session.began()
        _ = session.welcomed(Self.welcome)
        for count in 0..<64 {
            #expect(session.isFull == (count >= 64))
            _ = session.received(Self.pick("push"))
        }
        #expect(session.isFull)
        guard case .pushRefused(let refusal) = Self.pick("refused") else { return }
        #expect(session.pushed(.refused(refusal)) == [.send(.pushRefused(refusal))])
        #expect(!session.isFull)
        #expect(Self.code(session.failed()) == .serverFault)
    }

    // MARK: The enrolment door

    static let key = SigningKey(seed: SecretBytes(copying: Array(repeating: 5, count: 32)))
    static let binding = Array(repeating: UInt8(1), count: 32)
    static let request: [UInt8] = [1, 2]

    static func enrol(signing message: [UInt8] = Message.Enrol.message(binding: binding, request: request)) -> Message {
        .enrol(Message.Enrol(token: Array(repeating: 1, count: 16), request: request, signingKey: key.publicKey, proof: key.sign(message), deviceName: ""))
    }

    static func renew(signing message: [UInt8] = Message.Renew.message(binding: binding, request: request)) -> Message {
        .renew(Message.Renew(certificate: [7], request: request, signingKey: key.publicKey, proof: key.sign(message)))
    }

    /// What a new door says to `message`.
    static func door(_ message: Message) -> (session: EnrolmentDoorSession, actions: [EnrolmentDoorSession.Action]) {
        var door = EnrolmentDoorSession()
        #expect(door.began(now: 3) == [.send(.door(Message.Door(time: 3)))])
        let actions = door.received(message, binding: binding, Voyage.primitives)
        return (door, actions)
    }

    static func code(_ actions: [EnrolmentDoorSession.Action]) -> Problem.Code? { if case .close(let problem)? = actions.first { problem?.code } else { nil } }

    @Test func `the enrolment door takes one enrolment with a proof for this very connection`() {
        guard case .enrolled(let enrolled) = Self.pick("enrolled"), case .enrol(let enrol) = Self.enrol() else { return }
        var (door, actions) = Self.door(.enrol(enrol))
        #expect(actions == [.enrol(enrol)])
        #expect(door.enrolled(enrolled) == [.send(.enrolled(enrolled)), .close(nil)])
        #expect(door.enrolled(enrolled).isEmpty && door.received(.enrol(enrol), binding: Self.binding, Voyage.primitives).isEmpty)
        let elsewhere = Message.Enrol.message(binding: Array(repeating: 2, count: 32), request: Self.request)
        #expect(Self.code(Self.door(Self.enrol(signing: elsewhere)).actions) == .badProof)
        for message in Self.messages {
            switch message {
            case .enrol, .renew: continue
            case _: #expect(Self.code(Self.door(message).actions) == .unexpected)
            }
        }
    }

    @Test func `the enrolment door takes one renewal with a proof for this very connection, and none that was made to enrol`() {
        guard case .renew(let renew) = Self.renew() else { return }
        let renewed = Message.Renewed(certificate: [9])
        var (door, actions) = Self.door(.renew(renew))
        #expect(actions == [.renew(renew)])
        #expect(door.renewed(renewed) == [.send(.renewed(renewed)), .close(nil)])
        #expect(door.renewed(renewed).isEmpty && door.received(.renew(renew), binding: Self.binding, Voyage.primitives).isEmpty)
        let other = Array(repeating: UInt8(2), count: 32)
        for wrong in [
            Message.Renew.message(binding: other, request: Self.request), Message.Renew.message(binding: Self.binding, request: [1, 3]),
            Message.Enrol.message(binding: Self.binding, request: Self.request),
        ] { #expect(Self.code(Self.door(Self.renew(signing: wrong)).actions) == .badProof) }
        #expect(Self.code(Self.door(Self.enrol(signing: Message.Renew.message(binding: Self.binding, request: Self.request))).actions) == .badProof)
        // A second one while the first is being decided.
        var (busy, _) = Self.door(.renew(renew))
        #expect(Self.code(busy.received(Self.enrol(), binding: Self.binding, Voyage.primitives)) == .unexpected)
        #expect(busy.renewed(renewed).isEmpty)
        var (refusing, _) = Self.door(.renew(renew))
        #expect(Self.code(refusing.refused(Problem(.deviceRevoked, "x"))) == .deviceRevoked)
        #expect(refusing.renewed(renewed).isEmpty, "a certificate after a refusal")
    }

    @Test func `a device enrols after the door's greeting and not before, and adopts one answer`() {
        guard case .enrol(let enrol) = Self.pick("enrol"), case .enrolled(let enrolled) = Self.pick("enrolled") else { return }
        Self.visits({ DoorVisit(enrol) }, asking: .enrol(enrol), hearing: .enrolled(enrolled), adopting: enrolled, not: Self.pick("renewed"))
    }

    @Test func `a device asks for its next certificate after the door's greeting and not before, and adopts one answer`() {
        guard case .renew(let renew) = Self.renew(), case .renewed(let renewed) = Self.pick("renewed") else { return }
        Self.visits({ DoorVisit(renew) }, asking: .renew(renew), hearing: .renewed(renewed), adopting: renewed, not: Self.pick("enrolled"))
    }

    private static func visits<Answer>(
        _ visit: () -> DoorVisit<Answer>, asking request: Message, hearing answer: Message, adopting adopted: Answer, not other: Message
    ) {
        let greeting = Message.door(Message.Door(time: 1))
        var session = visit()
        #expect(session.received(greeting) == [.send(request)])
        #expect(session.received(answer) == [.adopt(adopted)])
        #expect(session.received(answer).isEmpty)
        var early = visit()
        #expect(early.received(answer) != [.adopt(adopted)])
        var refused = visit()
        _ = refused.received(greeting)
        #expect(refused.received(.problem(Problem(.usedInvitation, "x"))) == [.fail(Problem(.usedInvitation, "x"))])
        var old = visit()
        #expect(old.received(.door(Message.Door(version: 9, leastVersion: 2, time: 1))) != [.send(request)])
        var puzzled = visit()
        _ = puzzled.received(greeting)
        guard case .fail(let problem)? = puzzled.received(other).first else {
            Issue.record("taken for an answer")
            return
        }
        #expect(problem.code == .unexpected)
    }

    @Test func `what the gate lets through is whole, the device's own, of the scope said, signed, and fits a frame when it is read`() throws {
        let primitives = Voyage.primitives
        func code(_ block: Block, scope: Identifier = Clash.scope, from device: Identifier = Clash.device(1), sensitive: [UInt8]? = nil) -> Problem.Code? {
            do {
                _ = try PushGate.open(
                    Message.Push(scope: scope, block: block.bytes, sensitive: sensitive ?? SensitivePart.encode(block.sensitiveParts, primitives)), from: device,
                    signingKey: Voyage.key(1).publicKey, primitives)
                return nil
            } catch { return error.code }
        }
        func seal(_ edits: [Edit], by key: Int = 1) -> Block {
            let change = Change(
                scope: Clash.scope, stamp: Stamp(time: 1, device: Clash.device(1)), member: .zero, schema: 1, edits: edits, primitives: primitives)
            return Block.seal(
                [change], in: StreamName(device: Clash.device(1), incarnation: 1, scope: Clash.scope), after: .beginning, by: Voyage.key(key), primitives)
        }
        var dice = SplitMix64(seed: 4)
        func secret(_ count: Int) -> Edit {
            Edit(
                record: Clash.record(1), type: 1, target: .field(1),
                content: .sensitive(SensitiveValue(salt: dice.identifier(), value: .bytes((0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) }))))
        }
        let block = seal([secret(3)])
        #expect(code(block) == nil)
        #expect(code(block, from: Clash.device(2)) == .foreignStream)
        #expect(code(block, scope: .zero) == .unknownScope)
        #expect(code(seal([secret(3)], by: 2)) == .badSignature)
        #expect(code(block, sensitive: []) == .damagedBlock)
        #expect(code(seal((0..<15).map { _ in secret(65_000) })) == nil)
        #expect(code(seal((0..<16).map { _ in secret(65_000) })) == .damagedBlock)
    }
}
