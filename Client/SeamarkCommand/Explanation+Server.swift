import ArgumentParser
import Glibc
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

/// What a server said, or did not.
extension Explanation {
    /// Of enrolling: a sync says by itself what became of a renewal.
    init(_ error: DoorFailure) {
        self =
            switch error {
            case .network(.serverNotGenuine):
                Explanation(
                    .serverRefused,
                    "This is not the server that was pinned: it does not prove the name and key that the invitation gives. Nothing was sent, and the invitation still serves. "
                        + "Paste the whole line as it was sent. If it was whole, somebody else may answer at that address: do not go on from this network; tell headquarters.")
            case .network(let failure): Explanation(failure, kept: "This device is not enrolled; the invitation still serves.")
            case .problem(let problem): Explanation(.serverRefused, Self.enrolling(problem))
            case .badAnswer(let words): Explanation(.serverRefused, "The server's answer does not hold together: \(words). Nothing was stored; tell headquarters.")
            }
    }

    private static func enrolling(_ problem: Problem) -> String {
        switch problem.code {
        case .unknownInvitation: "The server does not know this invitation. Check that the whole line was pasted, or ask headquarters for a new one."
        case .expiredInvitation: "This invitation has expired. Ask headquarters for a new one; it serves for a short time only."
        case .invitationOfAnotherRole: "This invitation was made for another role than you have now. Nothing was used up; ask headquarters for a new one."
        case .usedInvitation: "This invitation was used already. If that was not you, tell headquarters at once; otherwise ask for a new one."
        case _: "The server would not enrol this device (\(problem.code.rawValue)). Ask headquarters for a new invitation."
        }
    }

    init(_ error: SyncRun.Failure) {
        let kept = error.acknowledged == 0
            ? "All work stays on this device." : "\(counted(error.acknowledged, "change")) arrived safely; everything else stays on this device."
        switch error.cause {
        case .network(let failure): self = Explanation(failure, kept: kept).naming(error.problem?.rawValue)
        case .sync(let problem): self = Explanation(problem, kept: kept).naming(error.problem?.rawValue)
        case .renewal(let problem):
            self.init(.serverRefused, "This device's certificate has expired, and was not renewed. \(Self.words(problem)) \(kept) 'seamark bundle export' writes its work to a file for headquarters.")
        case .stopped: self.init(.interrupted, "Stopped. \(kept) The next sync goes on where this one stopped.")
        }
    }

    init(_ failure: NetworkFailure, kept: String) {
        self =
            switch failure {
            case .exhausted:
                Explanation(.exhausted, "The system gives no more open files or memory to connect with. \(kept) Close other programs, or raise the limit (ulimit -n), then try again.")
            case .unreachable: Explanation(.unreachable, "The server does not answer. \(kept) Try again when there is a connection.")
            case .cut: Explanation(.unreachable, "The connection broke. \(kept) Try again; it goes on where it stopped.")
            case .serverNotGenuine: Explanation(.serverRefused, "This is not the server that was pinned: its certificate is another. Nothing was sent. \(kept) Do not go on from this network; tell headquarters. If headquarters replaced the server's authority while this laptop was away, hand the work in with seamark bundle export, and ask for a new invitation.")
            case .clockDiffers:
                Explanation(
                    .serverRefused,
                    "By this laptop's clock the server's certificate is not valid yet, or no more. Nothing was sent. \(kept) Look what 'date' says: if it is wrong, set the clock and try again; if it is right, tell headquarters that the server's clock or certificate is wrong.")
            case .refusedByServer: Explanation(.serverRefused, "The server refused this device's certificate. \(kept) It may be of another installation; ask headquarters.")
            case .certificateExpired:
                Explanation(.serverRefused, "The server takes this device's certificate for expired, though it was renewed just now. \(kept) Check the server's clock, or ask headquarters.")
            case .notSeamark: Explanation(.serverRefused, "What answers there does not speak Seamark's protocol. \(kept) Check the address, or update Seamark.")
            }
    }

