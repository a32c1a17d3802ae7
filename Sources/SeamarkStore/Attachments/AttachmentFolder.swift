internal import Glibc

/// A folder of attachments, by its files.
enum AttachmentFolder {
    /// The paths of its files; empty where there is no folder.
    static func paths(in path: String) throws(SealedFile.Failure) -> [String] {
        do throws(FolderNames.Refused) {
            return try FolderNames.read(path).map { path + "/" + $0 }
        } catch {
            if error.code == ENOENT { return [] }
            throw .system(error.code)
        }
    }

    /// Removes files whose name holds `mark` and that nobody has written to for so long: what a killed program left half done.
    /// Failing costs only space.
    static func sweep(_ path: String, of mark: String, olderThanSeconds age: Int) {
        let now = time(nil)
        for path in (try? paths(in: path)) ?? [] where path.contains(mark) {
            var status = stat()
            if lstat(path, &status) == 0, status.st_mtim.tv_sec < now - age { unlink(path) }
        }
    }

    /// Bytes that files whose name holds `mark` take.
    static func bytes(in path: String, of mark: String) throws(SealedFile.Failure) -> Int {
        try paths(in: path).reduce(0) { sum, path in
            var status = stat()
            guard path.contains(mark), lstat(path, &status) == 0 else { return sum }
            return sum + Int(status.st_size)
        }
    }
}
