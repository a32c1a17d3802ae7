public import SeamarkJournal

/// The server's side of the tenant's door: one connection whose certificate has been verified.
///
/// It decides; whoever holds it carries out the actions in order and answers each `prepareWelcome`, `note`, `push`, `pull`, `donate`,
/// `compare` and `dispute` in that same order; what comes after a `note` is begun when that is answered. It holds no more than `mostWaiting` unanswered requests: `isFull` says when to stop reading.
public struct ServerSession: Sendable {
    public enum Action: Equatable, Sendable {
        case prepareWelcome
        case send(Message)
        /// The device said where it stands: does the log hold that?
        case note(Message.Status)
        /// Entries of an earlier life of the log.
        case donate(Message.Donation)
        case push(Message.Push)
        case pull(Message.Pull)
        /// Digests of the rows, and rows that the device's log contradicts; each answer is given with `compared`.
        case compare(Message.Compare)
        case dispute(Message.Dispute)
        /// An offer, a chunk or a wish; its answer is given with `attached`.
        case attachment(AttachmentMessage)
        /// Make the greeting anew, outside the order of requests, and answer with `looked`: what `woken` sessions compare with.
        case look
        /// Close with close_notify; with a problem, send that first.
        case close(Problem?)
    }

    /// What became of a push.
    public enum PushAnswer: Equatable, Sendable {
        case receipt(Receipt)
        case refused(Message.PushRefusal)
    }

    /// What became of a pull.
    public enum PullAnswer: Equatable, Sendable {
        case entries(Message.Entries)
        case forecast(Message.ScopeNews)
        /// 4006 or 4007.
        case refused(Problem)
    }

    /// What a device's word on where it stands came to.
    public enum NoteAnswer: Equatable, Sendable {
        /// The log holds every place that it named in the present epoch.
        case held
        /// It does not, and the server's own signature proves that it did: the store was put back to an older copy. The epoch has been renewed.
        case renewed
        /// It does not hold what the device says of these scopes, and nothing proves that it ever did.
        case unproven([Identifier])
        /// The device said that it is wiped, and that is noted down.
        case wiped
    }

    /// What became of a comparison or dispute.
    public enum ComparisonAnswer: Equatable, Sendable {
        case compared(Message.Compared)
        case settled(Message.Settled)
        /// 4006, 4030 or 4091.
        case refused(Problem)
    }

    /// What became of a donation.
    public enum DonationAnswer: Equatable, Sendable {
        case donated(Message.Donated)
        /// 4006 or 4031.
        case refused(Problem)
    }

    public static let mostWaiting = 64

    private enum State: Equatable, Sendable { case new, welcoming, open, closed }

    private var state = State.new
    private var waiting = 0
    private var watch = LogWatch()
    /// How hard headquarters has turned a device away. One that waits must be confirmed before anything is taken or given.
    public enum Dismissal: Int, Comparable, Sendable {
        case none, waiting, revoked, toBeWiped

        public static func < (left: Dismissal, right: Dismissal) -> Bool { left.rawValue < right.rawValue }
    }

    /// What the device was told of that, and what it is to be told.
    private var toldDismissal = Dismissal.none
    private var dismissal = Dismissal.none

    public init() {}

    /// More requests wait for their answers than should: read on when some have been given.
    public var isFull: Bool { waiting >= Self.mostWaiting }

    public var isClosed: Bool { state == .closed }

    /// The handshake is done and the certificate names a device of this tenant.
    public mutating func began() -> [Action] {
        precondition(state == .new, "a session begins once")
        state = .welcoming
        return [.prepareWelcome]
    }

    /// The facts for the greeting are together.
    public mutating func welcomed(_ welcome: Message.Welcome) -> [Action] {
        switch state {
        case .welcoming:
            // A revoked device hears so and may still hand in what it holds.
            state = .open
            watch.greeted(with: welcome)
            toldDismissal = welcome.wipe != nil ? .toBeWiped : welcome.revoked ? .revoked : welcome.awaitsConfirmation ? .waiting : .none
            return [.send(.welcome(welcome))] + dismissed(dismissal)
        case .new, .open, .closed: return []
        }
    }

    /// A whole frame came.
    public mutating func received(_ message: Message) -> [Action] {
        switch state {
        case .new, .welcoming: return end(Problem(.unexpected, "a frame before the server's greeting"))
        case .closed: return []
        case .open:
            switch message {
            case .status(let status):
                waiting += 1
                return [.note(status)]
            case .donate(let donation):
                waiting += 1
                return [.donate(donation)]
            case .push(let push):
                waiting += 1
                return [.push(push)]
            case .pull(let pull):
                waiting += 1
                return [.pull(pull)]
            case .compare(let compare):
                waiting += 1
                return [.compare(compare)]
            case .dispute(let dispute):
                waiting += 1
                return [.dispute(dispute)]
            case .attachment(.offer(let offer)): return attachment(.offer(offer))
            case .attachment(.chunk(let chunk)): return attachment(.chunk(chunk))
            case .attachment(.wanted(let wanted)): return attachment(.wanted(wanted))
            case .watch: return watch.asked() ? [.look] : []
            case .problem: return end(nil)
            case .welcome, .receipt, .pushRefused, .entries, .donated, .compared, .settled, .door, .enrol, .enrolled, .renew, .renewed, .attachment(.held),
                .attachment(.refused), .news:
                return end(Problem(.unexpected, "a frame that only a server sends, or that belongs to enrolment"))
            }
        }
    }

