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
            case .welcome, .receipt, .pushRefused, .entries, .donated, .compared, .settled, .door, .enrol, .enrolled, .attachment(.held), .attachment(.refused),
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

    @Test func `the enrolment door takes one enrolment with a proof for this very connection`() {
        let key = SigningKey(seed: SecretBytes(copying: Array(repeating: 5, count: 32)))
        let binding = Array(repeating: UInt8(1), count: 32)
        let enrol = Message.Enrol(
            token: Array(repeating: 1, count: 16), request: [1, 2], signingKey: key.publicKey,
            proof: key.sign(Message.Enrol.message(binding: binding, request: [1, 2])), deviceName: "")
        guard case .enrolled(let enrolled) = Self.pick("enrolled") else { return }
        var door = EnrolmentDoorSession()
        #expect(door.began(now: 3) == [.send(.door(Message.Door(time: 3)))])
        #expect(door.received(.enrol(enrol), binding: binding, Voyage.primitives) == [.enrol(enrol)])
        #expect(door.enrolled(enrolled) == [.send(.enrolled(enrolled)), .close(nil)])
        #expect(door.enrolled(enrolled).isEmpty && door.received(.enrol(enrol), binding: binding, Voyage.primitives).isEmpty)

        var elsewhere = EnrolmentDoorSession()
        _ = elsewhere.began(now: 3)
        guard case .close(let problem)? = elsewhere.received(.enrol(enrol), binding: Array(repeating: 2, count: 32), Voyage.primitives).first else {
            Issue.record("a proof of another connection was taken")
            return
        }
        #expect(problem?.code == .badProof)
        for message in Self.messages {
            if case .enrol = message { continue }
            var door = EnrolmentDoorSession()
            _ = door.began(now: 3)
            guard case .close(let problem)? = door.received(message, binding: binding, Voyage.primitives).first else {
                Issue.record("taken")
                continue
            }
            #expect(problem?.code == .unexpected)
        }
    }

    @Test func `a device enrols after the door's greeting and not before, and adopts one answer`() {
        guard case .enrol(let enrol) = Self.pick("enrol"), case .enrolled(let enrolled) = Self.pick("enrolled") else { return }
        var session = EnrolSession(enrol)
        #expect(session.received(.door(Message.Door(time: 1))) == [.send(.enrol(enrol))])
        #expect(session.received(.enrolled(enrolled)) == [.adopt(enrolled)])
        #expect(session.received(.enrolled(enrolled)).isEmpty)
        var early = EnrolSession(enrol)
        #expect(early.received(.enrolled(enrolled)) != [.adopt(enrolled)])
        var refused = EnrolSession(enrol)
        _ = refused.received(.door(Message.Door(time: 1)))
        #expect(refused.received(.problem(Problem(.usedInvitation, "x"))) == [.fail(Problem(.usedInvitation, "x"))])
        var old = EnrolSession(enrol)
        #expect(old.received(.door(Message.Door(version: 9, leastVersion: 2, time: 1))) != [.send(.enrol(enrol))])
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