    init(_ problem: SyncProblem, kept: String) {
        self =
            switch problem {
            case .closedBeforeGreeting: Explanation(.serverRefused, "The server closed without a greeting: it does not take this device's certificate. \(kept) Ask headquarters.")
            case .cut: Explanation(.unreachable, "The connection broke. \(kept) Try again; it goes on where it stopped.")
            case .noCommonVersion: Explanation(.serverRefused, "The server speaks another version of the protocol. \(kept) Update Seamark.")
            case .forgedOrder:
                Explanation(.serverRefused, "The server ordered this laptop wiped, and headquarters did not sign that. Nothing was wiped. \(kept) Do not go on from this network; tell headquarters.")
            case .replacedServerKey:
                Explanation(.serverRefused, "The server signs with a key that headquarters had replaced: it was put back to before that, or is not headquarters'. Nothing was sent. \(kept) Tell headquarters: 'seamark-server tenant signing-key replace' makes another one.")
            case .forgedServerKey, .forgedReceipt: Explanation(.serverRefused, "What the server signed does not verify. \(kept) Tell headquarters: this is not as it should be.")
            case .server(let problem): Explanation(.serverRefused, Self.words(problem) + " \(kept)")
            case .epochRenewed: Explanation(.busy, "The server's log was put back again and again while this sync ran. \(kept) Try again.")
            case .blockRefused(.handedInTooMuch):
                Explanation(.serverRefused, "The server takes no more from this laptop today: it has handed in as much as a laptop may within a day. \(kept) Sync again tomorrow; if nobody captured or imported so much here, tell headquarters.")
            case .blockRefused(let code):
                Explanation(.serverRefused, "The server does not take this device's work of one engagement as it is (\(code.rawValue)); what it took and had of other engagements is in. \(kept) Tell headquarters, and hand in the rest with 'seamark bundle export' if they ask for it.")
            case .unexpected, .streamRefused:
                Explanation(.serverRefused, "Server and device do not agree on the protocol. \(kept) Try again; if it stays, tell headquarters.")
            case .badEntry(_, let position, _): Explanation(.serverRefused, "Entry \(position) of the server's log does not hold together and was not taken. \(kept) Tell headquarters.")
            case .logDiffers(_, let position): Explanation(.serverRefused, "The server's log differs from what this device has read, at entry \(position). \(kept) Tell headquarters.")
            case .digestDiffers: Explanation(.serverRefused, "After reading the same log, device and server hold different states, and it could not be found out who is wrong. \(kept) Run 'seamark verify' and tell headquarters.")
            case .digestsContradict: Explanation(.serverRefused, "What the server says of its records contradicts itself. Nothing here was changed for it. \(kept) Tell headquarters: this is not as it should be.")
            }
    }

    private static func words(_ problem: Problem) -> String {
        switch problem.code {
        case .serverFault: "The server had a fault of its own and stored nothing of this step. Try again later."
        case .serverFull: "The server's disk is full, so it stored nothing of this step. Headquarters must make room there. Try again afterwards."
        case .storeDamaged: "The server's store of this client is damaged: it takes and gives nothing until headquarters restores it from a backup. Tell headquarters."
        case .tooSlow: "The server waited too long and closed. Try again."
        case .deviceRevoked: "This device was revoked. Ask headquarters."
        case .unknownDevice: "Headquarters' store does not know this laptop, though headquarters enrolled it: the store was put back to an older copy. Do not wipe this laptop, and tell headquarters, who can take it back by the six words that 'seamark status' shows; a new invitation does not bring its work in."
        case .awaitsConfirmation: "Headquarters must confirm this device before it goes on. Run 'seamark sync' again; it shows the words to read to headquarters."
        case .renewalsUsedUp: "The server renewed this device's certificate several times within an hour. Try again in an hour; if nobody tried so often, tell headquarters: somebody else may hold a copy of this laptop's store."
        case .unknownCertificate, .badProof: "The server does not know this device. Ask headquarters for a new invitation."
        case .outdatedSchema: "This Seamark is too old to write. Update it; the work is kept."
        case .tooOldToRead: "This Seamark is too old to read here. What it captured was handed in; update it."
        case _: "The server named a problem (\(problem.code.rawValue))."
        }
    }
}
