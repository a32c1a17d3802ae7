internal import Glibc

/// What a disk is asked to do with files of a store beside its database, one call of the system after the other, so that a simulated disk can stand in
/// for the system. `SystemFiles` is what programs use. Whoever calls decides; a door only does.
///
/// Paths name files; an open file has a number, until it is closed.
public protocol FileDoor: Sendable {
    func open(_ path: String, _ use: FileUse) throws(FileRefusal) -> Int32
    func close(_ file: Int32)
    /// Fills `target` from `offset` on, as far as the file goes; a part may come, and none at its end.
    func read(_ file: Int32, into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileRefusal) -> Int
    /// How much was written: at least a byte, perhaps not all.
    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileRefusal) -> Int
    func cut(_ file: Int32, to size: Int) throws(FileRefusal)
    /// What was written is durable when this returns; of a folder, the names of its files.
    func sync(_ file: Int32, _ extent: FileSync) throws(FileRefusal)
    func facts(of file: Int32) throws(FileRefusal) -> FileFacts
    func facts(at path: String) throws(FileRefusal) -> FileFacts
    /// In the place of what has that name already.
    func rename(_ path: String, to name: String) throws(FileRefusal)
    func remove(_ path: String) throws(FileRefusal)
    /// For its owner alone.
    func makeFolder(_ path: String) throws(FileRefusal)
    /// An empty one.
    func removeFolder(_ path: String) throws(FileRefusal)
    /// The names in a folder, in no order.
    func names(in folder: String) throws(FileRefusal) -> [String]
    /// Bytes that can still be written where `path` lies; nil where nobody knows.
    func room(at path: String) -> Int?
}

/// What the system said: errno.
public struct FileRefusal: Error, Hashable, Sendable {
    public let code: Int32

    public init(code: Int32) { self.code = code }
}

/// What a file is opened for. A link is never followed.
public enum FileUse: Sendable {
    case reading
    /// Reading and writing one that is there.
    case altering
    /// The same, and it is made where it is not there, for its owner alone.
    case making
    /// Writing, from nothing.
    case makingAnew
    /// To sync what it names.
    case folder
}

public enum FileSync: Sendable {
    case all
    /// Without the times of the file.
    case bytes
}

public struct FileFacts: Sendable {
    public let size: Int
    /// A file, and nothing else that has a name.
    public let isFile: Bool
    /// Seconds since it was last written to.
    public let age: Int

    public init(size: Int, isFile: Bool, age: Int) {
        self.size = size
        self.isFile = isFile
        self.age = age
    }
}

extension FileDoor {
    public func room(at path: String) -> Int? { nil }

    /// Makes the names in a folder durable.
    func syncNames(in path: String) throws(FileRefusal) {
        let folder = try open(path.isEmpty ? "." : path, .folder)
        defer { close(folder) }
        try sync(folder, .all)
    }

    /// Removes a file; one that is not there is no hindrance.
    func removeIfThere(_ path: String) throws(FileRefusal) {
        do throws(FileRefusal) { try remove(path) } catch {
            guard error.code == ENOENT else { throw error }
        }
    }

    /// Fills what `bytes` has from `start` on.
    func read(_ file: Int32, into bytes: inout [UInt8], from start: Int = 0, at offset: Int) throws(FileRefusal) -> Int {
        try bytes.withUnsafeMutableBufferPointer { target throws(FileRefusal) in
            try read(file, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(target)[start...]), at: offset)
        }
    }

    /// Writes what `bytes` has from `start` on.
    func write(_ file: Int32, _ bytes: [UInt8], from start: Int = 0, at offset: Int) throws(FileRefusal) -> Int {
        try bytes.withUnsafeBufferPointer { source throws(FileRefusal) in
            try write(file, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(source)[start...]), at: offset)
        }
    }
}
