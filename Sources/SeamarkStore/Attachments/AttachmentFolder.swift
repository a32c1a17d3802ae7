internal import Glibc

/// A folder of attachments, by its files.
struct AttachmentFolder: Sendable {
    let path: String
    let files: any FileDoor

    init(_ path: String, through files: any FileDoor = SystemFiles()) {
        self.path = path
        self.files = files
    }

    /// The paths of its files; empty where there is no folder.
    func paths() throws(SealedFile.Failure) -> [String] {
        do throws(FileRefusal) {
            return try files.names(in: path).map { path + "/" + $0 }
        } catch {
            if error.code == ENOENT { return [] }
            throw .system(error.code)
        }
    }

    /// Removes files whose name holds `mark` and that nobody has written to for so long: what a killed program left half done.
    /// Failing costs only space.
    func sweep(_ mark: String, olderThanSeconds age: Int) {
        for path in (try? paths()) ?? [] where path.contains(mark) {
            if let facts = try? files.facts(at: path), facts.age > age { try? files.remove(path) }
        }
    }

    /// Bytes that files whose name holds `mark` take.
    func bytes(of mark: String) throws(SealedFile.Failure) -> Int {
        try paths().reduce(0) { sum, path in
            guard path.contains(mark), let facts = try? files.facts(at: path) else { return sum }
            return sum + facts.size
        }
    }

    /// The folder is there, and stays: what is made in it later is not lost with it. Whoever made it may have died before its name was durable,
    /// so that is seen to each time.
    func make() throws(FileRefusal) {
        do throws(FileRefusal) { try files.makeFolder(path) } catch {
            guard error.code == EEXIST else { throw error }
        }
        try files.syncNames(in: parent)
    }

    /// Bytes that can still be written to its disk, whether it is there already or not; nil where nobody knows.
    func room() -> Int? { files.room(at: path) ?? files.room(at: parent) }

    private var parent: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes the names of its files durable.
    func sync() throws(FileRefusal) { try files.syncNames(in: path) }

    /// Removes a file; one that is not there is no hindrance.
    func remove(_ path: String) throws(FileRefusal) { try files.removeIfThere(path) }
}
