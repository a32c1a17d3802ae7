import Glibc
import SeamarkClient

/// Whether somebody asked this program to end (Ctrl-C, SIGTERM), for verbs that talk to the server.
enum StopSignal {
    /// The ends of a pipe: what is written stays there, so that every wait sees it.
    private static let ends = StopLine.pipe()

    /// As if somebody had.
    static func stop() {
        var one: UInt8 = 1
        if let ends { _ = write(ends.writing, &one, 1) }
    }

    /// From now on the first such signal is noted, and ends waits for the network; the second ends the program at once.
    static func listen() -> StopLine {
        // Without a pipe the signal ends the program as if nobody listened, which is safe too.
        guard let ends else { return .never }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            let code = errno
            StopSignal.stop()
            errno = code
        }
        action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
        var both = sigset_t()
        sigemptyset(&both)
        for number in [SIGINT, SIGTERM] {
            sigaction(number, &action, nil)
            sigaddset(&both, number)
        }
        // Whoever started this program may have blocked them, as threads of pools do, and the block is inherited.
        pthread_sigmask(SIG_UNBLOCK, &both, nil)
        return StopLine(descriptor: ends.reading)
    }
}
