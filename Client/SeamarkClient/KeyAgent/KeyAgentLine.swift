internal import Glibc
internal import SeamarkCrypto
internal import SeamarkJournal

/// How a command speaks with the agent that listens at a place.
struct KeyAgentLine {
    /// An agent answers at once; one that waits for somebody else answers after `KeyAgentService.patience`.
    static let patience: UInt64 = 5_000

    let place: KeyAgentPlace

    /// The answer; nil when no agent listens, or it ended before it answered.
    func ask(_ request: KeyAgentRequest, bringing key: SecretBytes? = nil) throws(KeyAgentFailure) -> (word: KeyAgentWord, key: SecretBytes?)? {
        guard let conversation = try KeyAgentConversation.connect(to: place.socket, within: Self.patience) else { return nil }
        guard conversation.peer == geteuid() else { throw .ofSomebodyElse }
        conversation.write(request.head)
        if let key { conversation.write(key) }
        conversation.finishWriting()
        guard let first = conversation.read(1)?.first else {
            if conversation.isLate { throw .silent }
            return nil
        }
        guard let word = KeyAgentWord(rawValue: first) else { throw .failed("understanding an answer", EPROTO) }
        guard word == .found else { return (word, nil) }
        guard let key = conversation.readKey() else { return nil }
        return (word, key)
    }
}
