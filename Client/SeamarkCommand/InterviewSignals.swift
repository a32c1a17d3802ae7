import Glibc
import SeamarkClient

/// What the system tells a guided interview: to end, to stop for a while, or that the window has another size. Each waits in a pipe until somebody looks.
enum InterviewSignals {
    enum Word: UInt8 {
        /// Ctrl-C, where the terminal makes a signal of it.
        case interrupt = 1
        /// SIGTERM or SIGHUP.
        case end
        /// Another size.
        case redraw
        /// SIGTSTP: to stop until somebody says to go on.
        case suspend
        /// SIGCONT: somebody did.
        case resume
    }

    private static let ends = StopLine.pipe()
    static var descriptor: Int32 { ends?.reading ?? -1 }

    private static let handler: @convention(c) (Int32) -> Void = { number in
        let code = errno
        var word: UInt8 =
            switch number {
            case SIGINT: 1
            case SIGTERM, SIGHUP: 2
            case SIGTSTP: 4
            case SIGCONT: 5
            case _: 3
            }
        if let ends = InterviewSignals.ends { _ = write(ends.writing, &word, 1) }
        errno = code
    }

    /// Stops now, as if nobody listened, with every program that was started beside this one; returns when somebody says to go on.
    static func stop() {
        hearSuspending(false)
        kill(0, SIGTSTP)
        hearSuspending(true)
    }

    /// Is SIGTSTP a word, so that the terminal is put back first? Else it stops the program at once, as it does from the start.
    static func hearSuspending(_ hears: Bool) {
        guard ends != nil else { return }
        if hears {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = handler
            sigaction(SIGTSTP, &action, nil)
        } else {
            signal(SIGTSTP, SIG_DFL)
        }
    }

    static func listen() {
        // The pipe is there before a signal may need it.
        guard let ends else { return }
        // A handler never waits: what a full pipe does not take was said often enough.
        _ = fcntl(ends.writing, F_SETFL, O_NONBLOCK)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = handler
        var all = sigset_t()
        sigemptyset(&all)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT] {
            sigaction(number, &action, nil)
            sigaddset(&all, number)
        }
        sigaddset(&all, SIGTSTP)
        pthread_sigmask(SIG_UNBLOCK, &all, nil)
    }

    /// What has come, oldest first.
    static func take() -> [Word] {
        var words: [Word] = []
        var buffer = [UInt8](repeating: 0, count: 64)
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while descriptor >= 0, poll(&ready, 1, 0) > 0 {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            words += buffer[..<count].compactMap { Word(rawValue: $0) }
        }
        return words
    }

    /// What came of Ctrl-C in another program that had the terminal meanwhile is not meant for this one; everything else is told again.
    static func forgetInterrupts() {
        for word in take() where word != .interrupt {
            var byte = word.rawValue
            if let ends { _ = write(ends.writing, &byte, 1) }
        }
    }
}
