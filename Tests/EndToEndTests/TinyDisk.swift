import Foundation
import Glibc
import Testing

/// A small file system in memory, to be filled or made read-only. Needs the right to mount, which the root of a usual system has.
final class TinyDisk: Sendable {
    let path: URL

    init(megabytes: Int) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("seamark-disk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path.path, "tmpfs", 0, "size=\(megabytes)m,mode=700") == 0 else {
            let code = errno
            try FileManager.default.removeItem(at: path)
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EPERM)
        }
    }

    static let isAllowed: Bool = {
        guard let disk = try? TinyDisk(megabytes: 1) else { return false }
        disk.close()
        return true
    }()

    private var filler: String { path.appendingPathComponent("filler").path }

    /// Takes all the space but so many KiB.
    func fill(butFor kibibytes: Int = 0) throws {
        let descriptor = open(filler, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        let page = [UInt8](repeating: 7, count: 4096)
        while write(descriptor, page, page.count) == page.count {}
        var status = stat()
        fstat(descriptor, &status)
        ftruncate(descriptor, max(0, status.st_size - kibibytes * 1024))
        Glibc.close(descriptor)
    }

    func free() { unlink(filler) }

    /// Allows writing, or no longer.
    func set(readOnly: Bool) throws {
        guard mount("tmpfs", path.path, "tmpfs", UInt(MS_REMOUNT) | (readOnly ? UInt(MS_RDONLY) : 0), nil) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EBUSY)
        }
    }

    func close() {
        umount2(path.path, Int32(MNT_DETACH))
        rmdir(path.path)
    }
}

extension Trait where Self == ConditionTrait {
    /// The right to mount, as root has it. Where it is missing the test is left out, and `Scripts/test` says which were.
    static var needsTinyDisk: Self { .enabled(if: TinyDisk.isAllowed, "a small file system of its own cannot be mounted here") }
}
