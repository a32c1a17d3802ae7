internal import Foundation
internal import Glibc

/// A page of ours as PDF, by a Chromium that is installed: the page asks for nothing, and the browser is kept from the network.
///
/// The page and what the browser writes beside it lie in a folder for their owner alone, in memory and never on a disk, and are gone afterwards: also
/// where the program is asked to end meanwhile. A browser that takes too long is ended.
public enum PagePrinter {
    public enum Failure: Error, Hashable, Sendable {
        /// No browser is in PATH.
        case noBrowser
        /// There is no place in memory for the page.
        case nowhere
        /// The page cannot be written, or the browser not be started: an error of the system.
        case system(Int32)
        /// This program was asked to end, and goes on all the same.
        case stopped
        /// It did not end within so many seconds.
        case tooSlow(Int)
        /// It ended without a PDF.
        case failed

        public var cause: String {
            switch self {
            case .noBrowser: "no Chromium is installed here (\(PagePrinter.names.joined(separator: ", ")) were looked for in PATH)"
            case .nowhere: "there is no place in memory for the page (/dev/shm, XDG_RUNTIME_DIR)"
            case .stopped: "it was asked to end"
            case .system(let code): "the browser could not be started (error \(code))"
            case .tooSlow(let seconds): "the browser took more than \(seconds) seconds and was ended"
            case .failed: "the browser ended without a page"
            }
        }

        public var remedy: String { (self == .noBrowser ? "install one" : "try again") + ", or write html and print that with any browser" }
    }

    /// A sheet of paper.
    public enum Paper: String, CaseIterable, Hashable, Sendable {
        case a4, letter

        /// What is usual where the locale for paper says that its reader is: the first of LC_ALL, LC_PAPER and LANG that says something. A4 where none does.
        ///
        /// - Parameter environment: nil for this program's own.
        public static func usual(in environment: [String: String]? = nil) -> Paper {
            let environment = environment ?? ProcessInfo.processInfo.environment
            let locale = ["LC_ALL", "LC_PAPER", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
            // Such as en_US.UTF-8 or sr_RS@latin.
            let country = locale.prefix { $0 != "." && $0 != "@" }.split(separator: "_").dropFirst().first.map { $0.uppercased() } ?? ""
            return lettered.contains(country) ? .letter : .a4
        }

        private static let lettered: Set<String> = ["US", "CA", "MX", "PH", "PR", "CL", "CO", "CR", "DO", "GT", "NI", "PA", "SV", "VE"]
    }

    /// In the order in which they are looked for.
    public static let names = ["chromium", "chromium-browser", "google-chrome"]

    /// The first of `names` in one of the folders of `path`; nil: there is none.
    ///
    /// - Parameter path: nil for this program's own PATH.
    public static func browser(in path: String? = nil) -> String? {
        let folders = self.path(path).split(separator: ":").filter { $0.hasPrefix("/") }
        for name in names {
            for folder in folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        }
        return nil
    }

    /// - Parameters:
    ///   - paper: what a page that leaves its size open is printed on.
    ///   - makeFolder: makes the folder in which the page lies meanwhile; nil where there is no place for it.
    ///   - path: nil for this program's own PATH.
    ///   - seconds: after so many the browser is ended.
    public static func pdf(of page: String, on paper: Paper, in makeFolder: () -> PrintFolder? = PrintFolder.make, path: String? = nil, within seconds: Int = 60) throws(Failure) -> [UInt8] {
        guard let program = browser(in: path) else { throw .noBrowser }
        let signals = EndingSignals()
        // After the folder is gone.
        defer { signals.letCome() }
        guard let place = makeFolder() else { throw .nowhere }
        defer { place.remove() }
        let folder = place.path
        guard FileManager.default.createFile(atPath: folder + "/page.html", contents: Data(sized(page, paper).utf8), attributes: [.posixPermissions: 0o600]) else { throw .system(ENOSPC) }
        let process = try start(program, folder, self.path(path), signals)
        guard try ends(process, within: seconds, signals) else { throw signals.areWaiting ? Failure.stopped : .tooSlow(seconds) }
        guard let pdf = FileManager.default.contents(atPath: folder + "/page.pdf"), pdf.starts(with: Array("%PDF-".utf8)) else { throw .failed }
        return Array(pdf)
    }

    /// The page with the size of its sheets; whatever else it says of them stays.
    private static func sized(_ page: String, _ paper: Paper) -> String {
        guard let head = page.firstRange(of: "</head>") else { return page }
        return page[..<head.lowerBound] + "<style>@page{size:\(paper == .a4 ? "A4" : "letter")}</style>" + page[head.lowerBound...]
    }

    private static func path(_ given: String?) -> String { given ?? ProcessInfo.processInfo.environment["PATH"] ?? "" }

    private static func start(_ program: String, _ folder: String, _ path: String, _ signals: EndingSignals) throws(Failure) -> pid_t {
        var words = [
            program, "--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-sync", "--disable-background-networking",
            "--disable-component-update", "--no-pings", "--disable-crash-reporter", "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:1",
            "--user-data-dir=\(folder)/profile", "--no-pdf-header-footer", "--print-to-pdf=\(folder)/page.pdf",
        ]
        // Chromium refuses to build its sandbox for root.
        if geteuid() == 0 { words.append("--no-sandbox") }
        words.append(URL(fileURLWithPath: folder + "/page.html").absoluteString)
        let settings = ["PATH=\(path)", "HOME=\(folder)", "TMPDIR=\(folder)", "XDG_CONFIG_HOME=\(folder)", "XDG_CACHE_HOME=\(folder)", "XDG_RUNTIME_DIR=\(folder)", "LANG=C.UTF-8"]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = settings.map { word in strdup(word) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [0, 1, 2] as [Int32] { posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) }
        // In a group of its own, so that all of it can be ended; what this program holds back is none of the browser's business.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var mask = signals.mask
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var process = pid_t()
        let code = posix_spawn(&process, program, &actions, &attributes, &arguments, &environment)
        guard code == 0 else { throw .system(code) }
        return process
    }

    /// Whether it ended by itself; otherwise it is ended, and so when this program is asked to end.
    private static func ends(_ process: pid_t, within seconds: Int, _ signals: EndingSignals) throws(Failure) -> Bool {
        var status: Int32 = 0
        func now() -> Int {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return time.tv_sec
        }
        // Whole seconds: one more than it takes at least.
        let end = now() + seconds + 1
        while now() < end, !signals.areWaiting {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { return true }
            if ended < 0, errno != EINTR { throw .system(errno) }
            usleep(20_000)
        }
        kill(-process, SIGKILL)
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return false
    }
}
