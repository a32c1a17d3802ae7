internal import Glibc

/// The names in a folder, read to the end: a disk that fails half-way is not a short folder.
public enum FolderNames {
    /// What the system said: errno.
    public struct Refused: Error, Hashable, Sendable {
        public let code: Int32
    }

    /// Without `.` and `..`, in no order.
    public static func read(_ path: String) throws(Refused) -> [String] {
        guard let folder = opendir(path) else { throw Refused(code: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while true {
            // The end and an error look alike but for this.
            errno = 0
            guard let entry = readdir(folder) else {
                guard errno == 0 else { throw Refused(code: errno) }
                return names
            }
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
    }
}
