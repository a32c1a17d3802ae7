internal import Glibc
public import SeamarkStore

/// The door of stores to the files on a simulated disk that are no databases, in place of the system's: what lies in its one folder, which is
/// there once somebody has made it, and beside that. The calls meet the same faults and deaths as those of SQLite.
public struct SimulatedFiles: FileDoor {
    public static let folder = "/attachments"

    let mount: Mount

    public init(mount: Mount) { self.mount = mount }

    public func open(_ path: String, _ use: FileUse) throws(FileRefusal) -> Int32 {
        try call { () throws(FileRefusal) in
            if case .folder = use {
                let isRoot = path == "/" || path == "."
                guard isRoot || mount.disk.folder != nil else { throw FileRefusal(code: ENOENT) }
                return mount.opened(isRoot ? .root : .folder)
            }
            let (folder, name) = try place(path)
            switch use {
            case .reading, .altering, .folder:
                guard let file = folder[name] else { throw FileRefusal(code: ENOENT) }
                // Who only looks alters nothing.
                if case .altering = use, mount.isLookedAt { throw FileRefusal(code: EROFS) }
                return mount.opened(.file(file))
            case .making, .makingAnew:
                if let file = folder[name] {
                    if case .makingAnew = use { try meet(.write) { _ in file.cut(to: 0) } }
                    return mount.opened(.file(file))
                }
                try meet(.name) { if $0 { _ = folder.make(name) } }
                guard let file = folder[name] else { throw FileRefusal(code: EIO) }
                return mount.opened(.file(file))
            }
        }
    }

    public func close(_ file: Int32) { mount.closed(file) }

    public func read(_ file: Int32, into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileRefusal) -> Int {
        try call { () throws(FileRefusal) in
            let file = try self.file(file)
            let count = max(0, min(target.count, file.bytes.count - offset))
            _ = file.read(into: UnsafeMutableRawBufferPointer(rebasing: target[..<count]), at: offset)
            return count
        }
    }

    public func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileRefusal) -> Int {
        try call { () throws(FileRefusal) in
            let file = try self.file(file)
            switch mount.meet(.write, refused: EIO) {
            case .nothing: file.write(bytes, at: offset)
            case .refusal: throw FileRefusal(code: mount.isDead ? EIO : errno)
            case .death(let dice):
                file.write(UnsafeRawBufferPointer(rebasing: bytes[..<Int(dice % UInt64(bytes.count + 1))]), at: offset)
                mount.kill()
                throw FileRefusal(code: EIO)
            }
            return bytes.count
        }
    }

    public func cut(_ file: Int32, to size: Int) throws(FileRefusal) {
        try call { () throws(FileRefusal) in
            let file = try self.file(file)
            try meet(.write) { if $0 { file.cut(to: size) } }
        }
    }

    public func sync(_ file: Int32, _ extent: FileSync) throws(FileRefusal) {
        try call { () throws(FileRefusal) in
            guard let opened = mount.files[file] else { throw FileRefusal(code: EBADF) }
            try meet(.sync) { isDone in
                guard isDone, mount.honouring != .none else { return }
                switch opened {
                case .file(let file): file.sync()
                case .folder: mount.disk.folder?.syncNames()
                case .root: mount.disk.syncRoot()
                }
            }
        }
    }

    public func facts(of file: Int32) throws(FileRefusal) -> FileFacts {
        try call { () throws(FileRefusal) in FileFacts(size: try self.file(file).bytes.count, isFile: true, age: 0) }
    }

    public func facts(at path: String) throws(FileRefusal) -> FileFacts {
        try call { () throws(FileRefusal) in
            let (folder, name) = try place(path)
            guard let file = folder[name] else { throw FileRefusal(code: ENOENT) }
            return FileFacts(size: file.bytes.count, isFile: true, age: 0)
        }
    }

    public func rename(_ path: String, to name: String) throws(FileRefusal) {
        try call { () throws(FileRefusal) in
            let (folder, old) = try place(path)
            let (_, new) = try place(name)
            guard folder[old] != nil else { throw FileRefusal(code: ENOENT) }
            try meet(.name) { if $0 { folder.rename(old, to: new) } }
        }
    }

    public func remove(_ path: String) throws(FileRefusal) {
        try call { () throws(FileRefusal) in
            let (folder, name) = try place(path)
            guard folder[name] != nil else { throw FileRefusal(code: ENOENT) }
            try meet(.name) { if $0 { folder.remove(name) } }
        }
    }

    public func makeFolder(_ path: String) throws(FileRefusal) {
        try call { () throws(FileRefusal) in
            guard mount.disk.folder == nil else { throw FileRefusal(code: EEXIST) }
            try meet(.name) { if $0 { mount.disk.makeFolder() } }
        }
    }

    public func removeFolder(_ path: String) throws(FileRefusal) {
        try call { () throws(FileRefusal) in
            // What the disk begins with is no folder that can go.
            guard path == Self.folder else { return }
            guard let folder = mount.disk.folder else { throw FileRefusal(code: ENOENT) }
            guard folder.all.isEmpty else { throw FileRefusal(code: ENOTEMPTY) }
            try meet(.name) { if $0 { mount.disk.removeFolder() } }
        }
    }

    public func names(in folder: String) throws(FileRefusal) -> [String] {
        try call { () throws(FileRefusal) in
            guard let folder = mount.disk.folder else { throw FileRefusal(code: ENOENT) }
            return folder.all
        }
    }

    // MARK: Parts

    private func call<Value>(_ body: () throws(FileRefusal) -> Value) throws(FileRefusal) -> Value {
        guard !mount.isDead else { throw FileRefusal(code: EIO) }
        return try body()
    }

    private func place(_ path: String) throws(FileRefusal) -> (folder: SimulatedFolder, name: String) {
        guard path.hasPrefix(Self.folder + "/") else { return (mount.disk.root, String(path.dropFirst())) }
        guard let folder = mount.disk.folder else { throw FileRefusal(code: ENOENT) }
        return (folder, String(path.dropFirst(Self.folder.count + 1)))
    }

    private func file(_ number: Int32) throws(FileRefusal) -> SimulatedFile {
        guard case .file(let file)? = mount.files[number] else { throw FileRefusal(code: EBADF) }
        return file
    }

    /// A call that alters the disk. `body` is told whether it is done: a process that dies in it may have done it or not.
    private func meet(_ call: DiskFault.Call, _ body: (_ isDone: Bool) -> Void) throws(FileRefusal) {
        switch mount.meet(call, refused: EIO) {
        case .nothing: body(true)
        case .refusal: throw FileRefusal(code: mount.isDead ? EIO : errno)
        case .death(let dice):
            body(dice & 1 == 1)
            mount.kill()
            throw FileRefusal(code: EIO)
        }
    }
}
