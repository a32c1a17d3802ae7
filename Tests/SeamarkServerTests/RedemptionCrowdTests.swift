import Dispatch
import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkStore
import Synchronization
import Testing

@testable import SeamarkServer

/// Many who redeem invitations at the same moment, through the enrolment door itself: each with a request, a proof for its own connection and a key,
/// and each that gets in with a certificate.
///
/// In the ordinary suite sixty invitations; with `SEAMARK_REDEMPTIONS` in the environment a thousand.
@Suite struct RedemptionCrowdTests {
    private static let invitations = ProcessInfo.processInfo.environment["SEAMARK_REDEMPTIONS"] == nil ? 60 : 1_000
    private static let rivals = 64

    /// One who tries every invitation: its keys serve for all of them, its proof for one connection alone.
    private struct Redeemer: Sendable {
        let key: CertificateKey
        let signing: SigningKey
        let request: [UInt8]

        init() throws {
            key = try CertificateKey.generate()
            signing = try SigningKey.generate()
            request = CertificateSigningRequest(for: key).der
        }

        /// As a connection does it: the session checks the proof, the door decides.
        func redeem(_ token: [UInt8], at door: EnrolmentDoor, spoil: Bool = false) throws -> Message {
            let binding = try Randomness.bytes(32)
            let proof = signing.sign(Message.Enrol.message(binding: binding, request: request))
            let message = Message.enrol(Message.Enrol(token: token, request: request, signingKey: signing.publicKey, proof: proof, deviceName: "laptop"))
            var session = EnrolmentDoorSession()
            _ = session.began(now: 0)
            let heard = spoil ? try Randomness.bytes(32) : binding
            let actions = session.received(try Message(payload: message.payload), binding: heard, SystemPrimitives())
            if case .close(let problem?)? = actions.first { return .problem(problem) }
            guard case .enrol(let enrol)? = actions.first else { throw RawSocket.Ended.refused }
            let done = DispatchSemaphore(value: 0)
            let answer = Mutex<Result<EnrolmentDoor.Answer, any Error>?>(nil)
            door.enrol(enrol) { result in
                answer.withLock { $0 = result }
                done.signal()
            }
            done.wait()
            switch try answer.withLock(\.self)?.get() {
            case .enrolled(let enrolled)?:
                guard case .send(let message)? = session.enrolled(enrolled).first else { throw RawSocket.Ended.refused }
                return message
            case .refused(let problem)?:
                guard case .close(let problem?)? = session.refused(problem).first else { throw RawSocket.Ended.refused }
                return .problem(problem)
            case .renewed?, nil: throw RawSocket.Ended.refused
            }
        }
    }

    private struct Won: Sendable {
        let invitation: Int
        let enrolled: Message.Enrolled
        let key: CertificateKey
    }

    private struct Outcome: Sendable {
        let won: [Won]
        let refusals: [Problem.Code: Int]
    }

    @Test func `invitations that sixty-four each redeem at once through the door give exactly one certificate each, and each its own device`() async throws {
        let (invitations, rivals) = (Self.invitations, Self.rivals)
        let yard = try Yard()
        let office = try yard.addTenant("halden")
        let folder = try #require(try yard.directory.tenantFolders().first).folder
        let tenant = try OpenTenant(opening: folder, under: yard.keyFolder, clock: yard.clock.wall)
        let member = try #require(try office.members().first { $0.handle == "anna" }).id
        let tokens = try (0..<invitations).map { _ in try Randomness.bytes(Invitations.tokenBytes) }
        try tenant.store.write { transaction in
            for token in tokens { try transaction.addInvitation(token: Invitations.hash(token), member: member, made: 0, expires: .max) }
        }
        let door = EnrolmentDoor(tenant: tenant)
        let began = ContinuousClock.now
        let (won, refusals) = try await blocking { () -> ([Won], [Problem.Code: Int]) in
            let gates = tokens.map { _ in Gate(rivals) }
            let results = try Crowd.each(rivals) { _ -> Outcome in
                let redeemer = try Redeemer()
                var won: [Won] = []
                var refusals: [Problem.Code: Int] = [:]
                for (number, token) in tokens.enumerated() {
                    gates[number].pass()
                    switch try redeemer.redeem(token, at: door) {
                    case .enrolled(let enrolled): won.append(Won(invitation: number, enrolled: enrolled, key: redeemer.key))
                    case .problem(let problem): refusals[problem.code, default: 0] += 1
                    case _: throw RawSocket.Ended.refused
                    }
                }
                return Outcome(won: won, refusals: refusals)
            }
            // Nobody without a proof for this connection, with whatever invitation.
            guard case .problem(let problem) = try Redeemer().redeem(tokens[0], at: door, spoil: true), problem.code == .badProof else { throw RawSocket.Ended.refused }
            let refusals = results.reduce(into: [Problem.Code: Int]()) { $0.merge($1.refusals, uniquingKeysWith: +) }
            return (results.flatMap(\.won), refusals)
        }
        print("redemptions: \(invitations * rivals) in \(ContinuousClock.now - began)")
        #expect(won.map(\.invitation).sorted() == Array(0..<invitations))
        #expect(refusals == [.usedInvitation: invitations * (rivals - 1)])
        let authority = tenant.keys.authority.certificate
        var seen: (certificates: Set<Hash256>, devices: Set<Identifier>, letters: Set<String>) = ([], [], [])
        for one in won {
            let (enrolled, key) = (one.enrolled, one.key)
            let certificate = try Certificate(der: enrolled.certificate)
            try certificate.check(issuedBy: authority, for: .client, at: WallClock.system.seconds)
            #expect(certificate.publicKey == key.publicKey && certificate.onlyURI.flatMap { DeviceName(uri: $0) }?.device == enrolled.device)
            seen.certificates.insert(certificate.fingerprint)
            seen.devices.insert(enrolled.device)
            seen.letters.insert(enrolled.letters)
        }
        #expect(seen.certificates.count == invitations && seen.devices.count == invitations && seen.letters.count == invitations)
        let rows = try tenant.store.read { try $0.devices() }
        #expect(rows.count == invitations && Set(rows.map(\.certificate)) == seen.certificates && Set(rows.map(\.id)) == seen.devices)
        // Each was tried again, by somebody with other keys: each waits for its words.
        #expect(rows.allSatisfy { $0.awaitsConfirmation })
        let acts = try tenant.store.read { try $0.audit() }.reduce(into: [String: Int]()) { $0[$1.act, default: 0] += 1 }
        #expect(acts["device.enrol"] == invitations && acts["invitation.reused"] == invitations && acts["device.freeze"] == invitations)
        try tenant.store.close()
        #expect(try office.verify().holds && office.verifyAudit().holds)
    }
}
