internal import Glibc

/// A file that somebody names, read from its beginning in pieces, for what is never held whole.
public enum FileParts {
    /// What the system said: errno.
    public struct Refused: Error, Hashable, Sendable {
        public let code: Int32
    }

    /// Hands the pieces over in their order, until `take` has had enough.
    public static func read(_ path: String, _ take: ([UInt8]) -> Bool) throws(Refused) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Refused(code: errno) }
        defer { close(file) }
        var piece = [UInt8](repeating: 0, count: 256 * 1024)
        while true {
            let count = Glibc.read(file, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Refused(code: errno) }
            guard count > 0, take(Array(piece[..<count])) else { return }
        }
    }
}
