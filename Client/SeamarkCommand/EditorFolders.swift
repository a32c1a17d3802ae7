import Foundation
import Glibc
import SeamarkStore
import Synchronization

/// The folders in memory in which texts stand while an editor has them, and pages while a browser prints them: each with a file that says of which store
/// it is, held locked as long as the command that made it lives. A command that is killed leaves them in the open, and whoever opens that store next finds
/// them by this.
enum EditorFolders {
    /// One that lies there.
    struct Found {
        let path: String
        /// The command that made it is at work.
        let isHeld: Bool
        /// It is a page that is printed.
        let isPage: Bool
        /// The command that made it ended by itself, and told where the text is.
        let isLeft: Bool
    }

    private static let prefix = "seamark-"
    private static let pagePrefix = prefix + "page-"
    private static let owner = ".owner"
    private static let left = "left"

    private struct State {
        /// Of which store the command is.
        var store = ""
        /// The folders that it made, by their locked files.
        var held: [String: Int32] = [:]
        var hearsEnd = false
    }
    private static let state = Mutex(State())

    static func worksOn(_ store: String) { state.withLock { $0.store = store } }

    /// Where there is memory to write into, the first that will do before others.
    private static var places: [String] {
        ["/dev/shm", ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"] ?? ""].filter { !$0.isEmpty }
    }

    /// Makes one for the store that the command works on. Nil where there is no place for it.
    static func make() -> String? { make(prefix) }

    /// For a page.
    static func page() -> PrintFolder? { make(pagePrefix).map { path in PrintFolder(path: path) { EditorFolders.remove(path) } } }

    private static func make(_ prefix: String) -> String? {
        guard let place = places.first(where: { access($0, W_OK) == 0 }) else { return nil }
        var template = Array((place + "/" + prefix + "XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let file = open(path + "/" + owner, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0, write(file, state.withLock(\.store)) else {
            if file >= 0 { close(file) }
            PrintFolder.clear(path, last: owner)
            return nil
        }
        let mustHear = state.withLock { state in
            state.held[path] = file
            defer { state.hearsEnd = true }
            return !state.hearsEnd
        }
        // Whoever is killed does not come here.
        if mustHear { atexit { EditorFolders.end() } }
        return path
    }

    /// The names in one of them without our own.
    static func files(in path: String) -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0 != owner } }

    static func remove(_ path: String) {
        PrintFolder.clear(path, last: owner)
        if let file = state.withLock({ $0.held.removeValue(forKey: path) }) { close(file) }
    }

    /// What is still there when the command ends by itself stays, and was told of.
    private static func end() {
        for file in state.withLock({ Array($0.held.values) }) { _ = write(file, "\n" + left) }
    }

    private static func write(_ file: Int32, _ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.isEmpty || Glibc.write(file, bytes, bytes.count) == bytes.count
    }

    /// Those of this user that are of the store, or of any below `home`.
    static func find(store: String? = nil, home: String? = nil) -> [Found] {
        places.flatMap { place in
            ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []).filter { $0.hasPrefix(prefix) }.sorted().compactMap { name in
                let path = place + "/" + name
                var facts = stat()
                guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR, facts.st_uid == geteuid() else { return nil }
                let file = open(path + "/" + owner, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
                guard file >= 0 else { return nil }
                defer { close(file) }
                var bytes = [UInt8](repeating: 0, count: 8192)
                let count = read(file, &bytes, bytes.count)
                guard count > 0 else { return nil }
                let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
                guard let whose = lines.first.map(String.init), store == nil || whose == store, home.map({ whose.hasPrefix($0 + "/") }) ?? true else { return nil }
                let isHeld = flock(file, LOCK_SH | LOCK_NB) != 0
                return Found(path: path, isHeld: isHeld, isPage: name.hasPrefix(pagePrefix), isLeft: lines.dropFirst().first.map(String.init) == left)
            }
        }
    }

    /// Removes those of the store whose commands were killed. Returns them.
    static func sweep(_ store: String) -> [Found] {
        let stale = find(store: store).filter { !$0.isHeld && !$0.isLeft }
        for one in stale { PrintFolder.clear(one.path, last: owner) }
        return stale
    }

    /// Removes all of the store, whatever has them open.
    static func wipe(_ store: String) { for one in find(store: store) { PrintFolder.clear(one.path, last: owner) } }
}
