import Glibc
import Synchronization

/// Whether somebody asked this program to end (SIGINT, SIGTERM), for verbs that go on until then.
enum StopSignal {
    private static let wasAsked = Atomic<Bool>(false)

    static var isRaised: Bool { wasAsked.load(ordering: .relaxed) }

    /// From now on the first such signal is noted; the second ends the program at once.
    static func listen() {
        _ = isRaised
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in StopSignal.wasAsked.store(true, ordering: .relaxed) }
        action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
        for number in [SIGINT, SIGTERM] { sigaction(number, &action, nil) }
    }
}
