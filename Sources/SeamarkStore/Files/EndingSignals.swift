internal import Glibc

/// While one of these is held, what asks this program to end waits: what lies in the open is to be removed before. What the program ignores asks nothing.
struct EndingSignals {
    private var before = sigset_t()
    private let heard: [Int32]

    init() {
        heard = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].filter { number in
            var action = sigaction()
            sigaction(number, nil, &action)
            // SIG_IGN
            return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) != 1
        }
        var set = sigset_t()
        sigemptyset(&set)
        for number in heard { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, &before)
    }

    /// Was the program asked to end meanwhile?
    var areWaiting: Bool {
        var waiting = sigset_t()
        guard sigpending(&waiting) == 0 else { return false }
        return heard.contains { sigismember(&waiting, $0) == 1 }
    }

    /// For programs that this one starts: they hear what it heard.
    var mask: sigset_t { before }

    /// Lets them come: most end the program here.
    func letCome() {
        var before = before
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
