internal import CLinux
internal import Glibc

/// A file on its way to a name that a person chose: its owner's alone from the first byte, and under its name only once it is whole and durable.
///
/// What lies in the folder already, whoever put it there, is neither opened nor altered: the name of the draft is drawn anew each time, and is refused
/// where there is something of that name, be it a file, a pipe or a link. A draft that is given up is removed; where the program is killed it stays
/// beside the name, as `seamark-….new`.
///
/// Not Sendable: one task writes it.
package final class DraftFile {
    /// Why it could not be written.
    package enum Fault: Error, Hashable, Sendable {
        /// There is something of that name, and it was not to be replaced.
        case exists
        /// By the system's number; EAGAIN where it gave no random bytes.
        case system(Int32)
    }

    private let path: String
    /// As it is written, with its last `/`; empty where a bare name was given.
    private let folder: String
    private let draft: String
    private let file: Int32
    private var isFinished = false

    /// As the path is written, with its last `/`; empty for a bare name.
    private static func folder(of path: String) -> String {
        // By bytes: a letter behind the `/` may combine with it.
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(decoding: path.utf8[...$0], as: UTF8.self) } ?? ""
    }

    /// Throws where no file can be made in the folder of `path`; makes none.
    package static func requireFolder(of path: String) throws(Fault) {
        let folder = Self.folder(of: path)
        guard access(folder.isEmpty ? "." : folder, W_OK | X_OK) == 0 else { throw .system(errno) }
    }

    package init(_ path: String) throws(Fault) {
        let folder = Self.folder(of: path)
        let number: UInt64
        do throws(NoEntropy) { number = try Randomness.word() } catch { throw Fault.system(EAGAIN) }
        let draft = folder + "seamark-" + String(number, radix: 16) + ".new"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw Fault.system(errno) }
        // Whatever the shell takes away from new files; some sticks' file systems know no modes.
        _ = fchmod(file, 0o600)
        self.path = path
        self.folder = folder
        self.draft = draft
        self.file = file
    }

    deinit {
        close(file)
        if !isFinished { unlink(draft) }
    }

    /// Appends `bytes`.
    package func write(_ bytes: [UInt8]) throws(Fault) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Fault.system(count < 0 ? errno : ENOSPC) }
            start += count
        }
    }

    /// Waits until all of it is on the disk, and gives the file its name.
    ///
    /// - Parameter replacing: a file of that name goes for it; else it is refused, even one that came meanwhile.
    package func finish(replacing: Bool) throws(Fault) {
        guard fsync(file) == 0 else { throw Fault.system(errno) }
        if replacing {
            guard rename(draft, path) == 0 else { throw Fault.system(errno) }
        } else {
            try giveNewName()
        }
        isFinished = true
        // The name is durable only when its folder is. Who may put files there and not list them has it as durable as the system makes it.
        let opened = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else {
            guard errno == EACCES else { throw Fault.system(errno) }
            return
        }
        defer { close(opened) }
        // Some sticks' file systems do not know how to sync a folder.
        guard fsync(opened) == 0 || errno == EINVAL else { throw Fault.system(errno) }
    }

    /// Not every file system knows how to refuse what is there, and a stick's often knows no links either: there a file that came meanwhile is
    /// looked for, then replaced.
    private func giveNewName() throws(Fault) {
        let code = -clinux_rename_anew(draft, path)
        if code == 0 { return }
        guard code == EINVAL || code == ENOSYS || code == EOPNOTSUPP else { throw code == EEXIST ? Fault.exists : Fault.system(code) }
        if link(draft, path) == 0 {
            unlink(draft)
            return
        }
        guard errno != EEXIST else { throw Fault.exists }
        var facts = stat()
        guard lstat(path, &facts) != 0 else { throw Fault.exists }
        guard rename(draft, path) == 0 else { throw Fault.system(errno) }
    }
}
