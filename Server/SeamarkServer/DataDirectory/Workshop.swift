internal import Foundation
internal import Glibc
internal import SeamarkCrypto
internal import SeamarkJournal

/// A hidden folder for what must lie in the open for a while: for its owner alone, and removed by `remove`.
///
/// Its maker holds it locked. One whose maker was killed lies unlocked, and whoever makes or opens something beside it next removes it (`sweep`).
final class Workshop: Sendable {
    let path: String
    private let lock: DirectoryLock

    /// Makes one in `parent`, which is there, called `prefix` and a random ending; sweeps before.
    init(in parent: String, called prefix: String) throws {
        // Nobody sweeps between its making and its locking.
        let turn = try DirectoryLock.waiting(forFolder: parent)
        defer { withExtendedLifetime(turn) {} }
        Self.removeStale(in: parent, called: prefix)
        path = parent + "/" + prefix + Hexadecimal.text(of: try Randomness.bytes(8))
        try PrivateFile.makeFolder(path)
        lock = try DirectoryLock.waiting(forFolder: path)
    }

    func remove() {
        Office.removeTree(path)
        lock.release()
    }

    /// Removes those of makers that were killed. One that cannot be looked at stays for the next time; so do all while somebody is at work there.
    static func sweep(_ parent: String, called prefix: String) {
        guard let turn = DirectoryLock.free(folder: parent) else { return }
        defer { withExtendedLifetime(turn) {} }
        removeStale(in: parent, called: prefix)
    }

    private static func removeStale(in parent: String, called prefix: String) {
        for name in (try? PrivateFile.allNames(in: parent)) ?? [] where name.hasPrefix(prefix) {
            let path = parent + "/" + name
            guard let lock = DirectoryLock.free(folder: path) else { continue }
            Office.removeTree(path)
            lock.release()
        }
    }
}