    /// What came was no message.
    public mutating func received(_ problem: Problem) -> [Action] {
        state == .closed ? [] : end(problem)
    }

    /// What the device said of where it stands was looked at. After a renewal it comes again to hand in what is lost.
    public mutating func noted(_ answer: NoteAnswer) -> [Action] {
        guard state == .open else { return [] }
        waiting -= 1
        switch answer {
        case .held: return []
        case .renewed:
            return end(Problem(.epochRenewed, "the log does not hold what this device has read; the epoch was renewed: sync again"))
        case .wiped: return end(nil)
        case .unproven(let scopes):
            return scopes.map { .send(.problem(Problem(.unprovenClaim, "the log does not hold what this device says it has read, and nothing proves that it did", of: $0))) }
        }
    }

    public mutating func compared(_ answer: ComparisonAnswer) -> [Action] {
        guard state == .open else { return [] }
        waiting -= 1
        switch answer {
        case .compared(let compared): return [.send(.compared(compared))]
        case .settled(let settled): return [.send(.settled(settled))]
        case .refused(let problem): return [.send(.problem(problem))]
        }
    }

    public mutating func donated(_ answer: DonationAnswer) -> [Action] {
        guard state == .open else { return [] }
        waiting -= 1
        switch answer {
        case .donated(let donated): return [.send(.donated(donated))]
        case .refused(let problem): return [.send(.problem(problem))]
        }
    }

    public mutating func pushed(_ answer: PushAnswer) -> [Action] {
        guard state == .open else { return [] }
        waiting -= 1
        switch answer {
        case .receipt(let receipt):
            return [.send(.receipt(receipt))] + (watch.receipted(receipt.scope, receipt.place) ? [.look] : [])
        case .refused(let refusal): return [.send(.pushRefused(refusal))]
        }
    }

    public mutating func pulled(_ answer: PullAnswer) -> [Action] {
        guard state == .open else { return [] }
        waiting -= 1
        switch answer {
        case .entries(let entries):
            return [.send(.entries(entries))] + (watch.pulled(entries.scope, entries.place) ? [.look] : [])
        case .forecast(let news): return [.send(.news(Message.News(scopes: [news])))]
        case .refused(let problem) where problem.code == .greetingOutdated: return end(problem)
        case .refused(let problem): return [.send(.problem(problem))]
        }
    }

    // MARK: Watching

    /// Something was committed in the tenant. Says nothing unless the device watches.
    public mutating func woken() -> [Action] {
        guard state == .open else { return [] }
        return watch.woken() ? [.look] : []
    }

    /// The greeting, as it would be now. Where more than logs' ends differs from the one that was sent, the device must greet anew.
    public mutating func looked(_ welcome: Message.Welcome) -> [Action] {
        guard state == .open else { return [] }
        switch watch.looked(welcome) {
        case .outdated: return end(Problem(.greetingOutdated, "what the greeting said is no longer so; connect again"))
        case .tell(let news, let mustLookAgain):
            return (news.map { [.send(.news($0))] } ?? []) + (mustLookAgain ? [.look] : [])
        }
    }

    private mutating func attachment(_ message: AttachmentMessage) -> [Action] {
        waiting += 1
        return [.attachment(message)]
    }

    /// What became of an offer, a chunk or a wish.
    public mutating func attached(_ answer: AttachmentMessage) -> [Action] {
        guard state == .open else { return [] }
        waiting -= 1
        return [.send(.attachment(answer))]
    }

    /// The server itself could not do what was asked; nothing of it was stored.
    public mutating func failed(
        _ problem: Problem = Problem(.serverFault, "the server could not do this; nothing was stored, try again")
    ) -> [Action] {
        state == .closed ? [] : end(problem)
    }

    /// The device was revoked, is to be wiped, or must be confirmed. One that was greeted so is left to what it still may do; one that was not
    /// greeted yet hears its greeting first.
    public mutating func dismissed(_ dismissal: Dismissal) -> [Action] {
        self.dismissal = max(self.dismissal, dismissal)
        guard state == .open, toldDismissal < self.dismissal else { return [] }
        if self.dismissal == .waiting { return end(Problem(.greetingOutdated, "this device must be confirmed by its words before it goes on; connect again")) }
        return end(Problem(.deviceRevoked, "this device was revoked; sync again to hand in what it still holds"))
    }

    /// The server stops.
    public mutating func ended(_ problem: Problem?) -> [Action] {
        state == .closed ? [] : end(problem)
    }

    private mutating func end(_ problem: Problem?) -> [Action] {
        state = .closed
        return [.close(problem)]
    }
}
