internal import Foundation
internal import Glibc

/// A page of ours as PDF, by a Chromium that is installed: the page asks for nothing, and the browser is kept from the network.
///
/// The page and what the browser writes beside it lie in a folder for their owner alone, in memory where there is a place for that, and are
/// gone afterwards. A browser that takes too long is ended.
public enum PagePrinter {
    public enum Failure: Error, Hashable, Sendable {
        /// No browser is in PATH.
        case noBrowser
        /// There is no place for the page, or the browser cannot be started: an error of the system.
        case system(Int32)
        /// It did not end within so many seconds.
        case tooSlow(Int)
        /// It ended without a PDF.
        case failed

        public var cause: String {
            switch self {
            case .noBrowser: "no Chromium is installed here (\(PagePrinter.names.joined(separator: ", ")) were looked for in PATH)"
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
    ///   - path: nil for this program's own PATH.
    ///   - seconds: after so many the browser is ended.
    public static func pdf(of page: String, on paper: Paper, path: String? = nil, within seconds: Int = 60) throws(Failure) -> [UInt8] {
        guard let program = browser(in: path) else { throw .noBrowser }
        let places = ["/dev/shm", ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"] ?? "", NSTemporaryDirectory(), "/tmp"]
        guard let place = places.first(where: { !$0.isEmpty && access($0, W_OK | X_OK) == 0 }) else { throw .system(ENOENT) }
        var template = Array((place + "/seamark-print-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw .system(errno) }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard FileManager.default.createFile(atPath: folder + "/page.html", contents: Data(sized(page, paper).utf8), attributes: [.posixPermissions: 0o600]) else { throw .system(ENOSPC) }
        let process = try start(program, folder, self.path(path))
        guard try ends(process, within: seconds) else { throw .tooSlow(seconds) }
        guard let pdf = FileManager.default.contents(atPath: folder + "/page.pdf"), pdf.starts(with: Array("%PDF-".utf8)) else { throw .failed }
        return Array(pdf)
    }

    /// The page with the size of its sheets; whatever else it says of them stays.
    private static func sized(_ page: String, _ paper: Paper) -> String {
        guard let head = page.firstRange(of: "</head>") else { return page }
        return page[..<head.lowerBound] + "<style>@page{size:\(paper == .a4 ? "A4" : "letter")}</style>" + page[head.lowerBound...]
    }

    private static func path(_ given: String?) -> String { given ?? ProcessInfo.processInfo.environment["PATH"] ?? "" }

    private static func start(_ program: String, _ folder: String, _ path: String) throws(Failure) -> pid_t {
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
        var process = pid_t()
        let code = posix_spawn(&process, program, &actions, nil, &arguments, &environment)
        guard code == 0 else { throw .system(code) }
        return process
    }

    /// Whether it ended by itself; otherwise it is ended. In this program's own group, so that Ctrl-C ends both.
    private static func ends(_ process: pid_t, within seconds: Int) throws(Failure) -> Bool {
        var status: Int32 = 0
        func now() -> Int {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return time.tv_sec
        }
        // Whole seconds: one more than it takes at least.
        let end = now() + seconds + 1
        while now() < end {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { return true }
            if ended < 0, errno != EINTR { throw .system(errno) }
            usleep(20_000)
        }
        kill(process, SIGKILL)
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return false
    }
}
