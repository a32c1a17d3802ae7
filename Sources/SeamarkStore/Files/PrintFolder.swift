internal import Foundation
internal import Glibc

/// A folder for its owner alone in which a page lies in the open while a browser prints it: in memory, and never on a disk.
///
/// Whoever makes one answers for its end also where the program is killed. Those of `make` are held locked by their maker; one whose maker was killed lies
/// unlocked, and goes with `sweep`.
public struct PrintFolder {
    public let path: String
    let remove: () -> Void

    public init(path: String, remove: @escaping () -> Void) { (self.path, self.remove) = (path, remove) }

    private static let prefix = "seamark-print-"

    private static var places: [String] {
        ["/dev/shm", ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"] ?? ""].filter { !$0.isEmpty }
    }

    /// Makes one; sweeps before. Nil where there is no place in memory.
    public static func make() -> PrintFolder? {
        sweep()
        guard let place = places.first(where: { access($0, W_OK | X_OK) == 0 }) else { return nil }
        var template = Array((place + "/" + prefix + "XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, access(path, W_OK | X_OK) == 0 else {
            if lock >= 0 { close(lock) }
            clear(path)
            return nil
        }
        return PrintFolder(path: path) {
            PrintFolder.clear(path)
            close(lock)
        }
    }

    /// Removes those of this user whose makers were killed.
    public static func sweep() {
        for place in places {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] where name.hasPrefix(prefix) {
                let path = place + "/" + name
                var facts = stat()
                guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR, facts.st_uid == geteuid() else { continue }
                let lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
                guard lock >= 0 else { continue }
                if flock(lock, LOCK_EX | LOCK_NB) == 0 { clear(path) }
                close(lock)
            }
        }
    }

    /// Removes a folder that a program may still write into, which finds it no more under the name that it knows.
    ///
    /// - Parameter last: the file by which a folder is known for what it is. It stays for as long as anything else does.
    public static func clear(_ path: String, last: String? = nil) {
        let away = path + ".gone"
        let folder = rename(path, away) == 0 ? away : path
        // What still runs may put something there once more.
        for _ in 0..<3 {
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0 != last }
            if names.isEmpty {
                try? FileManager.default.removeItem(atPath: folder)
                return
            }
            for name in names { try? FileManager.default.removeItem(atPath: folder + "/" + name) }
        }
    }
}
