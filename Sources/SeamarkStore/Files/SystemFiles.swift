internal import Glibc

/// The files of the system.
struct SystemFiles: FileDoor {
    func open(_ path: String, _ use: FileUse) throws(FileRefusal) -> Int32 {
        let flags =
            switch use {
            case .reading: O_RDONLY | O_NOFOLLOW
            case .altering: O_RDWR | O_NOFOLLOW
            case .making: O_CREAT | O_RDWR | O_NOFOLLOW
            case .makingAnew: O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW
            case .folder: O_RDONLY | O_DIRECTORY
            }
        return try Self.done(Glibc.open(path, flags | O_CLOEXEC, 0o600))
    }

    func close(_ file: Int32) { _ = Glibc.close(file) }

    func read(_ file: Int32, into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileRefusal) -> Int {
        while true {
            let count = pread(file, target.baseAddress, target.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else { throw FileRefusal(code: errno) }
        }
    }

    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileRefusal) -> Int {
        while true {
            let count = pwrite(file, bytes.baseAddress, bytes.count, off_t(offset))
            if count > 0 || bytes.isEmpty { return count }
            guard count < 0 else { throw FileRefusal(code: ENOSPC) }
            guard errno == EINTR else { throw FileRefusal(code: errno) }
        }
    }

    func cut(_ file: Int32, to size: Int) throws(FileRefusal) { try Self.done(ftruncate(file, off_t(size))) }

    func sync(_ file: Int32, _ extent: FileSync) throws(FileRefusal) {
        switch extent {
        case .all: try Self.done(fsync(file))
        case .bytes: try Self.done(fdatasync(file))
        }
    }

    func facts(of file: Int32) throws(FileRefusal) -> FileFacts {
        var status = stat()
        try Self.done(fstat(file, &status))
        return FileFacts(status)
    }

    func facts(at path: String) throws(FileRefusal) -> FileFacts {
        var status = stat()
        try Self.done(lstat(path, &status))
        return FileFacts(status)
    }

    func rename(_ path: String, to name: String) throws(FileRefusal) { try Self.done(Glibc.rename(path, name)) }

    func room(at path: String) -> Int? {
        var disk = statvfs()
        return statvfs(path, &disk) == 0 ? Int(clamping: UInt64(disk.f_bavail) &* UInt64(disk.f_frsize)) : nil
    }

    func remove(_ path: String) throws(FileRefusal) { try Self.done(unlink(path)) }

    func makeFolder(_ path: String) throws(FileRefusal) { try Self.done(mkdir(path, 0o700)) }

    func removeFolder(_ path: String) throws(FileRefusal) { try Self.done(rmdir(path)) }

    func names(in folder: String) throws(FileRefusal) -> [String] {
        do throws(FolderNames.Refused) { return try FolderNames.read(folder) } catch { throw FileRefusal(code: error.code) }
    }

    @discardableResult
    private static func done(_ answer: Int32) throws(FileRefusal) -> Int32 {
        guard answer >= 0 else { throw FileRefusal(code: errno) }
        return answer
    }
}

extension FileFacts {
    fileprivate init(_ status: stat) {
        self.init(size: Int(status.st_size), isFile: status.st_mode & S_IFMT == S_IFREG, age: time(nil) - status.st_mtim.tv_sec)
    }
}
