internal import CLinux
internal import Glibc
internal import SeamarkCrypto

/// The agent itself: listens at its place, lets its shelf decide, and ends when nothing is kept any more.
///
/// One question at a time: each is a few bytes, and whoever dawdles is cut off. Whoever is not the user whose agent this is gets no answer.
final class KeyAgentService {
    /// How long one conversation may take, in milliseconds.
    static let patience: UInt64 = 2_000
    /// How often it looks whether its socket still lies where it was put, in milliseconds: without it nobody finds the agent any more.
    static let round: Int32 = 30_000
    private let round: Int32

    /// Why there is no agent.
    enum Failure: Error, Hashable {
        /// There is one already.
        case another
        case failed(Int32)
    }

    private let place: KeyAgentPlace
    private let lock: Int32
    private let listener: Int32
    private let timer: Int32
    private let node: UInt64
    private var shelf: KeyShelf

    /// Takes the place: afterwards it listens, and nobody else does. What a killed agent left is replaced.
    init(at place: KeyAgentPlace, round: Int32 = KeyAgentService.round) throws(Failure) {
        var opened: [Int32] = []
        func failure(_ failure: Failure) -> Failure {
            for descriptor in opened { close(descriptor) }
            return failure
        }
        lock = open(place.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw .failed(errno) }
        opened.append(lock)
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw failure(errno == EWOULDBLOCK ? .another : .failed(errno)) }
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard listener >= 0 else { throw failure(.failed(errno)) }
        opened.append(listener)
        timer = clinux_boot_timer()
        guard timer >= 0 else { throw failure(.failed(-timer)) }
        opened.append(timer)
        unlink(place.socket)
        // Before it has a name, so that it never has one with which others could connect.
        guard fchmod(listener, 0o600) == 0, KeyAgentConversation.withAddress(place.socket, { [listener] in bind(listener, $0, $1) }) == 0,
            let node = Self.node(place.socket), listen(listener, 128) == 0
        else { throw failure(.failed(errno)) }
        self.node = node
        self.round = round
        self.place = place
        shelf = KeyShelf(now: BootClock.milliseconds())
    }

    deinit { for descriptor in [timer, listener, lock] { close(descriptor) } }

    /// Answers until nothing is kept any more, then takes its socket away.
    func run() {
        while true {
            let now = BootClock.milliseconds()
            shelf.pass(to: now)
            // Whoever has connected by now is still answered, and may bring a key.
            if !isReady(now) {
                if shelf.isOver(now: now) || Self.node(place.socket) != node { break }
                continue
            }
            let descriptor = clinux_accept(listener)
            if descriptor >= 0 {
                converse(KeyAgentConversation(descriptor: descriptor, within: Self.patience))
            } else if ![-EAGAIN, -EINTR, -ECONNABORTED].contains(descriptor) {
                usleep(50_000)
            }
        }
        if Self.node(place.socket) == node { unlink(place.socket) }
    }

    private func converse(_ conversation: KeyAgentConversation) {
        guard conversation.peer == geteuid(), let head = conversation.read(KeyAgentRequest.headCount) else { return }
        guard let request = try? KeyAgentRequest(head: head) else { return refuse(conversation) }
        var key: SecretBytes?
        if request.bringsKey {
            key = conversation.readKey()
            if key == nil { return }
        }
        guard conversation.isAtEnd() else { return refuse(conversation) }
        let answer = shelf.answer(request, bringing: key, now: BootClock.milliseconds())
        conversation.write([answer.word.rawValue])
        if let key = answer.key { conversation.write(key) }
    }

    private func refuse(_ conversation: KeyAgentConversation) { conversation.write([KeyAgentWord.refused.rawValue]) }

    /// Waits for somebody who connects, for the next end, or for the next round. Asks without waiting when it is over.
    private func isReady(_ now: UInt64) -> Bool {
        let isOver = shelf.isOver(now: now)
        if !isOver { clinux_set_boot_timer(timer, shelf.nextEnd) }
        var waiting = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0), pollfd(fd: timer, events: Int16(POLLIN), revents: 0)]
        return poll(&waiting, 2, isOver ? 0 : round) > 0 && waiting[0].revents != 0
    }

    private static func node(_ path: String) -> UInt64? {
        var facts = stat()
        return lstat(path, &facts) == 0 ? UInt64(facts.st_ino) : nil
    }
}
