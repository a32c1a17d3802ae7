import Glibc
import SeamarkClient

/// What the system tells a guided interview: to end, or that the window has another size. Each waits in a pipe until somebody looks.
enum InterviewSignals {
    enum Word: UInt8 {
        /// Ctrl-C, where the terminal makes a signal of it.
        case interrupt = 1
        /// SIGTERM or SIGHUP.
        case end
        /// Another size, or back from a pause.
        case redraw
    }

    private static let ends = StopLine.pipe()
    static var descriptor: Int32 { ends?.reading ?? -1 }

    static func listen() {
        // The pipe is there before a signal may need it.
        guard let ends else { return }
        // A handler never waits: what a full pipe does not take was said often enough.
        _ = fcntl(ends.writing, F_SETFL, O_NONBLOCK)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { number in
            let code = errno
            var word: UInt8 = number == SIGINT ? 1 : number == SIGTERM || number == SIGHUP ? 2 : 3
            if let ends = InterviewSignals.ends { _ = write(ends.writing, &word, 1) }
            errno = code
        }
        var all = sigset_t()
        sigemptyset(&all)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT] {
            sigaction(number, &action, nil)
            sigaddset(&all, number)
        }
        pthread_sigmask(SIG_UNBLOCK, &all, nil)
        signal(SIGPIPE, SIG_IGN)
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
